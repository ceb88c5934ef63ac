"""One HTTP request and its answer, past ASGI: for the hot doors, whose time would else go into scopes and messages.

`serving/` implements it twice: in the HTTP protocol itself, and over ASGI for whatever else runs the application.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from entourage.kit.errors import Problem

Header: TypeAlias = tuple[bytes, bytes]


class Exchange(Protocol):
    """A request whose head and whole body are there. Header names are in lower case, in the order they came."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str:
        """Without the query, percent-decoded."""
        ...

    @property
    def query(self) -> bytes: ...

    @property
    def headers(self) -> Sequence[Header]: ...

    @property
    def body(self) -> bytes: ...

    @property
    def client(self) -> str:
        """The address it came from."""
        ...

    @property
    def request_id(self) -> str:
        """The caller's own `x-request-id` when it is a decent one, else a new one; every answer tells it."""
        ...

    @property
    def is_gone(self) -> bool:
        """Whether the client hung up. What is written then goes nowhere and raises nothing."""
        ...

    @property
    def has_begun(self) -> bool:
        """Whether an answer was begun or given."""
        ...

    def on_gone(self, call: Callable[[], None]) -> None:
        """Call this once if the client hangs up before the end of the answer."""
        ...

    def answer(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        """A whole answer in one write; `content-length` and the standing headers are added."""
        ...

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        """The head of an answer that comes in pieces."""
        ...

    def write(self, data: bytes) -> None:
        """A piece of it, sent at once."""
        ...

    def end(self) -> None:
        """Its end."""
        ...

    def cut(self) -> None:
        """Drop the connection: an answer that broke off must not look whole."""
        ...

    @property
    def waiting_bytes(self) -> int:
        """Written but not yet taken by the client's side."""
        ...

    async def drained(self) -> None:
        """Wait until the client has taken most of what waits, or is gone."""
        ...


class Door(Protocol):
    """What answers the requests to one path."""

    template: str
    """The path as metrics name it: `/hooks/{app}`."""

    max_body_bytes: int

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """Answer, now or in the coroutine that is given back. Whatever is raised is logged and answered with 500."""
        ...

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """Answer with this problem, in the door's own way (a body too large, an error of ours)."""
        ...


DoorFinder: TypeAlias = Callable[[str, str], Door | None]
"""From method and path to the door, None when it is none of ours."""
