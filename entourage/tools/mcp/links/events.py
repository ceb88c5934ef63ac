"""Server-sent events, taken apart."""

from __future__ import annotations

from typing import NamedTuple

from entourage.wire.sse import Events


class Event(NamedTuple):
    """One event; `id` and `retry_ms` are None when it has none."""

    name: str
    data: bytes
    id: str | None
    retry_ms: int | None


class EventReader:
    """Turns pieces of a stream into events. Remembers the last id and the pause before one should come again."""

    def __init__(self) -> None:
        self._whole = Events()
        self.last_id: str | None = None
        self.retry_ms: int | None = None

    def feed(self, data: bytes) -> list[Event]:
        """The events that are whole now, comments left out. Raises TooBig."""
        text = self._whole.feed(data)
        if not text:
            return []
        found = [_parsed(block) for block in text.split(self._whole.separator) if block]
        for event in found:
            self.last_id = event.id if event.id is not None else self.last_id
            self.retry_ms = event.retry_ms if event.retry_ms is not None else self.retry_ms
        return [event for event in found if event.data]


def _parsed(block: bytes) -> Event:
    name, number, retry, data = "message", None, None, list[bytes]()
    for line in block.splitlines():
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode(errors="replace")
        elif field == b"id":
            number = value.decode(errors="replace")
        elif field == b"retry" and value.isdigit() and len(value) < 10:
            retry = int(value)
    return Event(name, data[0] if len(data) == 1 else b"\n".join(data), number, retry)
