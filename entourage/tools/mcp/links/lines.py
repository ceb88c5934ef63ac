"""Lines out of pieces that are cut anywhere."""

from __future__ import annotations

from entourage.tools.mcp.links.errors import LinkFailed


class Lines:
    """Gathers pieces of a stream; a line may have at most `limit` bytes."""

    __slots__ = ("_limit", "_parts", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole now, stripped. Raises LinkFailed for one that never ends."""
        lines = self._whole(data)
        if self._size > self._limit:
            raise LinkFailed(f"the server sent a message of more than {self._limit} bytes")
        return lines

    def cut(self, data: bytes) -> list[bytes]:
        """As `feed`, but a line that is too long is handed on in pieces."""
        lines = self._whole(data)
        if self._size > self._limit:
            lines += self.rest()
        return lines

    def rest(self) -> list[bytes]:
        """What came after the last end of a line, as a list of one or none."""
        left = b"".join(self._parts).strip()
        self._parts, self._size = [], 0
        return [left] if left else []

    def _whole(self, data: bytes) -> list[bytes]:
        end = data.rfind(b"\n")
        if end < 0:
            self._parts.append(data)
            self._size += len(data)
            return []
        head = data[:end] if not self._parts else b"".join((*self._parts, data[:end]))
        rest = data[end + 1 :]
        self._parts, self._size = ([rest], len(rest)) if rest else ([], 0)
        return [line for line in map(bytes.strip, head.split(b"\n")) if line]
