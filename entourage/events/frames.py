"""What the server lends a WebSocket handler so that events go to the wire without a message of ASGI each."""

from __future__ import annotations

from typing import Protocol

EXTENSION = "entourage.frames"
"""Its name in the extensions of the ASGI scope."""


class Frames(Protocol):
    """One client's connection, for whole frames."""

    @property
    def deflates(self) -> bool:
        """Whether this client reads frames of `kit.frames.deflated_frame`."""
        ...

    @property
    def waiting_bytes(self) -> int:
        """What was written and the client has not taken yet; bytes shared with other clients count, too."""
        ...

    def write(self, frames: bytes) -> None:
        """Send whole frames. Never waits; does nothing once the connection is closing."""
        ...

    async def drained(self) -> None:
        """Wait until the client has taken nearly everything."""
        ...

    def end(self, code: int, reason: str) -> None:
        """Close the connection."""
        ...
