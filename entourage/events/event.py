"""An event before, in and after the log."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from entourage.events.types import EventData
from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.kit.json import encode
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
    trace_id: str | None = None
    source: str = TEAM

    def record(self) -> tuple[Record, Rollup]:
        """The row, and what it adds to the rollups."""
        row = Record(
            self.owner_id,
            self.id,
            self.session_id,
            self.run_id,
            self.parent_run_id,
            self.agent,
            self.data.type,
            now_ms(),
            None,
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
    """An event on its way to subscribers: serialised once, however many there are."""

    __slots__ = ("__dict__", "event", "owner_id")

    def __init__(self, owner_id: str, seq: int, record: Record) -> None:
        self.owner_id = owner_id
        data = msgspec.Raw(record.data.encode())
        self.event = Event(seq, *record[1:9], data, *record[10:])

    @property
    def seq(self) -> int:
        return self.event.seq

    @cached_property
    def json(self) -> bytes:
        """The event as JSON text."""
        return encode(self.event)

    @cached_property
    def ndjson(self) -> bytes:
        return self.json + b"\n"

    @cached_property
    def sse(self) -> bytes:
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self.seq, self.event.type.encode(), self.json)

    @cached_property
    def message(self) -> bytes:
        """The WebSocket message around the event."""
        return b'{"type":"event","payload":%s,"timestamp":%d}' % (self.json, self.event.ts)


def matches(event: Event, where: Filter) -> bool:
    """Whether a live event passes a subscription's filter (its `after` is the subscription's own business)."""
    return (
        (not where.session_ids or event.session_id in where.session_ids)
        and (not where.types or event.type in where.types)
        and (not where.agents or event.agent in where.agents)
        and (not where.run_ids or event.run_id in where.run_ids)
        and (not where.sources or event.source in where.sources)
    )
