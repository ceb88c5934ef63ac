"""Opening every service in the order of the floors; the stack closes them in reverse."""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import structlog

from entourage.accounts.install import close_accounts, open_accounts, purge_expired
from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.setup import Setup
from entourage.accounts.vault import Vault
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
from entourage.agents.guard import PolicyGuard
from entourage.agents.inbox import Inbox
from entourage.agents.library.service import Library
from entourage.agents.outside import OutsideApprovals
from entourage.agents.planning.beginning import Beginnings
from entourage.agents.planning.briefing import Briefed
from entourage.agents.planning.install import build_orchestrator, open_plans
from entourage.agents.planning.telling import Telling
from entourage.agents.planning.watching import Watching
from entourage.agents.prompts.experiments import Experiments
from entourage.agents.prompts.results import Results
from entourage.agents.prompts.service import Prompts
from entourage.agents.prompts.wording import Wording
from entourage.agents.routing.asking import Asker
from entourage.agents.routing.router import Router
from entourage.agents.runner import Runner
from entourage.agents.runs import Runs
from entourage.agents.schedules.firing import Firing
from entourage.agents.schedules.service import Schedules
from entourage.agents.service import Agents
from entourage.agents.team import TEAM
from entourage.agents.timetravel.service import TimeTravel
from entourage.agents.turns import Turns
from entourage.alerts.install import open_alerts
from entourage.artifacts.links import Links
from entourage.artifacts.service import Artifacts
from entourage.chats.attachments import Attachments
from entourage.chats.busy import Busy
from entourage.chats.gateway import GatewayTeam
from entourage.chats.ide.service import IdeTeam
from entourage.chats.importing.service import Importer
from entourage.chats.planned import PlanTalk
from entourage.chats.scheduled import ScheduledTalk
from entourage.chats.service import Chats
from entourage.chats.shares import Shares
from entourage.chats.talk import Talk
from entourage.chats.titles import Titles
from entourage.events.fanout import RedisFanout
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.events.streams import SessionCheck, Streams
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.llm.doors.finder import GatewayDoors
from entourage.llm.doors.install import close_gateway, open_gateway
from entourage.llm.embeddings import Embedder, best_embedder
from entourage.llm.inner import InnerModels
from entourage.llm.install import close_models, open_models
from entourage.llm.resolve import Models
from entourage.migrate import ensure_schema
from entourage.observe.events import Events
from entourage.observe.install import open_observe
from entourage.observe.lag import projector_lag
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.types import Limits
from entourage.settings import Settings
from entourage.stores.blobs import Blobs, open_blobs
from entourage.stores.cache import Cache, open_cache
from entourage.stores.limits import open_limiter
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database
from entourage.telemetry.engines import Ping
from entourage.telemetry.install import open_telemetry
from entourage.telemetry.timed_log import TimedLog
from entourage.tools.builtin import builtin_tools
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.install import open_tools
from entourage.tools.mcp.front.install import close_front, open_front
from entourage.tools.mcp.servers.install import open_mcp_servers
from entourage.tools.offering import Offering
from entourage.tools.path.trail import Trail
from entourage.tools.pipeline import Pipeline
from entourage.tools.policy.service import Policies
from entourage.tools.registry import ToolRegistry
from entourage.tools.service import Tools
from entourage.tools.services.install import ServiceGateway, open_service_gateway
from entourage.workspaces.folders import Folders

logger = structlog.get_logger(__name__)

HOUSEKEEPING_SECONDS = 3600
LOCK_FILE = "server.lock"


class DataFolderInUse(RuntimeError):
    """Another server works on this data folder."""


class SetupLink:
    """The one-time link of the first admin, None when there is one."""

    def __init__(self, url: str | None) -> None:
        self.url = url


class Stores:
    """The engines that several rooms share; kept for /ready and doctor."""

    def __init__(self, database: Database, cache: Cache, blobs: Blobs, log: EventLog) -> None:
        self.database = database
        self.cache = cache
        self.blobs = blobs
        self.log = log

    def pings(self) -> dict[str, Ping]:
        """How to ask each engine whether it is there."""
        return {
            self.database.dialect: self.database.ping,
            "log": lambda: self.log.head("ready"),
            "cache": self.cache.ping,
            "blobs": self.blobs.ping,
        }


