"""`/api/v1/workspaces/{workspace_id}`: the tree, files, search, the trash."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from entourage.kit.errors import BadRequest
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.workspaces.changes import Only
from entourage.workspaces.desk import MOST_DEPTH, Desk
from entourage.workspaces.file_schemas import (
    Findings,
    Move,
    NewFolder,
    Path,
    Restore,
    TrashItems,
    Tree,
    TreeEntry,
)
from entourage.workspaces.roles import Editing, Viewing
from entourage.workspaces.routes import HERE
from entourage.workspaces.sending import sent

router = Routes(tags=["workspaces"])

DeskHere = Annotated[Desk, service(Desk)]
AtPath = Annotated[Path, Query(description="Path within the workspace, with `/`.", examples=["src/main.py"])]
IfNoneMatch = Annotated[str | None, Header(max_length=4096)]

BYTES: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
TAKES_BYTES: dict[str, Any] = {"requestBody": {"required": True, "content": BYTES}}


@router.get(HERE + "/tree", responses=problems(401, 403, 404, 422, 429))
async def workspace_tree(
    member: Viewing,
    desk: DeskHere,
    path: AtPath = "",
    depth: Annotated[int, Query(ge=1, le=MOST_DEPTH, description="Levels of folders.")] = 1,
    hidden: Annotated[bool, Query(description="Also hidden and excluded names.")] = False,
) -> Tree:
    """What is in a folder."""
    return await desk.tree(member, path, depth=depth, hidden=hidden)


@router.get(
    HERE + "/file",
    response_class=Response,
    responses={
        **problems(401, 403, 404, 422, 429),
        200: {"content": BYTES},
        304: {"description": "You have it."},
    },
)
async def read_workspace_file(
    member: Viewing,
    desk: DeskHere,
    path: AtPath = "",
    download: bool = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A file's bytes; its guessed type is in `X-File-Type`."""
    return sent(await desk.open(member, path), if_none_match, download=download)


@router.put(
    HERE + "/file", responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 507), openapi_extra=TAKES_BYTES
)
async def write_workspace_file(
    request: Request,
    member: Editing,
    desk: DeskHere,
    response: Response,
    path: AtPath = "",
    if_match: IfMatch = None,
    if_none_match: Annotated[str | None, Header(max_length=4096, description='"*": only a new file.')] = None,
) -> TreeEntry:
    """Write a whole file. With `If-Match` only over the version you read: 412 tells the tag of what is there."""
    if if_none_match not in (None, "*"):
        raise BadRequest('If-None-Match must be "*".')
    entry = await desk.write(member, path, await request.body(), Only(if_match, new=if_none_match == "*"))
    response.headers["ETag"] = entry.etag or ""
    return entry


@router.delete(HERE + "/file", status_code=204, responses=problems(400, 401, 403, 404, 412, 422, 429))
async def delete_workspace_file(
    member: Editing,
    desk: DeskHere,
    path: AtPath = "",
    permanent: Annotated[bool, Query(description="Not into the trash.")] = False,
    if_match: IfMatch = None,
) -> None:
    """Move a file or folder to the trash, or remove it for good."""
    await desk.delete(member, path, Only(if_match), permanent=permanent)


@router.post(HERE + "/folder", status_code=201, responses=problems(401, 403, 404, 409, 422, 429, 507))
async def make_workspace_folder(new: NewFolder, member: Editing, desk: DeskHere) -> TreeEntry:
    """Make a folder with those above it."""
    return await desk.make_folder(member, new.path)


@router.post(HERE + "/move", responses=problems(401, 403, 404, 409, 422, 429))
async def move_workspace_file(move: Move, member: Editing, desk: DeskHere) -> TreeEntry:
    """Move or rename a file or folder."""
    return await desk.move(member, move)


@router.post(HERE + "/copy", status_code=201, responses=problems(401, 403, 404, 409, 422, 429, 507))
async def copy_workspace_file(move: Move, member: Editing, desk: DeskHere) -> TreeEntry:
    """Copy a file or folder."""
    return await desk.copy(member, move)


@router.get(HERE + "/search", responses=problems(401, 403, 404, 422, 429, 504))
async def search_workspace(
    member: Viewing,
    desk: DeskHere,
    q: Annotated[str, Query(max_length=1000, description="What to find.", examples=["TODO"])] = "",
    path: AtPath = "",
    regex: bool = False,
    case: bool = False,
    glob: Annotated[str | None, Query(max_length=200, description="Only such files.", examples=["*.py"])] = None,
    hidden: Annotated[bool, Query(description="Also in hidden and excluded names.")] = False,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> Findings:
    """Find lines in text files; without `case`, capitals do not matter."""
    return await desk.search(member, q, path=path, regex=regex, case=case, glob=glob, hidden=hidden, limit=limit)


@router.get(HERE + "/trash", responses=problems(401, 404, 422, 429))
async def list_workspace_trash(member: Viewing, desk: DeskHere) -> TrashItems:
    """What was deleted, newest first."""
    return await desk.trash(member)


@router.post(HERE + "/trash/{item_id}/restore", responses=problems(401, 403, 404, 409, 422, 429))
async def restore_workspace_file(item_id: Id, restore: Restore, member: Editing, desk: DeskHere) -> TreeEntry:
    """Put it back."""
    return await desk.restore(member, item_id, restore.to)


@router.delete(HERE + "/trash", status_code=204, responses=problems(401, 403, 404, 422, 429))
async def empty_workspace_trash(member: Editing, desk: DeskHere) -> None:
    """Remove all of it for good."""
    await desk.empty_trash(member)


@router.delete(HERE + "/trash/{item_id}", status_code=204, responses=problems(401, 403, 404, 422, 429))
async def discard_workspace_file(item_id: Id, member: Editing, desk: DeskHere) -> None:
    """Remove one thing for good."""
    await desk.empty_trash(member, item_id)
