"""Single calls, out of the log: those of the team and those from outside of conversations."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

import msgspec

from entourage.events.event import Published
from entourage.events.log import EventLog
from entourage.events.types import ToolFailed, ToolFinished
from entourage.kit.paging import decode_cursor, encode_cursor
from entourage.stores.log import Filter
from entourage.tools.caller import CallSource
from entourage.tools.grants.globs import any_of
from entourage.tools.schemas import ToolCallOut
from entourage.tools.tool import ResultStatus

SOURCES: tuple[str, ...] = get_args(CallSource)
_TYPES = (ToolFinished.type, ToolFailed.type)
_CHUNK = 500
_MOST_READ = 10_000
"""Events looked through for one page; a page may then be short and still not the last."""

_MAX_ERROR_CHARS = 500


class CallFilter(NamedTuple):
    """Which calls; None means any. `tool` may be a pattern."""

    tool: str | None = None
    status: ResultStatus | None = None
    source: CallSource | None = None


class _Ended(msgspec.Struct):
    """What is read of the end of a call."""

    tool: str
    duration_ms: int
    status: ResultStatus = "ok"
    cached: bool = False
    error: str = ""
    args_preview: str = ""


_read = msgspec.json.Decoder(_Ended).decode


class ToolCalls:
    """Reads calls of one owner."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def page(self, owner_id: str, where: CallFilter, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of calls, newest first."""
        before = decode_cursor(cursor, tuple[int])[0] if cursor is not None else None
        found: list[ToolCallOut] = []
        for _ in range(_MOST_READ // _CHUNK):
            read = await self._log.read(owner_id, _window(where, before), _CHUNK, newest=True)
            for event in reversed(read):
                before = event.seq
                ended = _read(event.record.data)
                if _passes(ended, where):
                    found.append(_shown(event, ended))
                    if len(found) == limit:
                        return {"items": found, "next_cursor": encode_cursor([before])}
            if len(read) < _CHUNK:
                return {"items": found, "next_cursor": None}
        return {"items": found, "next_cursor": encode_cursor([before or 0])}


def _window(where: CallFilter, before: int | None) -> Filter:
    types = _TYPES if where.status is None else _TYPES[:1] if where.status == "ok" else _TYPES[1:]
    return Filter(before=before, types=types, sources=(where.source,) if where.source else SOURCES)


def _passes(ended: _Ended, where: CallFilter) -> bool:
    return (where.status is None or ended.status == where.status) and (
        where.tool is None or any_of((where.tool,), ended.tool)
    )


def _shown(event: Published, ended: _Ended) -> ToolCallOut:
    record = event.record
    return ToolCallOut(
        id=record.id,
        at=record.ts,
        tool=ended.tool,
        source=record.source,
        agent=record.agent,
        status=ended.status,
        duration_ms=ended.duration_ms,
        cached=ended.cached,
        error=ended.error[:_MAX_ERROR_CHARS] or None,
        session_id=record.session_id,
        args_preview=ended.args_preview,
    )
