"""What a program prints, kept up to a limit and passed on as it comes."""

from __future__ import annotations

from collections.abc import Callable

from entourage.sandboxes.types import OnOutput, Stream


class Output:
    """Keeps the first `limit_bytes` of both streams together; the rest is read and thrown away."""

    def __init__(self, limit_bytes: int, on_output: OnOutput | None, on_overflow: Callable[[], None]) -> None:
        self._left = limit_bytes
        self._on_output = on_output
        self._on_overflow = on_overflow
        self._kept: dict[Stream, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    def take(self, stream: Stream, chunk: bytes) -> None:
        """A chunk came out of the program."""
        kept = chunk[: self._left]
        self._left -= len(kept)
        if kept:
            self._kept[stream] += kept
            if self._on_output is not None:
                self._on_output(stream, kept)
        if len(kept) < len(chunk):
            self._on_overflow()

    def text(self, stream: Stream) -> str:
        """What was kept of a stream; bytes that are not UTF-8 become U+FFFD."""
        return self._kept[stream].decode(errors="replace")
