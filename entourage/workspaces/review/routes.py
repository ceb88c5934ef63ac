"""`/api/v1/workspaces/{workspace_id}/changes`: agents' changes, accepted or reverted."""

from __future__ import annotations

from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.workspaces.file_routes import DeskHere
from entourage.workspaces.review.schemas import ChangedFiles, Decide
from entourage.workspaces.roles import Editing, Viewing
from entourage.workspaces.routes import HERE

router = Routes(tags=["workspaces"])


@router.get(HERE + "/changes", responses=problems(401, 404, 422, 429))
async def list_agents_changes(member: Viewing, desk: DeskHere) -> ChangedFiles:
    """Files that agents changed and nobody has looked at, against how they were before."""
    return await desk.changes(member)


@router.post(HERE + "/changes/accept", responses=problems(401, 403, 404, 412, 422, 429, 507))
async def accept_agents_changes(decide: Decide, member: Editing, desk: DeskHere) -> ChangedFiles:
    """Keep changes; gives what is left of the file's."""
    return await desk.accept(member, decide)


@router.post(HERE + "/changes/revert", responses=problems(401, 403, 404, 412, 422, 429, 507))
async def revert_agents_changes(decide: Decide, member: Editing, desk: DeskHere) -> ChangedFiles:
    """Undo changes; gives what is left of the file's."""
    return await desk.revert(member, decide)
