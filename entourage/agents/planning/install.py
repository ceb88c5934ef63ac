"""Putting the planner together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.accounts.preferences import PreferenceStore
from entourage.agents.closing import Closing
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.inbox import Inbox
from entourage.agents.planning.asking import Asking
from entourage.agents.planning.beginning import Beginnings
from entourage.agents.planning.limits import PlanLimits
from entourage.agents.planning.orchestrator import Orchestrator
from entourage.agents.planning.proposing import Proposing
from entourage.agents.planning.service import Plans
from entourage.agents.planning.telling import Telling
from entourage.agents.planning.watching import Watching
from entourage.agents.runner import Runner
from entourage.agents.runs import Runs
from entourage.agents.service import Agents
from entourage.workspaces.places import Places

if TYPE_CHECKING:
    from entourage.agents.work import Conversation
    from entourage.events.log import EventLog
    from entourage.kit.services import Services
    from entourage.llm.resolve import Models
    from entourage.settings import Settings
    from entourage.stores.sql import Database


def build_orchestrator(
    services: Services,
    settings: Settings,
    database: Database,
    log: EventLog,
    models: Models,
    conversation: Conversation,
    runner: Runner,
    closing: Closing,
    telling: Telling,
) -> Orchestrator:
    """Who carries out plans; the inbox learns to check them."""
    agents, runs = services.get(Agents), services.get(Runs)
    asking = Asking(database, log, services.get(PreferenceStore), agents, wait_seconds=settings.approval_seconds)
    services.add(asking)
    services.get(Inbox).plans = asking
    proposing = Proposing(database, runs, conversation, agents, models, asking, telling)
    limits = PlanLimits(settings.plan_seconds, settings.plan_cost_usd)
    return Orchestrator(database, runs, services.get(Places), runner, closing, proposing, telling, limits)


def open_plans(
    services: Services, database: Database, log: EventLog, orchestrator: Orchestrator, telling: Telling
) -> None:
    """The service of plans, once there is a dispatcher."""
    dispatcher = services.get(Dispatcher)
    orchestrator.dispatcher = dispatcher
    services.add(
        Plans(
            database,
            telling,
            services.get(Asking),
            services.get(Inbox),
            services.get(Beginnings),
            dispatcher,
        )
    )
    watching = services.add(Watching(database, telling))
    log.listen(watching.heard)
