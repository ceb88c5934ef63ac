"""`POST /v1/logs|metrics|traces`: read beside the loop, stored in one transaction, answered as OTLP wants it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, cast

from entourage.events.event import NewEvent
from entourage.kit.errors import Problem, UnsupportedMedia
from entourage.kit.problems import is_json
from entourage.observe.ingest import Ingest
from entourage.observe.otlp.events import event_of
from entourage.observe.otlp.items import items_of
from entourage.observe.otlp.payload import PROTOBUF, Signal, answer, read_payload, unpacked
from entourage.observe.posted import Sender
from entourage.observe.refusals import Refused, wrong_type
from entourage.observe.requests import IngestRequest


class _Read(NamedTuple):
    events: list[NewEvent]
    rejected: int
    why: str


async def take_otlp(request: IngestRequest, sender: Sender, ingest: Ingest) -> None:
    """Store what the request holds. Raises Refused, TooMany."""
    kind = request.kind
    if kind != PROTOBUF and not is_json(kind):
        raise wrong_type(f"OTLP is {PROTOBUF} or application/json, not {kind[:80] or 'nothing'!r}.")
    encoding = request.header(b"content-encoding").lower()
    if encoding not in {"", "identity", "gzip"}:
        raise Refused(UnsupportedMedia, "content_encoding", "Only gzip is taken as Content-Encoding.")
    signal = cast("Signal", request.path.rpartition("/")[2])
    read = await asyncio.to_thread(_read, sender, signal, request.body, kind, encoding)
    await ingest.store_all(read.events, [])
    told = await asyncio.to_thread(answer, signal, kind, read.rejected, read.why)
    request.answer(200, told, (b"content-type", kind.encode() if kind == PROTOBUF else b"application/json"))


def _read(sender: Sender, signal: Signal, body: bytes, kind: str, encoding: str) -> _Read:
    events: list[NewEvent] = []
    rejected, why = 0, ""
    for item in items_of(signal, read_payload(signal, unpacked(body, encoding), kind)):
        try:
            events.append(event_of(sender, item))
        except Problem as problem:
            rejected, why = rejected + 1, problem.detail
    return _Read(events, rejected, why)
