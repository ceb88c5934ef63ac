"""What the front needs of the rooms behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from entourage.tools.mcp.front.changes import Kind

if TYPE_CHECKING:
    from entourage.tools.caller import Caller
    from entourage.tools.mcp.links.link import Link
    from entourage.tools.mcp.servers.listing import Listable
    from entourage.tools.tool import Interactive, Progress, Tool, ToolResult

OnUpdate: TypeAlias = Callable[[str, dict[str, Any]], None]
Unsubscribe: TypeAlias = Callable[[], Awaitable[None]]


class ServerInfo(Protocol):
    """A server that a person can use."""

    @property
    def name(self) -> str: ...


class Backends(Protocol):
    """The servers of each person."""

    async def visible(self, owner_id: str) -> Sequence[ServerInfo]:
        """Those that are switched on; none is started for it."""
        ...

    async def link(self, owner_id: str, server: str, *, affinity: str | None = None) -> Link:
        """A live connection. Raises NotFound, Unavailable."""
        ...

    async def listed(self, owner_id: str, server: str, what: Listable) -> Sequence[dict[str, Any]]:
        """All `resources`, `resources/templates` or `prompts` of a server, from memory where possible."""
        ...

    def on_change(self, callback: Callable[[str | None, str, Kind], None]) -> object:
        """Be told whose (None: everybody's) list of which server changed."""
        ...

    async def subscribe_resource(self, owner_id: str, server: str, uri: str, callback: OnUpdate) -> Unsubscribe:
        """Be told when a resource was updated."""
        ...


class ToolPath(Protocol):
    """The one path to tools."""

    async def call(
        self,
        caller: Caller,
        name: str,
        args: dict[str, Any],
        *,
        progress: Progress | None = None,
        session: Interactive | None = None,
    ) -> ToolResult:
        """The result, whatever happens."""
        ...

    async def catalogue(self, caller: Caller) -> Sequence[Tool]:
        """What this caller may call; the same object as long as nothing changed."""
        ...
