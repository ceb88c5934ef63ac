"""From what is given to a row, and from a row to what is shown."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.kit.ids import new_id
from entourage.kit.json import encode
from entourage.memory.language import language_of
from entourage.memory.schemas import Author, Memory, NewMemory
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Prepared, Within, listed

PENDING, INDEXED, FAILED, DONE = "pending", "indexed", "failed", "done"

BATCH = 500
"""Ids in one statement."""


def key_of(text: str, *, kind: str, agent: str | None, document_id: str | None) -> str:
    """What makes two memories the same: their words within (agent, kind, document), however they are spaced."""
    said = " ".join(unicodedata.normalize("NFC", text).split())
    parts = "\x1f".join((kind, agent or "", document_id or "", said))
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def values_of(
    owner_id: str, new: NewMemory, *, document_id: str | None, position: int, author: Author | None
) -> dict[str, Any]:
    """The columns of a new row, waiting to be indexed."""
    now = now_ms()
    source = new.source
    language = new.language or (language_of(new.text) if new.content == "text" else None)
    return {
        "id": new_id(),
        "owner_id": owner_id,
        "kind": new.kind,
        "agent": new.agent,
        "shared": new.shared,
        "text": new.text,
        "key": key_of(new.text, kind=new.kind, agent=new.agent, document_id=document_id),
        "content": new.content,
        "source_type": source.type,
        "source_key": source.key,
        "source": source.model_dump(exclude_none=True),
        "document_id": document_id,
        "position": source.chunk if source.chunk is not None else position,
        "language": language,
        "tags": list(dict.fromkeys(new.tags)),
        "meta": new.metadata,
        "confidence": new.confidence,
        "importance": new.importance,
        "repeats": 1,
        "valid_from_ms": new.valid_from,
        "valid_until_ms": new.valid_until,
        "uses": 0,
        "used_ms": None,
        "created_ms": now,
        "updated_ms": now,
        "version": 1,
        "index_state": PENDING,
        "index_error": None,
        "attempts": 0,
        "due_ms": 0,
        "embedder": None,
        "second_embedder": None,
        "points": 1,
        "told_state": PENDING,
        "author": author.model_dump() if author else None,
    }


def memory_of(row: MemoryRow) -> Memory:
    """The memory as it is shown."""
    return Memory.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "text": row.text,
            "agent": row.agent,
            "shared": row.shared,
            "source": row.source,
            "document_id": row.document_id,
            "language": row.language,
            "tags": row.tags,
            "confidence": row.confidence,
            "importance": row.importance,
            "repeats": row.repeats,
            "valid_from": row.valid_from_ms,
            "valid_until": row.valid_until_ms,
            "uses": row.uses,
            "used_at": row.used_ms,
            "created_at": row.created_ms,
            "updated_at": row.updated_ms,
            "version": row.version,
            "content": row.content,
            "workspace": row.owner_id if row.author else None,
            "author": row.author or None,
            "metadata": row.meta,
            "indexed": row.index_state == INDEXED,
            "error": row.index_error,
        }
    )


_COLUMNS = list(MemoryRow.__table__.columns)
_NAMES = ", ".join(column.name for column in _COLUMNS)
_INSERT = Prepared(
    text(
        f"INSERT INTO memories ({_NAMES}) VALUES ({', '.join(f':{column.name}' for column in _COLUMNS)}) "
        "ON CONFLICT (owner_id, key) DO NOTHING"
    ).bindparams(*(bindparam(column.name, type_=column.type) for column in _COLUMNS))
)
_KEPT: Prepared[tuple[str, str]] = Prepared(
    {
        dialect: text(f"SELECT key, id FROM memories WHERE owner_id = :owner AND key IN ({keys})")
        for dialect, keys in listed("keys").items()
    }
)
_BY_ID: Prepared[MemoryRow] = Prepared(
    {
        dialect: text(f"SELECT {_NAMES} FROM memories WHERE owner_id = :owner AND id IN ({ids})").columns(*_COLUMNS)
        for dialect, ids in listed("ids").items()
    },
    of=MemoryRow,
)


async def insert_rows(within: Within, owner_id: str, values: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Insert those whose key is new; the id of each key."""
    once = list({one["key"]: one for one in reversed(values)}.values())[::-1]
    found: dict[str, str] = {}
    for start in range(0, len(once), BATCH):
        batch = once[start : start + BATCH]
        await _INSERT.each(within, batch)
        keys = encode([one["key"] for one in batch]).decode()
        found.update(await _KEPT.all(within, owner=owner_id, keys=keys))
    return found


async def find_row(session: AsyncSession, memory_id: str) -> MemoryRow:
    """Raises NotFound."""
    row = await session.get(MemoryRow, memory_id)
    if row is None:
        raise NotFound(f"There is no memory {memory_id}.")
    return row


async def rows_by_id(within: Within, owner_id: str, ids: Sequence[str]) -> dict[str, MemoryRow]:
    """Those of the owner that are there, to be read only."""
    found: dict[str, MemoryRow] = {}
    for start in range(0, len(ids), BATCH):
        batch = encode(ids[start : start + BATCH]).decode()
        found.update((row.id, row) for row in await _BY_ID.all(within, owner=owner_id, ids=batch))
    return found
