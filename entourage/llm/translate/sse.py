"""Server-sent events out of any cut of bytes."""

from __future__ import annotations

_DATA = b"data: "
_LATER_DATA = b"\ndata: "


class Events:
    """Keeps what is not whole yet. Lines may end with LF or CRLF."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._has_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """The data of each event that is whole now, without those that carry none."""
        if not self._buffer and (single := _single(data)):
            return [single]
        whole = self._gathered(data)
        if whole is None:
            return []
        return [payload for event in whole.split(b"\n\n") if (payload := _payload(event))]

    def _gathered(self, data: bytes) -> bytes | None:
        """All whole events, kept bytes included."""
        buffer = self._buffer
        searched = max(0, len(buffer) - 3)
        buffer += data
        if self._has_cr or b"\r" in data:
            self._has_cr = True
            self._buffer = buffer = bytearray(buffer.replace(b"\r\n", b"\n"))
            searched = 0
        end = buffer.rfind(b"\n\n", searched)
        if end < 0:
            return None
        whole = bytes(buffer[:end])
        del buffer[: end + 2]
        return whole


def _single(data: bytes) -> bytes | None:
    """The data of bytes that are exactly one event of the usual form, which most reads are."""
    last = len(data) - 2
    first = data.find(b"\n")
    if first == last and data.startswith(_DATA) and data.endswith(b"\n\n"):
        return data[len(_DATA) : last]
    start = first + len(_LATER_DATA)
    if data[first:start] == _LATER_DATA and data.find(b"\n", start) == last and data.endswith(b"\n\n"):
        return data[start:last]
    return None


def _payload(event: bytes) -> bytes | None:
    if event.startswith(_DATA):
        start = len(_DATA)
    else:
        found = event.find(_LATER_DATA)
        start = found + len(_LATER_DATA) if found >= 0 else -1
    if start < 0 or event.find(b"\n", start) >= 0:
        return _of_lines(event)
    return event[start:]


def _of_lines(event: bytes) -> bytes | None:
    lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:")]
    return b"\n".join(lines) if lines else None
