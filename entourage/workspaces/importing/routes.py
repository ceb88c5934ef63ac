"""`/api/v1/workspaces/{workspace_id}/import`."""

from __future__ import annotations

from typing import Annotated

from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.workspaces.importing.schemas import Import, ImportList, NewImport
from entourage.workspaces.importing.service import Imports
from entourage.workspaces.roles import Editing, Viewing
from entourage.workspaces.routes import HERE

router = Routes(tags=["workspaces"])

ImportsHere = Annotated[Imports, service(Imports)]


@router.post(HERE + "/import", status_code=202, responses=problems(401, 403, 404, 422, 429))
async def import_into_workspace(new: NewImport, member: Editing, imports: ImportsHere) -> Import:
    """Bring a repository or an archive in, in the background."""
    return await imports.begin(member, new)


@router.get(HERE + "/imports", responses=problems(401, 404, 422, 429))
async def list_workspace_imports(member: Viewing, imports: ImportsHere) -> ImportList:
    """Imports, newest first."""
    return await imports.list(member)


@router.get(HERE + "/imports/{import_id}", responses=problems(401, 404, 422, 429))
async def get_workspace_import(import_id: Id, member: Viewing, imports: ImportsHere) -> Import:
    """How far an import is."""
    return await imports.get(member, import_id)


@router.post(HERE + "/imports/{import_id}/cancel", responses=problems(401, 403, 404, 409, 422, 429))
async def cancel_workspace_import(import_id: Id, member: Editing, imports: ImportsHere) -> Import:
    """Stop an import; nothing of it comes in."""
    return await imports.cancel(member, import_id)
