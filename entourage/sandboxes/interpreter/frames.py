r"""What drivers write between the output of the code they run.

A frame is `NUL token NUL json NUL`. The token is made for each process and told to it alone; code that finds it out can
only lie about its own results. Bytes outside of frames are what the code printed.
"""

from __future__ import annotations

from typing import Any

import msgspec

MAX_FRAME_BYTES = 8 * 1024 * 1024


class Frames:
    """Splits a stream into text and frames, however it is cut into chunks.

    `feed` gives str for printed text and decoded JSON objects for frames, in their order.
    """

    def __init__(self, token: str) -> None:
        self._mark = b"\0" + token.encode() + b"\0"
        self._rest = b""
        self._text = b""

    def feed(self, chunk: bytes) -> list[str | dict[str, Any]]:
        """Take bytes; give what is whole. An oversized or unreadable frame is dropped."""
        found: list[str | dict[str, Any]] = []
        self._rest += chunk
        while (start := self._rest.find(self._mark)) >= 0:
            end = self._rest.find(b"\0", start + len(self._mark))
            if end < 0:
                self._cut_overlong(start)
                break
            self._say(self._rest[:start], found)
            frame = _decoded(self._rest[start + len(self._mark) : end])
            if frame is not None:
                found.append(frame)
            self._rest = self._rest[end + 1 :]
        else:
            keep = _partial(self._rest, self._mark)
            cut = len(self._rest) - keep
            self._say(self._rest[:cut], found)
            self._rest = self._rest[cut:]
        return found

    def end(self) -> list[str | dict[str, Any]]:
        """What is left when the stream has ended."""
        found: list[str | dict[str, Any]] = []
        self._say(self._rest, found)
        self._rest = b""
        if self._text:
            found.append(self._text.decode(errors="replace"))
            self._text = b""
        return found

    def _say(self, raw: bytes, found: list[str | dict[str, Any]]) -> None:
        raw = self._text + raw
        cut = len(raw) - _unfinished(raw)
        self._text = raw[cut:]
        if cut:
            found.append(raw[:cut].decode(errors="replace"))

    def _cut_overlong(self, start: int) -> None:
        if len(self._rest) - start > MAX_FRAME_BYTES:
            self._rest = self._rest[:start]


def _partial(data: bytes, mark: bytes) -> int:
    """How many bytes at the end of `data` may be the beginning of `mark`."""
    for size in range(min(len(mark) - 1, len(data)), 0, -1):
        if data.endswith(mark[:size]):
            return size
    return 0


def _unfinished(data: bytes) -> int:
    """How many bytes at the end begin a character of UTF-8 that is not whole yet."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < wanted else 0
        if byte < 0x80:
            return 0
    return 0


def _decoded(raw: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
