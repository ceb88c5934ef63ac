"""The last lines a server said beside the protocol, for one owner."""

from __future__ import annotations

from collections import deque
from typing import Any, Literal, TypeAlias

import msgspec

from entourage.kit.clock import now_ms

Stream: TypeAlias = Literal["stderr", "log", "gateway"]

MOST_LINES = 1000
MOST_CHARS = 2000


class Line(msgspec.Struct, frozen=True):
    """One line. `stderr`: what was printed; `log`: a message of the protocol; `gateway`: what became of the server."""

    seq: int
    at: int
    stream: Stream
    level: str
    text: str


class Ring:
    """Keeps so many lines and no more."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._seq = 0

    def add(self, stream: Stream, text: str, level: str = "info") -> None:
        """Keep a line, cut to what is decent."""
        self._seq += 1
        self._lines.append(Line(self._seq, now_ms(), stream, level, text[:MOST_CHARS]))

    def after(self, seq: int) -> list[Line]:
        """The lines that came after this one."""
        return [line for line in self._lines if line.seq > seq]

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self._seq


def told(params: dict[str, Any]) -> tuple[str, str]:
    """Level and text of a `notifications/message`."""
    data, name = params.get("data"), params.get("logger")
    text = data if isinstance(data, str) else str(data)
    return str(params.get("level") or "info")[:16], f"{name}: {text}" if isinstance(name, str) else text
