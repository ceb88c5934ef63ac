"""`/api/v1/memory`: the same doors under the names that the IDE's API knows them by."""

from __future__ import annotations

from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.memory import routes

router = Routes(prefix="/api/v1/memory", tags=["memory"])

router.post(
    "/store",
    name="api_store_memory",
    status_code=201,
    responses={**routes.KNOWN, **problems(400, 401, 403, 404, 422, 429, 503)},
)(routes.store_memory)
router.post("/search", name="api_search_memory", responses=problems(400, 401, 404, 422, 429, 502, 503, 504))(
    routes.search_memory
)
router.post("/embed", name="api_embed_texts", responses=problems(400, 401, 422, 429, 502, 503, 504))(routes.embed_texts)
router.get("", name="api_list_memories", responses=problems(401, 404, 422, 429))(routes.list_memories)

one = Routes(prefix="/api/v1/memory", tags=["memory"])
"""Doors of one memory, after all others."""

one.get("/{memory_id}", name="api_get_memory", responses=problems(401, 404, 422, 429))(routes.get_memory)
one.delete(
    "/{memory_id}", name="api_delete_memory", status_code=204, responses=problems(400, 401, 403, 404, 412, 422, 429)
)(routes.delete_memory)
