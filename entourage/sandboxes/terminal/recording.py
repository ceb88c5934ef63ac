"""A recording of a terminal: asciicast v2, one JSON array a line (docs.asciinema.org/manual/asciicast/v2)."""

from __future__ import annotations

import codecs
import time
from typing import Any

from entourage.kit.json import encode

FORMAT = "application/x-asciicast"
MAX_BYTES = 8 * 1_048_576


class Recording:
    """Takes output until it is finished or MAX_BYTES long, and says at its end when it became too long."""

    def __init__(self, rows: int, cols: int, title: str) -> None:
        self._began = time.monotonic()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = bytearray()
        self._is_full = False
        header = {"version": 2, "width": cols, "height": rows, "timestamp": int(time.time()), "title": title}
        self._add({**header, "env": {"TERM": "xterm-256color"}})

    def output(self, data: bytes) -> None:
        """The program printed."""
        if not self._is_full and (text := self._decoder.decode(data)):
            self._event("o", text)

    def resized(self, rows: int, cols: int) -> None:
        """The window changed."""
        self._event("r", f"{cols}x{rows}")

    def finished(self) -> bytes:
        """The whole recording."""
        if rest := self._decoder.decode(b"", final=True):
            self._event("o", rest)
        return bytes(self._lines)

    def _event(self, kind: str, data: str) -> None:
        if self._is_full:
            return
        if len(self._lines) + len(data) > MAX_BYTES:
            self._is_full = True
            kind, data = "m", "the recording became too long here"
        self._add([round(time.monotonic() - self._began, 6), kind, data])

    def _add(self, line: Any) -> None:
        self._lines += encode(line) + b"\n"
