"""Single calls, out of the log."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from entourage.events.log import EventLog
from entourage.events.types import Usage
from entourage.kit.errors import NotFound
from entourage.kit.paging import decode_cursor, encode_cursor
from entourage.llm.money.usage_schemas import CallOut
from entourage.stores.log import Filter
from entourage.stores.log.spending import SOURCES
from entourage.stores.log.tables import events
from entourage.stores.sql import Database

_CHUNK = 500
_MOST_READ = 10_000
"""Events looked through for one page; a page may then be short and still not the last."""

_read = msgspec.json.Decoder(Usage).decode


class CallFilter(NamedTuple):
    """Which calls; None means any."""

    model: str | None = None
    key_id: str | None = None
    status: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None

    def passes(self, call: Usage) -> bool:
        """Whether a call is wanted; `model` matches the provider's name of it, or the alias that was asked for."""
        return (
            (self.model is None or self.model in {call.model, call.alias})
            and (self.key_id is None or self.key_id == call.key_id)
            and (self.status is None or self.status == call.status)
        )


class Calls:
    """Reads calls of one owner."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log

    async def page(self, owner_id: str, where: CallFilter, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of calls, newest first."""
        before = decode_cursor(cursor, tuple[int])[0] if cursor is not None else None
        found: list[CallOut] = []
        for _ in range(_MOST_READ // _CHUNK):
            window = Filter(
                before=before,
                types=("usage",),
                sources=tuple(SOURCES),
                since_ms=where.since_ms,
                until_ms=where.until_ms,
            )
            read = await self._log.read(owner_id, window, _CHUNK, newest=True)
            for event in reversed(read):
                before = event.seq
                call = _read(event.record.data)
                if where.passes(call):
                    found.append(_shown(event.record, call))
                    if len(found) == limit:
                        return {"items": found, "next_cursor": encode_cursor([before])}
            if len(read) < _CHUNK:
                return {"items": found, "next_cursor": None}
        return {"items": found, "next_cursor": encode_cursor([before or 0])}

    async def get(self, owner_id: str, call_id: str) -> CallOut:
        """One call by its id. Raises NotFound, also while it is on its way into the log."""
        query = select(events).where(events.c.owner_id == owner_id, events.c.id == call_id, events.c.type == Usage.type)
        async with self._database.read(owner_id) as session:
            row: Any = (await session.execute(query)).first()
        if row is None:
            raise NotFound(f"There is no call {call_id}.")
        return _shown(row, _read(row.data) if isinstance(row.data, str) else msgspec.convert(row.data, Usage))


def _shown(record: Any, call: Usage) -> CallOut:
    told = {name: getattr(call, name) for name in CallOut.model_fields if hasattr(call, name)}
    place = {"session_id": record.session_id, "run_id": record.run_id, "agent": record.agent, "source": record.source}
    return CallOut(**told, **place, id=record.id, at=record.ts)
