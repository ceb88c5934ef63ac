"""One client that looks at a terminal: how far it was sent, and how far it has drawn."""

from __future__ import annotations

import time
from typing import Any

from entourage.kit.frames import Frames, binary_frame, text_frame
from entourage.kit.json import encode
from entourage.sandboxes.terminal.scrollback import Scrollback

WINDOW_BYTES = 512 * 1024
"""What may be on its way to a client, or waiting there to be drawn."""

FRAME_BYTES = 64 * 1024
LAGGING_SECONDS = 5.0
"""A client that has drawn nothing for so long no longer holds the program back; it may miss output then."""


class Viewer:
    """Sends what the client has not seen, never more than WINDOW_BYTES ahead of what it says it has drawn."""

    def __init__(self, frames: Frames, scrollback: Scrollback, after: int | None) -> None:
        self._frames = frames
        self._scrollback = scrollback
        begin = scrollback.first_line() if after is None else min(after, scrollback.end)
        self.sent = self.drawn = begin
        self._drew_at = time.monotonic()

    def flush(self) -> None:
        """Send what there is and what the window allows. Never waits; a lagging client gets more once it has drawn."""
        if self.sent == self.drawn:
            self._drew_at = time.monotonic()
        if self._is_lagging():
            return
        self._jump_lost()
        until = min(self._scrollback.end, self.drawn + WINDOW_BYTES)
        while self.sent < until and self._frames.waiting_bytes < 2 * WINDOW_BYTES:
            upto = min(until, self.sent + FRAME_BYTES)
            self._frames.write(binary_frame(self._scrollback.part(self.sent, upto)))
            self.sent = upto

    def drew(self, offset: int) -> None:
        """The client has drawn all before `offset`; what it cannot have seen yet is not believed."""
        if offset > self.drawn:
            self.drawn = min(offset, self.sent)
            self._drew_at = time.monotonic()

    def tell(self, message: dict[str, Any]) -> None:
        """A message beside the output."""
        self._frames.write(text_frame(encode(message)))

    def behind(self) -> int:
        """Bytes printed and not drawn; 0 for a client that is lagging, so that nobody waits for it."""
        return 0 if self._is_lagging() else self._scrollback.end - self.drawn

    def end(self, code: int, reason: str) -> None:
        """Close the client's connection."""
        self._frames.end(code, reason)

    def _is_lagging(self) -> bool:
        return self.sent > self.drawn and time.monotonic() - self._drew_at > LAGGING_SECONDS

    def _jump_lost(self) -> None:
        start = self._scrollback.start
        if self.sent < start:
            self.tell({"type": "gap", "from": self.sent, "to": start})
            self.sent = start
        self.drawn = max(self.drawn, min(start, self.sent))
