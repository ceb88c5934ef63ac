"""Putting the team together: who there is, what they are asked, and who works on runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.agents.approvals import Approvals
from entourage.agents.bus.meters import Meters
from entourage.agents.bus.queues.service import Queues
from entourage.agents.bus.stopping import Working
from entourage.agents.closing import Closing
from entourage.agents.control.live import LiveRuns
from entourage.agents.control.notes import Notes
from entourage.agents.delegation import Delegation
from entourage.agents.desk import ApprovalDesk
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.inbox import Inbox
from entourage.agents.library.service import Library
from entourage.agents.outside import OutsideApprovals
from entourage.agents.planning.briefing import Briefed
from entourage.agents.planning.install import build_orchestrator, open_plans
from entourage.agents.planning.telling import Telling
from entourage.agents.prompts.experiments import Experiments
from entourage.agents.prompts.results import Results
from entourage.agents.prompts.service import Prompts
from entourage.agents.prompts.wording import Wording
from entourage.agents.remembering.install import open_remembering
from entourage.agents.runner import Runner
from entourage.agents.runs import Runs
from entourage.agents.service import Agents
from entourage.agents.team import TEAM
from entourage.agents.timetravel.service import TimeTravel
from entourage.agents.turns import Turns
from entourage.kit.telemetry import Telemetry
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.offering import Offering
from entourage.tools.pipeline import Pipeline
from entourage.tools.registry import ToolRegistry
from entourage.workspaces.folders import Folders

if TYPE_CHECKING:
    from entourage.agents.work import Conversation
    from entourage.events.log import EventLog
    from entourage.kit.services import Services
    from entourage.llm.resolve import Models
    from entourage.settings import Settings
    from entourage.stores.cache import Cache
    from entourage.stores.sql import Database


def open_agents(services: Services, settings: Settings, database: Database, log: EventLog, cache: Cache) -> None:
    """Agents, their prompts and queues, and the inbox: all that needs no conversation."""
    tools = services.get(ToolRegistry)
    prompts, experiments = services.add(Prompts(database)), services.add(Experiments(database, cache))
    services.add(Results(database, experiments))
    agents = services.add(Agents(database, cache, tools, Wording(database, prompts, experiments)))
    services.add(Library(agents))
    runs = services.add(Runs(database, log, lease_seconds=settings.lease_seconds))
    services.add(Queues(database, runs, agents))
    approvals = services.add(Approvals(database, log, wait_seconds=settings.approval_seconds))
    inbox = services.add(Inbox(database, log, agents, tools, services.get(ToolPolicies)))
    inbox.listeners += [
        services.get(OutsideApprovals).decided,
        services.get(ApprovalDesk).decided,
        approvals.decided,
    ]


def open_work(
    services: Services,
    settings: Settings,
    database: Database,
    log: EventLog,
    models: Models,
    conversation: Conversation,
) -> Dispatcher:
    """What works on runs and leads them; `conversation` is where turns are read from and written to."""
    runs, agents, approvals = services.get(Runs), services.get(Agents), services.get(Approvals)
    offering, telling = services.get(Offering), Telling(database, log)
    briefed = Briefed(conversation, database, telling)
    remembering = open_remembering(services, settings, database, log, models)
    closing = Closing(database, log, runs, approvals, briefed, offering, remembering.keeping)
    delegation = Delegation(database, log, runs, agents, approvals)
    runner = Runner(
        log,
        runs,
        agents,
        models,
        offering,
        services.get(Folders),
        briefed,
        delegation,
        closing,
        Notes(database),
        remembering.recall,
        pipeline=services.get(Pipeline),
        delta_window_ms=settings.delta_window_ms,
    )
    orchestrator = build_orchestrator(services, settings, database, log, models, briefed, runner, closing, telling)
    works: dict[str, Working] = {"turn": runner, "call": runner, "task": runner, "plan": orchestrator}
    dispatcher = services.add(
        Dispatcher(
            runs, works, closing, approvals, slots=settings.agent_concurrency, lease_seconds=settings.lease_seconds
        )
    )
    delegation.dispatcher = dispatcher
    dispatcher.began = services.add(Meters(database, services.get(Telemetry), TEAM)).began
    services.add(TimeTravel(database, runs, services.get(Turns), offering))
    services.add(LiveRuns(database, log, runs, dispatcher, services.get(Turns), conversation))
    open_plans(services, database, log, orchestrator, telling)
    return dispatcher