async def open_services(stack: AsyncExitStack, services: Services, settings: Settings) -> None:
    """Open everything. Raises DataFolderInUse, ConnectionError and what the engines raise."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    services.add(settings)
    stores = await _open_stores(stack, services, settings)
    hub = services.get(Hub)
    limiter = open_limiter(settings.redis_url)
    stack.push_async_callback(limiter.close)
    await open_accounts(services, settings, stores.database, stores.cache, limiter)
    stack.callback(close_accounts, services)
    embedder = best_embedder()
    models = open_models(services, settings, stores.database, embedder=embedder)
    stack.push_async_callback(close_models, services, embedder)
    inner = services.add(InnerModels(models))
    open_gateway(services, settings, stores.cache, embedder, inner=inner)
    stack.push_async_callback(close_gateway, services)
    services.add(Links(services.get(Vault)))
    policies = services.add(Policies(stores.database))
    outside = services.add(OutsideApprovals(stores.database, stores.log, wait_seconds=settings.hook_approval_seconds))
    await open_observe(stack, services, stores.database, stores.log, hub, PolicyGuard(policies, outside))
    dispatcher = _build_team(services, settings, stores, hub, models)
    services.add(
        IdeTeam(
            stores.database,
            services.get(Agents),
            services.get(Chats),
            services.get(Talk),
            services.get(Runs),
            services.get(Attachments),
        )
    )
    services.get(Talk).router = services.add(_router(services, settings, stores, models, embedder))
    mcp_servers = await open_mcp_servers(stack, services, settings, stores.database)
    open_front(services, settings, stores.database, services.get(Tools), mcp_servers)
    stack.push_async_callback(close_front, services)
    inner.team = _gateway_team(services, stores, hub)
    await open_telemetry(
        stack,
        services,
        settings,
        cache=stores.cache,
        engines=stores.pings(),
        known_agents=list(TEAM),
        known_tools=[tool.name for tool in services.get(ToolRegistry).builtin],
        run_queue=services.get(Meters).sample,
        projector_lag=partial(projector_lag, stores.database),
    )
    open_alerts(stack, services, settings, stores.database)
    services.add(SetupLink(await services.get(Setup).prepare()))
    await dispatcher.start(alone=stores.database.dialect == "sqlite")
    stack.push_async_callback(services.get(Titles).close)
    stack.push_async_callback(services.get(ServiceGateway).close)
    stack.push_async_callback(services.get(Trail).close)
    stack.push_async_callback(services.get(Watching).close)
    stack.push_async_callback(dispatcher.close)
    services.get(Firing).start()
    stack.push_async_callback(services.get(Firing).close)
    stack.push_async_callback(hub.close)
    housekeeping = asyncio.create_task(_housekeeping(services))
    stack.callback(housekeeping.cancel)


async def _open_stores(stack: AsyncExitStack, services: Services, settings: Settings) -> Stores:
    database = Database(
        settings.database_url,
        settings.data_dir,
        synchronous=settings.sqlite_synchronous,
        pool_size=settings.database_pool_size,
        on_query=services.get(Telemetry).query,
    )
    if database.dialect == "sqlite":
        _lock_folder(stack, settings.data_dir)
    stack.push_async_callback(database.close)
    await ensure_schema(database)
    hub = services.add(Hub(window_ms=settings.stream_window_ms, backlog_bytes=settings.stream_backlog_bytes))
    log = services.add(
        EventLog(
            TimedLog(open_log_store(database), services.get(Telemetry)),
            hub.publish,
            queue_events=settings.log_queue_events,
            wait_ms=settings.log_wait_ms,
            batch_events=settings.log_batch_events,
        )
    )
    hub.log = log
    log.start()
    stack.push_async_callback(log.close)
    if settings.redis_url:
        fanout = RedisFanout(settings.redis_url, hub)
        await fanout.start()
        stack.push_async_callback(fanout.close)
    cache = open_cache(settings.redis_url)
    stack.push_async_callback(cache.close)
    return services.add(Stores(database, cache, open_blobs(settings.blobs_url, settings.data_dir), log))


def _build_team(services: Services, settings: Settings, stores: Stores, hub: Hub, models: Models) -> Dispatcher:
    database, log, blobs = stores.database, stores.log, stores.blobs
    quota = settings.storage_quota_bytes
    sandbox = services.add(BubblewrapSandbox(site_packages=settings.sandbox_site_packages))
    folders = services.add(Folders(settings.data_dir / "workspaces", quota_bytes=quota, owner=sandbox.owner))
    artifacts = services.add(Artifacts(database, blobs, log, quota_bytes=quota))
    limits = Limits(
        wall_seconds=settings.sandbox_wall_seconds,
        cpu_seconds=settings.sandbox_wall_seconds,
        memory_bytes=settings.sandbox_memory_bytes,
    )
    desk = services.add(
        ApprovalDesk(database, log, wait_seconds=settings.tool_approval_seconds, kept_seconds=settings.approval_seconds)
    )
    open_tools(
        services,
        settings,
        builtin_tools(
            folders, sandbox, limits, artifacts, settings.fetch_allow_networks, services.get(GatewayDoors).core
        ),
        database=database,
        log=log,
        cache=stores.cache,
        artifacts=artifacts,
        desk=desk,
    )
    open_service_gateway(services, settings, database)
    tools = services.get(ToolRegistry)
    prompts, experiments = services.add(Prompts(database)), services.add(Experiments(database, stores.cache))
    services.add(Results(database, experiments))
    agents = services.add(Agents(database, stores.cache, tools, Wording(database, prompts, experiments)))
    services.add(Library(agents))
    runs = services.add(Runs(database, log, lease_seconds=settings.lease_seconds))
    approvals = services.add(Approvals(database, log, wait_seconds=settings.approval_seconds))
    inbox = services.add(Inbox(database, log, agents, tools, services.get(ToolPolicies)))
    inbox.listeners += [services.get(OutsideApprovals).decided, desk.decided, approvals.decided]
    chats = services.add(Chats(database, log, hub, blobs, folders, artifacts))
    talk = services.add(Talk(database, log, chats, agents, runs))
    talk.titles = services.add(Titles(database, log, chats, models, by_model=settings.title_by_model))
    services.add(Shares(database, artifacts, services.get(Links), base_url=settings.base_url))
    services.add(Importer(database, log))
    services.add(Turns(talk.reply, talk.question))
    talk.files = services.add(Attachments(database, blobs, folders, artifacts, quota_bytes=quota))
    services.add(
        Streams(
            hub,
            _sessions_of(chats, services.get(Events)),
            per_user=settings.streams_per_user,
            heartbeat_seconds=settings.stream_heartbeat_seconds,
        )
    )
    offering = services.get(Offering)
    telling = Telling(database, log)
    briefed = Briefed(talk, database, telling)
    closing = Closing(database, log, runs, approvals, briefed, offering)
    delegation = Delegation(database, log, runs, agents, approvals)
    runner = Runner(
        log,
        runs,
        agents,
        models,
        offering,
        folders,
        briefed,
        delegation,
        closing,
        Notes(database),
        pipeline=services.get(Pipeline),
        delta_window_ms=settings.delta_window_ms,
    )
    orchestrator = build_orchestrator(services, settings, database, log, models, briefed, runner, closing, telling)
    works: dict[str, Working] = {"turn": runner, "call": runner, "task": runner, "plan": orchestrator}
    dispatcher = Dispatcher(
        runs, works, closing, approvals, slots=settings.agent_concurrency, lease_seconds=settings.lease_seconds
    )
    meters = services.add(Meters(database, services.get(Telemetry), TEAM))
    dispatcher.began = meters.began
    services.add(Queues(database, runs, agents))
    talk.dispatcher = delegation.dispatcher = dispatcher
    services.add(TimeTravel(database, runs, services.get(Turns), offering))
    live = services.add(LiveRuns(database, log, runs, dispatcher, services.get(Turns), talk))
    talk.busy = Busy(database, live, dispatcher)
    scheduled = ScheduledTalk(chats, talk, runs)
    services.add(Schedules(database, agents, scheduled))
    services.add(Firing(database, runs, scheduled))
    services.add(dispatcher)
    services.add(Beginnings(PlanTalk(chats, talk).begin))
    open_plans(services, database, log, orchestrator, telling)
    return dispatcher


def _router(services: Services, settings: Settings, stores: Stores, models: Models, embedder: Embedder) -> Router:
    asker = Asker(stores.log)
    preferences = services.get(PreferenceStore)
    return Router(services.get(Agents), models, preferences, embedder, asker, by_model=settings.route_by_model)


def _gateway_team(services: Services, stores: Stores, hub: Hub) -> GatewayTeam:
    return GatewayTeam(
        stores.database,
        stores.cache,
        hub,
        services.get(Agents),
        services.get(Chats),
        services.get(Talk),
        services.get(Attachments),
        services.get(Dispatcher),
    )


def _sessions_of(chats: Chats, events: Events) -> SessionCheck:
    """A session is a conversation, or anything else that something of its owner's happened in."""

    async def has(owner_id: str, session_id: str) -> bool:
        return await chats.has(owner_id, session_id) or await events.has_session(owner_id, session_id)

    return has


def _lock_folder(stack: AsyncExitStack, folder: Path) -> None:
    """One server per embedded database. The lock goes with the process, however it ends."""
    handle = os.open(folder / LOCK_FILE, os.O_CREAT | os.O_RDWR, 0o600)
    stack.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataFolderInUse(
            f"Another server works on {folder}. Stop it, or choose another folder with --data-dir."
        ) from None


async def _housekeeping(services: Services) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        try:
            await purge_expired(services)
        except Exception:  # the next hour is another chance
            logger.exception("housekeeping.failed")
