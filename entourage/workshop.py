"""The workshop: files, code, terminals and results, and the tools that work on them."""

from __future__ import annotations

from contextlib import AsyncExitStack

from msgspec.structs import replace

from entourage.agents.desk import ApprovalDesk
from entourage.artifacts.drafts import Draft
from entourage.artifacts.install import open_artifacts
from entourage.artifacts.service import Artifacts
from entourage.chats.service import Chats
from entourage.events.log import EventLog
from entourage.kit.errors import NotFound
from entourage.kit.services import Services
from entourage.llm.doors.finder import GatewayDoors
from entourage.memory.graph.tools import GraphTools
from entourage.memory.tools import MemoryTools
from entourage.sandboxes.e2b.install import open_interpreters
from entourage.sandboxes.install import allowance, open_sandboxes
from entourage.sandboxes.packages import site_packages
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.sites import Site, Sites
from entourage.sandboxes.snapshots.service import Snapshots
from entourage.sandboxes.terminal.install import open_terminals
from entourage.sandboxes.terminal.recording import FORMAT as RECORDING
from entourage.sandboxes.types import Limits
from entourage.settings import Settings
from entourage.stores.blobs import Blobs
from entourage.stores.cache import Cache
from entourage.stores.sql import Database
from entourage.tools.builtin import builtin_tools
from entourage.tools.builtin.sessions import Sessions
from entourage.tools.install import open_tools
from entourage.tools.services.install import open_service_gateway
from entourage.tools.workspaces.install import open_workspaces
from entourage.workspaces.folders import Folders
from entourage.workspaces.git.working import GitDesk
from entourage.workspaces.memberships import Memberships
from entourage.workspaces.places import Place, Places


async def open_workshop(
    stack: AsyncExitStack,
    services: Services,
    settings: Settings,
    database: Database,
    *,
    cache: Cache,
    blobs: Blobs,
    log: EventLog,
) -> None:
    """Open all of it; memory, the gateway's doors and `Links` must be among the services."""
    sandbox = services.add(BubblewrapSandbox(site_packages=site_packages(settings)))
    services.add(
        Folders(
            settings.data_dir / "workspaces",
            quota_bytes=settings.storage_quota_bytes,
            owner=sandbox.owner,
            workspace_bytes=settings.workspace_bytes,
            workspace_files=settings.workspace_files,
        )
    )
    bounds = allowance(settings).limits
    places = open_workspaces(stack, services, settings, database, log, sandbox)
    await open_sandboxes(stack, services, settings, database, sandbox, _sites(services, places, bounds))
    snapshots = services.add(Snapshots(database, blobs, services.get(Sandboxes), settings.storage_quota_bytes))
    await snapshots.tidy()
    interpreters = open_interpreters(stack, services, settings)
    artifacts = open_artifacts(services, settings, database, blobs, log)
    _open_terminals(stack, services, settings)
    limits = Limits(
        wall_seconds=settings.sandbox_wall_seconds,
        cpu_seconds=settings.sandbox_wall_seconds,
        memory_bytes=settings.sandbox_memory_bytes,
        cpus=settings.sandbox_cpus,
    )
    desk = services.add(
        ApprovalDesk(database, log, wait_seconds=settings.tool_approval_seconds, kept_seconds=settings.approval_seconds)
    )
    open_tools(
        services,
        settings,
        [
            *builtin_tools(
                places,
                services.get(GitDesk),
                Sessions(places, services.get(Sandboxes), bounds),
                interpreters,
                limits,
                artifacts,
                settings.fetch_allow_networks,
                services.get(GatewayDoors).core,
            ),
            *services.get(MemoryTools).tools(),
            *services.get(GraphTools).tools(),
        ],
        database=database,
        log=log,
        cache=cache,
        artifacts=artifacts,
        desk=desk,
    )
    open_service_gateway(services, settings, database)


def _open_terminals(stack: AsyncExitStack, services: Services, settings: Settings) -> None:
    memberships, artifacts = services.get(Memberships), services.get(Artifacts)

    async def role_in(user_id: str, workspace_id: str) -> str | None:
        return (await memberships.roles(user_id)).get(workspace_id)

    async def keep(owner_id: str, title: str, cast: bytes) -> str:
        draft = Draft(type="terminal", title=title, content=cast, format=RECORDING)
        return (await artifacts.create(owner_id, draft)).id

    open_terminals(stack, services, settings, role_in=role_in, keep=keep)


def _sites(services: Services, places: Places, bounds: Limits) -> Sites:
    """Where sandboxes work. Conversations are opened later than sandboxes are."""

    async def site(place: Place) -> Site:
        if place.workspace_id:
            await places.watching.note(place.owner_id, place.workspace_id)
        return Site(place.path, place.writable, replace(bounds, file_bytes=place.quota_bytes, files=place.max_files))

    async def of_workspace(user_id: str, workspace_id: str) -> Site:
        return await site(await places.of_workspace(user_id, workspace_id))

    async def of_chat(owner_id: str, chat_id: str) -> Site:
        if not await services.get(Chats).has(owner_id, chat_id):
            raise NotFound(f"There is no conversation {chat_id}.")
        return await site(await places.of(owner_id, chat_id))

    return Sites(of_workspace, of_chat)
