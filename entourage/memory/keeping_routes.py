"""`/my/memory/...`: how memory stands, what is kept, forgotten, taken along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from entourage.accounts.identity import CurrentUser
from entourage.kit.errors import UnsupportedMedia
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.memory.choices import Choices
from entourage.memory.consolidating import Consolidation
from entourage.memory.forgetting import Forgetting
from entourage.memory.indexing import Indexer
from entourage.memory.portability import Portability
from entourage.memory.schemas import Consolidated, Forget, Forgotten, Imported
from entourage.memory.setting_schemas import ChangeSettings, EmbedderList, MemorySettings, MemoryStats
from entourage.memory.standing import Standing

router = Routes(prefix="/my/memory", tags=["memory"])

NDJSON = "application/x-ndjson"
_LINES = {"schema": {"type": "string", "description": "One memory a line, as JSON."}}
_IMPORT: dict[str, Any] = {"requestBody": {"required": True, "content": {NDJSON: _LINES}}}

ChoicesHere = Annotated[Choices, service(Choices)]


@router.get("/stats", responses=problems(401, 429))
async def memory_stats(user: CurrentUser, standing: Annotated[Standing, service(Standing)]) -> MemoryStats:
    """Counts, the embedder and a change of it, collections, limits."""
    return await standing.stats(user.user_id)


@router.get("/embedders", responses=problems(401, 429))
async def list_embedders(user: CurrentUser, standing: Annotated[Standing, service(Standing)]) -> EmbedderList:
    """What can make the vectors of your memory."""
    return await standing.embedders(user.user_id)


@router.get("/settings", responses=problems(401, 429))
async def get_memory_settings(user: CurrentUser, choices: ChoicesHere) -> MemorySettings:
    """What you decided about your memory."""
    return (await choices.of(user.user_id)).settings


@router.put("/settings", responses=problems(400, 401, 409, 422, 429, 502, 503, 504))
async def put_memory_settings(
    change: ChangeSettings, user: CurrentUser, choices: ChoicesHere, indexer: Annotated[Indexer, service(Indexer)]
) -> MemorySettings:
    """Decide anew. Another embedder is changed to in the background; searches use the old vectors meanwhile."""
    settings = await choices.change(user.user_id, change)
    indexer.reindex.wake()
    indexer.wake()
    return settings


@router.post("/forget", responses=problems(400, 401, 422, 429, 502, 503, 504))
async def forget_memories(
    what: Forget, user: CurrentUser, forgetting: Annotated[Forgetting, service(Forgetting)]
) -> Forgotten:
    """Forget everything that fits all that is given; with `dry_run` only tell what that would be."""
    return await forgetting.forget(user.user_id, what)


@router.post("/consolidate", responses=problems(401, 429, 503))
async def consolidate_memories(
    user: CurrentUser, consolidation: Annotated[Consolidation, service(Consolidation)]
) -> Consolidated:
    """Make one of facts that say the same: the newest wording, as sure as all of them."""
    return await consolidation.run(user.user_id)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: _LINES}, "description": "Every memory, a line each."}, **problems(401, 429)},
)
async def export_memories(
    user: CurrentUser, portability: Annotated[Portability, service(Portability)]
) -> StreamingResponse:
    """Take your memory along."""
    headers = {"Content-Disposition": 'attachment; filename="memory.ndjson"'}
    return StreamingResponse(portability.export(user.user_id), media_type=NDJSON, headers=headers)


@router.post("/import", openapi_extra=_IMPORT, responses=problems(400, 401, 413, 415, 422, 429, 503))
async def import_memories(
    request: Request, user: CurrentUser, portability: Annotated[Portability, service(Portability)]
) -> Imported:
    """Take in lines of an export. A line that is wrong is told by its number, and the rest goes on."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != NDJSON:
        raise UnsupportedMedia(f"An import is {NDJSON}, not {kind[:100] or 'nothing'!r}.")
    return await portability.import_(user.user_id, request.stream())
