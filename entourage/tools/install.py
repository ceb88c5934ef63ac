"""Opening the tool path: the registry, the steps in their order, and the doors to it."""

from __future__ import annotations

from collections.abc import Iterable

from entourage.artifacts.service import Artifacts
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.cache import Cache
from entourage.stores.sql import Database
from entourage.tools.calls import ToolCalls
from entourage.tools.catalogue import Catalogue
from entourage.tools.counts import ToolCounts
from entourage.tools.desk import Desk
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.offering import Offering
from entourage.tools.path.approval import Approval
from entourage.tools.path.audit import Audit
from entourage.tools.path.breaker import Breakers, Breaking
from entourage.tools.path.cache import Caching
from entourage.tools.path.failures import Failures
from entourage.tools.path.keeping import Keeping
from entourage.tools.path.limits import Limits
from entourage.tools.path.permission import Permission
from entourage.tools.path.quotas import Quotas
from entourage.tools.path.redaction import Redactor
from entourage.tools.path.results import Results
from entourage.tools.path.retry import Retry
from entourage.tools.path.trail import Trail
from entourage.tools.path.validation import Validation
from entourage.tools.pipeline import Middleware, Pipeline
from entourage.tools.policy.service import Policies
from entourage.tools.policy.step import PolicyStep
from entourage.tools.registry import ToolRegistry
from entourage.tools.service import Tools
from entourage.tools.tool import Tool


def open_tools(
    services: Services,
    settings: Settings,
    builtin: Iterable[Tool],
    *,
    database: Database,
    log: EventLog,
    cache: Cache,
    artifacts: Artifacts,
    desk: Desk,
) -> None:
    """Open everything that calls go through. `Trail` is to be closed before the log."""
    registry = services.add(ToolRegistry(builtin))
    policies = services.add(ToolPolicies(database))
    breakers = services.add(Breakers())
    trail = services.add(Trail(log))
    pipeline = services.add(
        Pipeline(
            _steps(services, settings, policies, breakers, trail, database=database, cache=cache, artifacts=artifacts)
        )
    )
    services.add(Offering(registry, policies, search_from=settings.tool_search_from))
    services.add(Tools(registry, policies, pipeline, desk))
    services.add(Catalogue(registry, policies, ToolCounts(database), breakers))
    services.add(ToolCalls(log))


def _steps(
    services: Services,
    settings: Settings,
    policies: ToolPolicies,
    breakers: Breakers,
    trail: Trail,
    *,
    database: Database,
    cache: Cache,
    artifacts: Artifacts,
) -> list[Middleware]:
    redactor = Redactor()
    rule = PolicyStep(services.get(Policies), shell_root=settings.shell_root)
    return [
        Audit(trail, redactor),
        Results(redactor, Keeping(artifacts)),
        Failures(),
        Permission(policies),
        Validation(),
        rule,
        Approval(rule),
        Caching(cache, redactor),
        Limits(Quotas(database, trail)),
        Retry(),
        Breaking(breakers),
    ]
