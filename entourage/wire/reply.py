"""The head of a provider's answer, with its body or its stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from entourage.kit.exchange import Header

Wants = Literal["whole", "events", "pieces"]
"""`events`: a server-sent stream is handed over as it comes; `pieces`: so is any good answer. All else comes whole."""


class Flow(Protocol):
    """A body that is still coming."""

    async def flow(self, take: Callable[[bytes], None]) -> bool:
        """Hand over each piece as it comes, until the end (True) or until `pause` was called (False).

        What `take` raises is raised here, and the connection is dropped. Raises WireFailed.
        """
        ...

    def pause(self) -> None:
        """Take nothing more from the provider until `flow` is called again."""
        ...

    def began(self) -> None:
        """From now on only the wait between two pieces is limited, no longer that for the first."""
        ...

    def abort(self) -> None:
        """Drop the connection."""
        ...


class Reply:
    """An answer. `body` is None while `stream` is still to be read. Header names are in lower case."""

    __slots__ = ("body", "headers", "status", "stream")

    def __init__(self, status: int, headers: list[Header], body: bytes | None, stream: Flow | None = None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream

    def header(self, name: bytes) -> bytes:
        """A header's value, empty when it is absent."""
        for key, value in self.headers:
            if key == name:
                return value
        return b""
