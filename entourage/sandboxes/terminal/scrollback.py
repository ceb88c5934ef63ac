"""The last of what a terminal printed, by offsets that count from its first byte."""

from __future__ import annotations

KEPT_BYTES = 1_048_576


class Scrollback:
    """Keeps at least the last `kept_bytes`, at most twice as much: so a byte is moved once, not for each append."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = bytearray()
        self.start = 0
        """Offset of the first byte that is kept."""

    @property
    def end(self) -> int:
        """Offset after the last byte."""
        return self.start + len(self._bytes)

    def append(self, data: bytes) -> None:
        """Print more."""
        self._bytes += data
        if len(self._bytes) > 2 * self._kept_bytes:
            surplus = len(self._bytes) - self._kept_bytes
            del self._bytes[:surplus]
            self.start += surplus

    def part(self, start: int, end: int) -> bytes:
        """The bytes between two offsets that are kept."""
        with memoryview(self._bytes) as view:
            return bytes(view[start - self.start : end - self.start])

    def first_line(self) -> int:
        """Offset at which a new reader begins: the first whole line, once something has been dropped."""
        if self.start == 0:
            return 0
        newline = self._bytes.find(b"\n", 0, 65_536)
        return self.start + newline + 1
