"""Delivering a spool: in order, at least once, a batch at a time, and one by one where a hook waits for the answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from .envelope import event_of
from .server import Refused, Server, Unreachable
from .spool import Record, Spool

BATCH_EVENTS = 200
BATCH_BYTES = 2_000_000
STILL_WANTED_MS = 1_000
"""A hook that asked longer ago than this has gone on without its answer."""

Answer = Callable[[str, bytes], None]


class Delivery:
    """Delivers what is in the spool. `answer` is told what the server decided of a record that wanted it."""

    def __init__(self, spool: Spool, server: Server, answer: Answer = lambda _id, _answer: None) -> None:
        self._spool = spool
        self._server = server
        self._answer = answer
        self.delivered = 0

    def run(self) -> int:
        """Deliver everything there is; how many records were taken or refused for good. Raises Unreachable."""
        before = self.delivered
        while records := self._spool.read():
            for part in _parts(records):
                self._deliver(part)
                self.delivered += len(part)
                self._spool.mark_sent(part[-1].end)
        return self.delivered - before

    def _deliver(self, part: list[Record]) -> None:
        if len(part) == 1 and part[0].is_wanted:
            self._ask(part[0])
            return
        events: list[tuple[Record, bytes]] = []
        for record in part:
            event = event_of(record, self._spool.app)
            if event is None:
                self._spool.refuse(record, "not-an-object")
            else:
                events.append((record, event))
        self._post(events)

    def _ask(self, record: Record) -> None:
        event = event_of(record, self._spool.app)
        answer = b""
        try:
            if event is None:
                raise Refused("not-an-object")
            answer = self._server.post_hook(event)
        except Refused as refusal:
            self._spool.refuse(record, str(refusal))
        finally:
            self._answer(record.id, answer)

    def _post(self, events: list[tuple[Record, bytes]]) -> None:
        """One batch; where the server refuses it whole, its halves, down to the one that is at fault."""
        if not events:
            return
        try:
            for place, why in self._server.post_batch([event for _, event in events]).items():
                self._spool.refuse(events[place][0], why)
        except Refused as refusal:
            if len(events) == 1:
                self._spool.refuse(events[0][0], str(refusal))
                return
            middle = len(events) // 2
            self._post(events[:middle])
            self._post(events[middle:])


def _parts(records: list[Record]) -> list[list[Record]]:
    """Runs of records for one request each: a wanted one alone, the others together up to the limits."""
    oldest = time.time() * 1000 - STILL_WANTED_MS
    parts: list[list[Record]] = []
    size = 0
    for record in records:
        wanted = record.is_wanted and record.at_ms >= oldest
        record = record._replace(is_wanted=wanted)  # noqa: PLW2901  the same record, seen from now
        fits = bool(parts) and not parts[-1][0].is_wanted and len(parts[-1]) < BATCH_EVENTS
        if wanted or not fits or size + len(record.body) > BATCH_BYTES:
            parts.append([record])
            size = len(record.body)
        else:
            parts[-1].append(record)
            size += len(record.body)
    return parts


def flush(spool: Spool, server: Server, seconds: float, pause: float = 0.25) -> str | None:
    """Deliver everything within this time, trying again; what stood in the way, None when all is delivered."""
    until = time.monotonic() + seconds
    delivery = Delivery(spool, server)
    while True:
        try:
            delivery.run()
        except Unreachable as error:
            if time.monotonic() >= until:
                return str(error)
            time.sleep(min(error.seconds or pause, max(0.0, until - time.monotonic())))
        else:
            return None
