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
from entourage.agents.bus.meters import Meters
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.guard import PolicyGuard
from entourage.agents.install import open_agents, open_work
from entourage.agents.outside import OutsideApprovals
from entourage.agents.planning.watching import Watching
from entourage.agents.remembering.lessons import Lessons
from entourage.agents.routing.asking import Asker
from entourage.agents.routing.router import Router
from entourage.agents.schedules.firing import Firing
from entourage.agents.service import Agents
from entourage.agents.team import TEAM
from entourage.alerts.install import open_alerts
from entourage.artifacts.install import start_artifacts
from entourage.artifacts.links import Links
from entourage.chats.gateway import GatewayTeam
from entourage.chats.install import open_answers, open_chats
from entourage.chats.talk import Talk
from entourage.chats.titles import Titles
from entourage.events.fanout import RedisFanout
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.llm.doors.install import close_gateway, open_gateway
from entourage.llm.embeddings import Embedder, best_embedder
from entourage.llm.inner import InnerModels
from entourage.llm.install import close_models, open_models
from entourage.llm.resolve import Models
from entourage.memory.ingest.install import open_ingest, start_ingest
from entourage.memory.install import VectorStore, open_memory, start_memory
from entourage.memory.sharing.install import open_sharing
from entourage.migrate import ensure_schema
from entourage.observe.install import open_observe
from entourage.observe.lag import projector_lag
from entourage.settings import Settings
from entourage.stores.blobs import Blobs, open_blobs
from entourage.stores.cache import Cache, open_cache
from entourage.stores.limits import open_limiter
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database
from entourage.telemetry.engines import Ping
from entourage.telemetry.install import open_telemetry
from entourage.telemetry.timed_log import TimedLog
from entourage.tools.mcp.front.install import close_front, open_front
from entourage.tools.mcp.servers.install import open_mcp_servers
from entourage.tools.path.trail import Trail
from entourage.tools.policy.service import Policies
from entourage.tools.registry import ToolRegistry
from entourage.tools.service import Tools
from entourage.tools.services.install import ServiceGateway
from entourage.tools.workspaces.install import start_workspaces
from entourage.workshop import open_workshop

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
    open_memory(stack, services, settings, stores.database, embedder)
    await open_workshop(
        stack, services, settings, stores.database, cache=stores.cache, blobs=stores.blobs, log=stores.log
    )
    open_ingest(stack, services, settings, stores.database, stores.blobs, stores.log)
    open_sharing(services, stores.database, stores.blobs)
    inner.team = _open_team(services, settings, stores, models)
    services.get(Talk).router = services.add(_router(services, settings, stores, models, embedder))
    mcp_servers = await open_mcp_servers(stack, services, settings, stores.database)
    open_front(services, settings, stores.database, services.get(Tools), mcp_servers)
    stack.push_async_callback(close_front, services)
    await open_telemetry(
        stack,
        services,
        settings,
        cache=stores.cache,
        engines={**stores.pings(), "vectors": services.get(VectorStore).vectors.ping},
        known_agents=list(TEAM),
        known_tools=[tool.name for tool in services.get(ToolRegistry).builtin],
        run_queue=services.get(Meters).sample,
        projector_lag=partial(projector_lag, stores.database),
    )
    open_alerts(stack, services, settings, stores.database)
    services.add(SetupLink(await services.get(Setup).prepare()))
    await _start(stack, services, alone=stores.database.dialect == "sqlite")


async def _start(stack: AsyncExitStack, services: Services, *, alone: bool) -> None:
    """Begin to work. What is begun ends before anything that it needs is closed."""
    await start_memory(stack, services)
    await start_ingest(stack, services, alone=alone)
    start_artifacts(stack, services, services.get(Settings))
    await start_workspaces(services, alone=alone)
    dispatcher, firing = services.get(Dispatcher), services.get(Firing)
    services.get(Lessons).start()
    stack.push_async_callback(services.get(Lessons).close)
    await dispatcher.start(alone=alone)
    for working in (Titles, ServiceGateway, Trail, Watching):
        stack.push_async_callback(services.get(working).close)
    stack.push_async_callback(dispatcher.close)
    firing.start()
    stack.push_async_callback(firing.close)
    stack.push_async_callback(services.get(Hub).close)
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


def _open_team(services: Services, settings: Settings, stores: Stores, models: Models) -> GatewayTeam:
    """Agents, conversations, and the work on both. Gives the AI gateway its way to them."""
    database, log, hub = stores.database, stores.log, services.get(Hub)
    open_agents(services, settings, database, log, stores.cache)
    talk = open_chats(services, settings, database, log, hub, stores.blobs, models)
    open_work(services, settings, database, log, models, talk)
    return open_answers(services, database, stores.cache, hub)


def _router(services: Services, settings: Settings, stores: Stores, models: Models, embedder: Embedder) -> Router:
    asker = Asker(stores.log)
    preferences = services.get(PreferenceStore)
    return Router(services.get(Agents), models, preferences, embedder, asker, by_model=settings.route_by_model)


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
