"""`/my/memory`: what the team remembers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Query, Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.errors import Invalid
from entourage.kit.etag import IfMatch, etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.memory.embedders import Embedders
from entourage.memory.fields import Kind
from entourage.memory.schemas import MAX_CHUNK, ChangeMemory, Memory, NewMemory
from entourage.memory.search_schemas import Embedded, EmbedTexts, Found, MemorySearch
from entourage.memory.service import Memories
from entourage.memory.sharing.searching import SharedSearch
from entourage.memory.sharing.whose import Reading, ReadingMemory, SharingHere, WritingMemory

router = Routes(prefix="/my/memory", tags=["memory"])

MemoriesHere = Annotated[Memories, service(Memories)]
EmbeddersHere = Annotated[Embedders, service(Embedders)]
Filter = Annotated[str | None, Query(max_length=512)]
Place = Annotated[int, msgspec.Meta(ge=0, le=MAX_CHUNK)]
KNOWN: dict[int | str, dict[str, Any]] = {200: {"model": Memory, "description": "It was known already."}}


@router.post("", status_code=201, responses={**KNOWN, **problems(400, 401, 403, 404, 422, 429, 503)})
async def store_memory(
    new: NewMemory, user: CurrentUser, sharing: SharingHere, memories: MemoriesHere, response: Response
) -> Memory:
    """Remember something. The same within an agent and a kind is kept once."""
    whose = await sharing.open(user.user_id, new.workspace, "editor")
    memory, is_new = await memories.put(whose.owner_id, new, whose.author)
    response.status_code = 201 if is_new else 200
    return tagged(response, memory)


@router.get("", responses=problems(401, 404, 422, 429))
async def list_memories(
    whose: Reading,
    memories: MemoriesHere,
    kind: Kind | None = None,
    agent: Filter = None,
    tag: Filter = None,
    source: Filter = None,
    document_id: Id | None = None,
    q: Annotated[str | None, Query(max_length=200, description="What the text contains.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Memory]:
    """Memories, newest first; those of a document in the order of its text."""
    check_texts(agent=agent, tag=tag, source=source, q=q)
    after = decode_cursor(cursor, tuple[Place, str]) if cursor else None
    found = await memories.page(
        whose.owner_id,
        kind=kind,
        agent=agent,
        tag=tag,
        source=source,
        document_id=document_id,
        q=q,
        after=after,
        limit=limit + 1,
    )
    return Page[Memory].model_construct(**page_of(found, limit, _key, lambda item: item))


@router.post("/search", responses=problems(400, 401, 404, 422, 429, 502, 503, 504))
async def search_memory(
    asked: MemorySearch, user: CurrentUser, search: Annotated[SharedSearch, service(SharedSearch)]
) -> Found:
    """Find memories by meaning and words, with why each was found."""
    return await search.search(user.user_id, asked)


@router.post("/embed", responses=problems(400, 401, 422, 429, 502, 503, 504))
async def embed_texts(asked: EmbedTexts, user: CurrentUser, embedders: EmbeddersHere) -> Embedded:
    """Vectors of texts by the embedder of your memory."""
    embedder = await embedders.of(user.user_id)
    counts = await embedder.count(asked.texts)
    too_long = next((place for place, count in enumerate(counts) if count > embedder.max_tokens), None)
    if too_long is not None:
        raise Invalid(
            f"Text {too_long + 1} has {counts[too_long]} tokens; {embedder.model} reads {embedder.max_tokens}.",
            hint="Split it.",
            errors=[{"field": f"texts.{too_long}", "message": "too long for the embedder"}],
        )
    vectors = await embedder.embed(asked.texts, asked.kind)
    dimensions = len(vectors[0])
    return Embedded.model_construct(
        model=embedder.model, dimensions=dimensions, vectors=[vector.tolist() for vector in vectors]
    )


one = Routes(prefix="/my/memory", tags=["memory"])
"""Doors of one memory: their path would take the names of the others, so they come after them."""


@one.get("/{memory_id}", responses=problems(401, 404, 422, 429))
async def get_memory(memory_id: Id, whose: ReadingMemory, memories: MemoriesHere, response: Response) -> Memory:
    """One memory."""
    return tagged(response, await memories.get(whose.owner_id, memory_id))


@one.patch("/{memory_id}", responses=problems(400, 401, 403, 404, 409, 412, 422, 429))
async def change_memory(
    memory_id: Id,
    change: ChangeMemory,
    whose: WritingMemory,
    memories: MemoriesHere,
    response: Response,
    if_match: IfMatch = None,
) -> Memory:
    """Correct a memory. It is found by its old wording until it is indexed again."""
    changed = await memories.change(whose.owner_id, memory_id, change, if_match, whose.author)
    return tagged(response, changed)


@one.delete("/{memory_id}", status_code=204, responses=problems(400, 401, 403, 404, 412, 422, 429))
async def delete_memory(memory_id: Id, whose: WritingMemory, memories: MemoriesHere, if_match: IfMatch = None) -> None:
    """Forget one memory."""
    await memories.delete(whose.owner_id, memory_id, if_match)


def tagged(response: Response, memory: Memory) -> Memory:
    """The memory, with the ETag of its version on the response."""
    response.headers["ETag"] = etag_of(memory.id, memory.version)
    return memory


def check_texts(**texts: str | None) -> None:
    """Raises Invalid for a NUL, which no engine takes in a query."""
    for name, text in texts.items():
        if text and "\x00" in text:
            raise Invalid(f"Not valid: {name}.", errors=[{"field": name, "message": "NUL is not allowed"}])


def _key(memory: Memory) -> tuple[int, str]:
    return memory.source.chunk or 0, memory.id
