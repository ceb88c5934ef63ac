"""E2B's doors to snapshots, which hold files: a sandbox that begins from one has none of the programs that ran."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from entourage.kit.errors import Invalid, NotFound
from entourage.kit.ids import is_id
from entourage.sandboxes.e2b.connect import body
from entourage.sandboxes.snapshots.schemas import SnapshotOut
from entourage.sandboxes.snapshots.service import Snapshots, shown

MOST_LISTED = 100
_MOST_NAME = 200


class SnapshotDoors:
    """Answers one door each for the person whose key it was."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    async def take(self, owner_id: str, request: Request) -> Response:
        """Keep the files of a sandbox; its id is a template to make others of."""
        name = (await body(request)).get("name")
        if name is not None and not (isinstance(name, str) and 0 < len(name) <= _MOST_NAME and "\0" not in name):
            raise Invalid(f"name must be a text of at most {_MOST_NAME} characters.")
        row = await self._snapshots.take(owner_id, str(request.path_params["sandbox_id"]), name)
        return JSONResponse(_told(shown(row)), 201)

    async def list(self, owner_id: str, request: Request) -> Response:
        """A page of one's own, newest first; the next page's token is in a header."""
        asked = request.query_params
        limit = int(asked["limit"]) if asked.get("limit", "").isdigit() else MOST_LISTED
        page = await self._snapshots.page(
            owner_id,
            max(1, min(limit, MOST_LISTED)),
            asked.get("nextToken") or None,
            sandbox_id=asked.get("sandboxID") or None,
        )
        more = {"x-next-token": page["next_cursor"]} if page["next_cursor"] else {}
        wanted = asked.get("name")
        found = [one for one in page["items"] if wanted in (None, one.name, one.id)]
        return JSONResponse([_told(one) for one in found], headers=more)

    async def remove(self, owner_id: str, request: Request) -> Response:
        """Remove one: to E2B it is a template."""
        template = str(request.path_params["template_id"])
        if not is_id(template):
            raise NotFound(f"There is no snapshot {template[:100]!r}.")
        await self._snapshots.remove(owner_id, template)
        return Response(status_code=204)


def _told(snapshot: SnapshotOut) -> dict[str, Any]:
    return {"snapshotID": snapshot.id, "names": [snapshot.name] if snapshot.name else []}
