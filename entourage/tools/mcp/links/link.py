"""What every link offers, whatever lies between: a process's pipes, server-sent events, streamable HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from entourage.tools.tool import Interactive

Era: TypeAlias = Literal["legacy", "modern"]
ListKind: TypeAlias = Literal["tools", "resources", "prompts"]
JsonObject: TypeAlias = dict[str, Any]

OnProgress: TypeAlias = Callable[[float, "float | None", "str | None"], None]
"""How far a request is: done, out of, and a line of text."""

OnLog: TypeAlias = Callable[[JsonObject], None]
"""The params of a `notifications/message`: level, logger, data."""

DEFAULT_SECONDS = 30.0


class LinkListener(Protocol):
    """Who is told what a server says without being asked. Nothing of this may block or raise."""

    def list_changed(self, kind: ListKind) -> None:
        """The server's list of tools, resources (or their templates) or prompts is another one now."""
        ...

    def resource_updated(self, uri: str) -> None:
        """A resource that was subscribed to has changed."""
        ...

    def logged(self, params: JsonObject) -> None:
        """A log message that belongs to no request."""
        ...

    def noise(self, line: str) -> None:
        """What the server printed beside the protocol: stderr, and rubbish on stdout."""
        ...

    def lost(self, why: str) -> None:
        """The link is gone; it will not come back."""
        ...


class Link(Protocol):
    """One live connection to one backend for one owner. Requests may overlap as they please."""

    @property
    def era(self) -> Era: ...

    @property
    def protocol_version(self) -> str: ...

    @property
    def server_info(self) -> JsonObject:
        """`name`, `version`, maybe `title`: what the server says of itself."""
        ...

    @property
    def capabilities(self) -> JsonObject: ...

    @property
    def instructions(self) -> str | None: ...

    @property
    def is_open(self) -> bool: ...

    @property
    def pid(self) -> int | None:
        """The process on this machine; None for a server elsewhere."""
        ...

    async def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        progress: OnProgress | None = None,
        log: OnLog | None = None,
        ask: Interactive | None = None,
        timeout_seconds: float | None = DEFAULT_SECONDS,
        raw_rounds: bool = False,
    ) -> JsonObject:
        """The result of a request, as the server gave it.

        `meta` goes into `_meta` beside what the era puts there. `ask` answers what the server wants of the client
        meanwhile; with `raw_rounds` a result of type `input_required` is given back as it is, and `params` may carry
        `inputResponses` and `requestState`. Cancelling the awaiting task tells the server to stop; so does the timeout,
        whose clock starts anew with each progress the server tells.

        Raises McpError when the server refuses, NotConnected, LinkLost, TookTooLong.
        """
        ...

    async def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Tell the server something. What its era does not know is left unsaid."""
        ...

    async def close(self) -> None:
        """End the connection, and the process behind it with all it started."""
        ...


class OpenLink(Link, Protocol):
    """A link by itself, which its owner alone has: what it watches is one set for all who share it."""

    async def watch(self, uris: frozenset[str]) -> None:
        """Be told of changes of these resources (and of no others), in the era's own way. Raises as `request`."""
        ...
