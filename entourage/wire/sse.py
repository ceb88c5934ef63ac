"""Server-sent events as they come over a socket: cut anywhere, handed on whole, byte for byte."""

from __future__ import annotations

from entourage.wire.failures import TooBig

_MAX_EVENT_BYTES = 16 * 1024 * 1024
_OVERLAP = 3


class Events:
    """Gathers bytes until events are whole."""

    __slots__ = ("_parts", "_size", "separator")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self.separator = b"\n\n"

    def feed(self, data: bytes) -> bytes:
        """All events that are whole now, with their blank lines; empty when none is. Raises TooBig."""
        parts = self._parts
        probe = parts[-1][-_OVERLAP:] + data if parts else data
        if b"\r" in data and b"\r\n\r\n" in probe:
            self.separator = b"\r\n\r\n"
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
        # single bytes must not make the look-back too short
        if self._parts and len(self._parts[-1]) < _OVERLAP:
            data = self._parts.pop() + data
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
