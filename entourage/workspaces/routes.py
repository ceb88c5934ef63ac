"""`/api/v1/workspaces`: workspaces and their members."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.etag import IfMatch, etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.workspaces.members import WorkspaceMembers
from entourage.workspaces.roles import Owning, Viewing
from entourage.workspaces.schemas import (
    ChangeMember,
    ChangeWorkspace,
    Member,
    Members,
    NewMember,
    NewWorkspace,
    Workspace,
)
from entourage.workspaces.service import Workspaces

PREFIX = "/api/v1/workspaces"
HERE = PREFIX + "/{workspace_id}"

router = Routes(tags=["workspaces"])

WorkspacesHere = Annotated[Workspaces, service(Workspaces)]
MembersHere = Annotated[WorkspaceMembers, service(WorkspaceMembers)]


@router.get(PREFIX, responses=problems(401, 422, 429))
async def list_workspaces(
    user: CurrentUser, workspaces: WorkspacesHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[Workspace]:
    """The workspaces you may come into, newest first."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await workspaces.list(user.user_id, before=before, limit=limit + 1)
    return Page[Workspace].model_validate(page_of(found, limit, lambda item: (item.id,), lambda item: item))


@router.post(PREFIX, status_code=201, responses=problems(401, 409, 422, 429, 507))
async def create_workspace(
    new: NewWorkspace, user: CurrentUser, workspaces: WorkspacesHere, response: Response
) -> Workspace:
    """Make an empty workspace."""
    return _tagged(response, await workspaces.create(user.user_id, new))


@router.get(HERE, responses=problems(401, 404, 422, 429))
async def get_workspace(member: Viewing, workspaces: WorkspacesHere, response: Response) -> Workspace:
    """One workspace."""
    return _tagged(response, await workspaces.get(member))


@router.patch(HERE, responses=problems(400, 401, 403, 404, 412, 422, 429))
async def change_workspace(
    change: ChangeWorkspace, member: Owning, workspaces: WorkspacesHere, response: Response, if_match: IfMatch = None
) -> Workspace:
    """Rename, describe, set."""
    return _tagged(response, await workspaces.change(member, change, if_match))


@router.delete(HERE, status_code=204, responses=problems(400, 401, 403, 404, 412, 422, 429))
async def delete_workspace(member: Owning, workspaces: WorkspacesHere, if_match: IfMatch = None) -> None:
    """Remove a workspace with all its files, for good."""
    await workspaces.delete(member, if_match)


@router.get(HERE + "/members", responses=problems(401, 404, 422, 429))
async def list_members(member: Viewing, members: MembersHere) -> Members:
    """Everybody who may come in."""
    return await members.list(member.workspace_id)


@router.post(HERE + "/members", status_code=201, responses=problems(401, 403, 404, 409, 422, 429, 507))
async def add_member(new: NewMember, member: Owning, members: MembersHere) -> Member:
    """Let somebody in."""
    return await members.add(member, new)


@router.patch(HERE + "/members/{user_id}", responses=problems(401, 403, 404, 409, 422, 429))
async def change_member(user_id: Id, change: ChangeMember, member: Owning, members: MembersHere) -> Member:
    """Give somebody another role."""
    return await members.change(member, user_id, change)


@router.delete(HERE + "/members/{user_id}", status_code=204, responses=problems(401, 403, 404, 409, 422, 429))
async def remove_member(user_id: Id, member: Viewing, members: MembersHere) -> None:
    """Send somebody away, or leave."""
    await members.remove(member, user_id)


def _tagged(response: Response, workspace: Workspace) -> Workspace:
    response.headers["ETag"] = etag_of(workspace.id, workspace.version)
    return workspace
