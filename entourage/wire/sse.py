"""Server-sent events as they come over a socket: cut anywhere, handed on whole, byte for byte."""

from __future__ import annotations

from entourage.wire.failures import TooBig

_MAX_EVENT_BYTES = 16 * 1024 * 1024
_OVERLAP = 3
_CRLF_TWICE = b"\r\n\r\n"


class Events:
    """Gathers bytes until events are whole."""

    __slots__ = ("_parts", "_size", "_tail", "separator")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._tail = b""
        self.separator = b"\n\n"

    def feed(self, data: bytes) -> bytes:
        """All events that are whole now, with their blank lines; empty when none is. Raises TooBig."""
        parts = self._parts
        probe = self._tail + data if parts else data
        if self.separator is not _CRLF_TWICE and _CRLF_TWICE in probe:
            self.separator = _CRLF_TWICE
        separator = self.separator
        if separator not in probe:
            self._keep(data)
            return b""
        if parts:
            parts.append(data)
            data = b"".join(parts)
            parts.clear()
            self._size = 0
        end = data.rfind(separator) + len(separator)
        if end == len(data):
            return data
        self._keep(data[end:])
        return data[:end]

    def rest(self) -> bytes:
        """What came after the last blank line."""
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > _MAX_EVENT_BYTES:
            raise TooBig("an event of the stream is too large")
        # of all that waits: single bytes must not make the look-back too short
        self._tail = data[-_OVERLAP:] if len(data) >= _OVERLAP or not self._parts else (self._tail + data)[-_OVERLAP:]
        self._parts.append(data)


def payload_of(event: bytes) -> bytes:
    """The data of one event (without its blank line); empty for comments and events without data."""
    if event.startswith(b"data:"):
        start = 5
    else:
        start = event.find(b"\ndata:") + 6
        if start < 6:
            return b""
    if event.find(b"\n", start) < 0:
        return event[start:].strip()
    lines = event.splitlines()
    return b"\n".join([line[5:].strip() for line in lines if line.startswith(b"data:")])
