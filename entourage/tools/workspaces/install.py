"""Opening workspaces: their services, what watches them, and the doors to them."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fastapi import FastAPI

from entourage.accounts.people import People
from entourage.accounts.standing import Standings
from entourage.events.log import EventLog
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.types import Sandbox
from entourage.settings import Settings
from entourage.stores.sql import Database
from entourage.tools.workspaces.confinement import GitInSandbox
from entourage.tools.workspaces.outside import Outside
from entourage.tools.workspaces.telling import TellByLog
from entourage.workspaces import file_routes, routes
from entourage.workspaces.desk import Desk
from entourage.workspaces.folders import Folders
from entourage.workspaces.git import routes as git_routes
from entourage.workspaces.git.service import Git
from entourage.workspaces.git.working import GitDesk
from entourage.workspaces.importing import routes as import_routes
from entourage.workspaces.importing.service import Imports, Sources
from entourage.workspaces.members import WorkspaceMembers
from entourage.workspaces.memberships import Memberships
from entourage.workspaces.packing import routes as packing_routes
from entourage.workspaces.packing.service import Packing
from entourage.workspaces.places import Places
from entourage.workspaces.review import routes as review_routes
from entourage.workspaces.service import Workspaces
from entourage.workspaces.telling import Telling
from entourage.workspaces.tidying import Tidying
from entourage.workspaces.watching.watching import Watching


def open_workspaces(
    stack: AsyncExitStack,
    services: Services,
    settings: Settings,
    database: Database,
    log: EventLog,
    sandbox: Sandbox,
) -> Places:
    """Open everything; `Folders`, `People` and `Standings` must be among the services."""
    folders, standings = services.get(Folders), services.get(Standings)
    folders.sweep(alone=database.dialect == "sqlite")
    memberships = services.add(Memberships(database))
    standings.take_roles_from(memberships.roles)
    tell = TellByLog(log)
    stack.push_async_callback(tell.close)
    telling = services.add(Telling(memberships, tell))
    workspaces = services.add(Workspaces(database, folders, memberships, telling, standings))
    services.add(WorkspaceMembers(database, services.get(People), standings, telling, folders))
    confined = GitInSandbox(sandbox, file_bytes=folders.workspace_bytes, files=folders.workspace_files)
    git = services.add(Git(confined))
    watching = services.add(Watching(folders, telling))
    stack.push_async_callback(watching.close)
    places = services.add(Places(folders, memberships, workspaces, telling, watching))
    services.add(GitDesk(git, places, services.get(People)))
    tidying = services.add(Tidying(folders, settings.workspace_trash_days))
    stack.push_async_callback(tidying.close)
    services.add(Desk(database, workspaces, telling, git))
    services.add(Packing(workspaces, telling, git))
    outside = Outside(settings.fetch_allow_networks)
    imports = services.add(Imports(database, workspaces, telling, Sources(outside.fetch, outside.download, confined)))
    stack.push_async_callback(imports.close)
    return places


async def start_workspaces(services: Services, *, alone: bool) -> None:
    """Begin to watch; imports of a server that died are failed."""
    services.get(Folders).on_parting.append(services.get(Sandboxes).kill_on)
    await services.get(Imports).adopt(alone=alone)
    await services.get(Workspaces).finish_deleting()
    services.get(Watching).start()
    services.get(Tidying).start()


def install_workspaces(app: FastAPI) -> None:
    """Add the routes."""
    for room in (routes, file_routes, packing_routes, import_routes, git_routes, review_routes):
        add_routes(app, room.router)
