"""An event before, in and after the log."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from entourage.events.types import EventData
from entourage.kit.clock import now_ms
from entourage.kit.frames import deflated_frame, text_frame
from entourage.kit.ids import new_id
from entourage.kit.json import encode
from entourage.kit.tracing import current_trace_id
from entourage.stores.log import Filter, Record, Rollup

TEAM = "team"


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, not yet in the log. Give `id` when a restart may append the same event again."""

    owner_id: str
    data: EventData
    session_id: str | None = None
    run_id: str | None = None
    parent_run_id: str | None = None
    agent: str | None = None
    id: str = msgspec.field(default_factory=new_id)
    trace_id: str | None = msgspec.field(default_factory=current_trace_id)
    source: str = TEAM
    client_ts: int | None = None
    type: str | None = None
    """Only for classes without a name of their own: `hook.PreToolUse`, `otel.api_request`, `custom.deployed`."""

    def record(self) -> tuple[Record, Rollup]:
        """The row, and what it adds to the rollups."""
        row = Record(
            self.owner_id,
            self.id,
            self.session_id,
            self.run_id,
            self.parent_run_id,
            self.agent,
            self.type or self.data.type,
            now_ms(),
            self.client_ts,
            encode(self.data).decode(),
            self.trace_id,
            self.source,
        )
        return row, self.data.rollup()


class Event(msgspec.Struct, frozen=True):
    """An event as it goes over the wire."""

    seq: int
    id: str
    session_id: str | None
    run_id: str | None
    parent_run_id: str | None
    agent: str | None
    type: str
    ts: int
    client_ts: int | None
    data: msgspec.Raw
    trace_id: str | None
    source: str

    def read(self) -> dict[str, Any]:
        """The data as a plain dictionary; also for types of a newer server."""
        return msgspec.json.decode(self.data, type=dict[str, Any])


class Published:
    """An event on its way to subscribers: serialised once, however many there are, and only if there is one."""

    __slots__ = ("__dict__", "owner_id", "record", "seq")

    def __init__(self, owner_id: str, seq: int, record: Record) -> None:
        self.owner_id = owner_id
        self.seq = seq
        self.record = record

    @cached_property
    def event(self) -> Event:
        """The event as it goes over the wire."""
        record = self.record
        return Event(self.seq, *record[1:9], msgspec.Raw(record.data.encode()), *record[10:])

    @cached_property
    def json(self) -> bytes:
        """The event as JSON text."""
        return encode(self.event)

    @cached_property
    def ndjson(self) -> bytes:
        return self.json + b"\n"

    @cached_property
    def sse(self) -> bytes:
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self.seq, self.record.type.encode(), self.json)

    @cached_property
    def frame(self) -> bytes:
        """The WebSocket frame around the event."""
        return text_frame(self._message())

    @cached_property
    def packed_frame(self) -> bytes:
        """The same, compressed once for every client that reads compressed frames."""
        return deflated_frame(self._message())

    def _message(self) -> bytes:
        return b'{"type":"event","payload":%s,"timestamp":%d}' % (self.json, self.record.ts)


def matches(record: Record, where: Filter) -> bool:
    """Whether a live event passes a subscription's filter (its `after` is the subscription's own business)."""
    return (
        (not where.session_ids or record.session_id in where.session_ids)
        and (not (where.types or where.type_prefixes) or _has_type(record.type, where))
        and (not where.agents or record.agent in where.agents)
        and (not where.run_ids or record.run_id in where.run_ids)
        and (not where.sources or record.source in where.sources)
    )


def _has_type(name: str, where: Filter) -> bool:
    return name in where.types or name.startswith(where.type_prefixes)
