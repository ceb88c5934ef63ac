"""Doors to snapshots. To begin from one, make a sandbox with its `snapshot_id`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Response

from entourage.accounts.identity import CurrentUser
from entourage.accounts.schemas import example
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.sandboxes.snapshots.schemas import SnapshotIn, SnapshotOut
from entourage.sandboxes.snapshots.service import Snapshots, shown

router = Routes(tags=["sandboxes"])
MY = "/my/sandbox-snapshots"

TheSnapshots = Annotated[Snapshots, service(Snapshots)]


@router.post(
    "/my/sandboxes/{sandbox_id}/snapshots",
    status_code=201,
    responses=problems(401, 403, 404, 409, 429, 502, 503, 504, 507),
)
async def take_snapshot(
    sandbox_id: Id,
    body: Annotated[SnapshotIn, Body(openapi_examples=example(name="Before the upgrade"))],
    user: CurrentUser,
    snapshots: TheSnapshots,
    response: Response,
) -> SnapshotOut:
    """Keep the files of a running sandbox. Its programs go on; what they change meanwhile may be missing."""
    row = await snapshots.take(user.user_id, sandbox_id, body.name)
    response.headers["Location"] = f"{MY}/{row.id}"
    return shown(row)


@router.get(MY, responses=problems(401, 403))
async def list_snapshots(
    user: CurrentUser, snapshots: TheSnapshots, limit: Limit = 50, cursor: Cursor = None
) -> Page[SnapshotOut]:
    """Snapshots, newest first."""
    return Page[SnapshotOut](**await snapshots.page(user.user_id, limit, cursor))


@router.get(MY + "/{snapshot_id}", responses=problems(401, 403, 404))
async def get_snapshot(snapshot_id: Id, user: CurrentUser, snapshots: TheSnapshots) -> SnapshotOut:
    """One snapshot."""
    return shown(await snapshots.get(user.user_id, snapshot_id))


@router.delete(MY + "/{snapshot_id}", status_code=204, responses=problems(401, 403, 404))
async def remove_snapshot(snapshot_id: Id, user: CurrentUser, snapshots: TheSnapshots) -> None:
    """Remove it. Sandboxes that began from it stay as they are."""
    await snapshots.remove(user.user_id, snapshot_id)
