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
from entourage.memory.sharing.whose import Owning, Reading, SharingHere, Writing
from entourage.memory.standing import Standing

router = Routes(prefix="/my/memory", tags=["memory"])

NDJSON = "application/x-ndjson"
_LINES = {"schema": {"type": "string", "description": "One memory a line, as JSON."}}
_IMPORT: dict[str, Any] = {"requestBody": {"required": True, "content": {NDJSON: _LINES}}}

ChoicesHere = Annotated[Choices, service(Choices)]


@router.get("/stats", responses=problems(401, 404, 422, 429))
async def memory_stats(whose: Reading, standing: Annotated[Standing, service(Standing)]) -> MemoryStats:
    """Counts, the embedder and a change of it, collections, limits."""
    return await standing.stats(whose.owner_id)


@router.get("/embedders", responses=problems(401, 404, 422, 429))
async def list_embedders(whose: Reading, standing: Annotated[Standing, service(Standing)]) -> EmbedderList:
    """What can make the vectors of a memory: for that of a workspace what the server has itself."""
    return await standing.embedders(whose.owner_id, is_shared=whose.is_shared)


@router.get("/settings", responses=problems(401, 404, 422, 429))
async def get_memory_settings(whose: Reading, choices: ChoicesHere) -> MemorySettings:
    """What was decided about a memory."""
    return (await choices.of(whose.owner_id)).settings


@router.put("/settings", responses=problems(400, 401, 403, 404, 409, 422, 429, 502, 503, 504))
async def put_memory_settings(
    change: ChangeSettings, whose: Owning, choices: ChoicesHere, indexer: Annotated[Indexer, service(Indexer)]
) -> MemorySettings:
    """Decide anew. Another embedder is changed to in the background; searches use the old vectors meanwhile."""
    settings = await choices.change(whose.owner_id, change, is_shared=whose.is_shared)
    indexer.reindex.wake()
    indexer.wake()
    return settings


@router.post("/forget", responses=problems(400, 401, 403, 404, 422, 429, 502, 503, 504))
async def forget_memories(
    what: Forget, user: CurrentUser, sharing: SharingHere, forgetting: Annotated[Forgetting, service(Forgetting)]
) -> Forgotten:
    """Forget everything that fits all that is given; with `dry_run` only tell what that would be."""
    whose = await sharing.open(user.user_id, what.workspace, "editor")
    return await forgetting.forget(whose.owner_id, what)


@router.post("/consolidate", responses=problems(401, 403, 404, 422, 429, 503))
async def consolidate_memories(
    whose: Writing, consolidation: Annotated[Consolidation, service(Consolidation)]
) -> Consolidated:
    """Make one of facts that say the same: the newest wording, as sure as all of them."""
    return await consolidation.run(whose.owner_id)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {NDJSON: _LINES}, "description": "Every memory, a line each."},
        **problems(401, 404, 422, 429),
    },
)
async def export_memories(
    whose: Reading, portability: Annotated[Portability, service(Portability)]
) -> StreamingResponse:
    """Take a memory along."""
    headers = {"Content-Disposition": 'attachment; filename="memory.ndjson"'}
    return StreamingResponse(portability.export(whose.owner_id), media_type=NDJSON, headers=headers)


@router.post("/import", openapi_extra=_IMPORT, responses=problems(400, 401, 403, 404, 413, 415, 422, 429, 503))
async def import_memories(
    request: Request, whose: Writing, portability: Annotated[Portability, service(Portability)]
) -> Imported:
    """Take in lines of an export. A line that is wrong is told by its number, and the rest goes on."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != NDJSON:
        raise UnsupportedMedia(f"An import is {NDJSON}, not {kind[:100] or 'nothing'!r}.")
    return await portability.import_(whose.owner_id, request.stream(), whose.author)
