"""Memory out and in as NDJSON: a memory a line. What was exported can be imported anywhere, also twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from pydantic import ValidationError
from sqlalchemy import select

from entourage.kit.errors import TooLarge
from entourage.kit.json import without_lone_surrogates
from entourage.memory.embedders import Embedders
from entourage.memory.parting import parts_of
from entourage.memory.rows import memory_of
from entourage.memory.schemas import Author, Imported, LineError, Memory, NewMemory
from entourage.memory.service import Memories
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database

MAX_LINES = 200_000
MAX_LINE_BYTES = 2 * 1024 * 1024
BATCH = 200
SHOWN_ERRORS = 100

# what only this server knows of a memory is not taken over
_OWN = frozenset(
    {"id", "document_id", "repeats", "uses", "used_at", "created_at", "updated_at", "version", "indexed", "error"}
    | {"workspace", "author"}
)


class Portability:
    """Exports and imports of one person."""

    def __init__(self, database: Database, memories: Memories, embedders: Embedders) -> None:
        self._database = database
        self._memories = memories
        self._embedders = embedders

    async def export(self, owner_id: str) -> AsyncIterator[bytes]:
        """Every memory, oldest first, in pieces of whole lines."""
        after = ""
        while True:
            query = select(MemoryRow).where(MemoryRow.id > after).order_by(MemoryRow.id).limit(BATCH)
            async with self._database.read(owner_id) as session:
                rows = list(await session.scalars(query))
            if not rows:
                return
            after = rows[-1].id
            yield b"".join(_line(memory_of(row)) for row in rows)

    async def import_(self, owner_id: str, pieces: AsyncIterator[bytes], author: Author | None = None) -> Imported:
        """Take what can be taken, as said by `author` where a workspace is the owner.

        A line that cannot be taken is told by its number, and the rest goes on. Raises TooLarge past MAX_LINES lines;
        what came before them is kept.
        """
        outcome = Imported(imported=0, skipped=0, failed=0, errors=[])
        batch: list[NewMemory] = []
        number = 0
        async for line in _lines(pieces):
            number += 1
            if number > MAX_LINES:
                await self._take(owner_id, batch, outcome, author)
                raise TooLarge(f"An import may have {MAX_LINES} lines.", hint="Send the rest in another one.")
            if not line.strip():
                continue
            try:
                batch.append(_read(line))
            except ValueError as error:
                outcome.failed += 1
                if len(outcome.errors) < SHOWN_ERRORS:
                    outcome.errors.append(LineError(line=number, detail=str(error)))
            if len(batch) >= BATCH:
                await self._take(owner_id, batch, outcome, author)
                batch = []
        await self._take(owner_id, batch, outcome, author)
        return outcome

    async def _take(self, owner_id: str, batch: Sequence[NewMemory], outcome: Imported, author: Author | None) -> None:
        if not batch:
            return
        embedder = await self._embedders.of(owner_id)
        rows = [part for new in batch for part in await parts_of(new, embedder)]
        async with self._database.write(owner_id) as session:
            newest = await session.scalar(select(MemoryRow.id).order_by(MemoryRow.id.desc()).limit(1)) or ""
            ids = set(await self._memories.add(session, owner_id, rows, author=author))
        self._memories.wake()
        fresh = sum(1 for one in ids if one > newest)
        outcome.imported += fresh
        outcome.skipped += len(rows) - fresh


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines without their ends. One that is too long comes cut, and so is refused by its number."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line[: MAX_LINE_BYTES + 1]
        rest = rest[: MAX_LINE_BYTES + 1]
    if rest:
        yield rest


def _read(line: bytes) -> NewMemory:
    """Raises ValueError."""
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"a line may have {MAX_LINE_BYTES} bytes")
    try:
        found = msgspec.json.decode(without_lone_surrogates(line))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  all that is wrong with a line is told alike
    fields: dict[str, Any] = {key: value for key, value in found.items() if key not in _OWN}  # pyright: ignore[reportUnknownVariableType]
    try:
        return NewMemory.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _line(memory: Memory) -> bytes:
    return memory.model_dump_json(exclude_none=True).encode() + b"\n"
