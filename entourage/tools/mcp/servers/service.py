"""MCP servers for everything above: who has which, links to them, their lists, their changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import structlog

from entourage.kit.errors import Unavailable
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError
from entourage.tools.mcp.links.link import DEFAULT_SECONDS
from entourage.tools.mcp.servers.overriding import shown
from entourage.tools.mcp.servers.state import State, state_of

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import Era, JsonObject, Link, ListKind, OnLog, OnProgress
    from entourage.tools.mcp.servers.backend import Backend
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.listing import Listable
    from entourage.tools.mcp.servers.pins import Pins
    from entourage.tools.mcp.servers.pool import Pool
    from entourage.tools.mcp.servers.registry import Registry
    from entourage.tools.tool import Interactive

logger = structlog.get_logger(__name__)

OnChange: TypeAlias = "Callable[[str | None, str, ListKind], None]"
"""Owner (None: everybody), server, and which list of it is another one now."""

KINDS: tuple[ListKind, ...] = ("tools", "resources", "prompts")


class ServerInfo(msgspec.Struct, frozen=True):
    """A server as one person has it."""

    id: str
    name: str
    title: str
    state: State
    instructions: str | None


class McpServers:
    """The service. Nothing it gives to one person is ever given to another."""

    def __init__(self, registry: Registry, pool: Pool, pins: Pins) -> None:
        self.registry = registry
        self.pool = pool
        self.pins = pins
        self._listeners: list[OnChange] = []
        registry.on_change = self._declared
        pool.on_change = self._listed_anew

    async def visible(self, owner_id: str) -> list[ServerInfo]:
        """Their servers by name, those that are switched off left out. Nothing is started."""
        return [self._info(one, owner_id) for _, one in sorted(self.registry.visible(owner_id).items()) if one.enabled]

    async def link(self, owner_id: str, server: str, *, affinity: str | None = None) -> Link:
        """A link that stays good: whatever it stands on is opened again when it must be.

        Requests with the same `affinity` go to the same replica while it lives. Raises NotFound, Unavailable.
        """
        backend = self.backend(owner_id, self.registry.named(owner_id, server))
        try:
            await backend.ready(affinity)
        except (LinkFailed, McpError) as error:
            raise Unavailable(f"The MCP server {server!r} is not available: {error}") from error
        return BackendLink(self, owner_id, backend.definition.id, affinity)

    def backend(self, owner_id: str, definition: Definition) -> Backend:
        """What this person has of a server. Raises Unavailable for one that is switched off."""
        if not definition.enabled:
            raise Unavailable(f"The MCP server {definition.name!r} is switched off.")
        return self.pool.of(definition, owner_id)

    async def listed(self, owner_id: str, server: str, what: Listable) -> list[JsonObject]:
        """A list of a server, from memory while it is fresh; of tools only those that may be used, as they are shown.

        Raises NotFound, Unavailable.
        """
        definition = self.registry.named(owner_id, server)
        backend = self.backend(owner_id, definition)
        if what == "tools" and self.pins.is_known(definition.id):
            backend.refresh("tools")
            return self.tools_of(owner_id, definition)
        try:
            items = await backend.listed(what)
        except (LinkFailed, McpError) as error:
            raise Unavailable(f"The MCP server {server!r} is not available: {error}") from error
        return self.tools_of(owner_id, definition) if what == "tools" else items

    def tools_of(self, owner_id: str, definition: Definition) -> list[JsonObject]:
        """The tools that may be used, as they are shown: of what the server lists for this person, where it did."""
        return [one.definition for one in shown(self.usable(owner_id, definition), definition.overrides)]

    def usable(self, owner_id: str, definition: Definition) -> list[JsonObject]:
        """The tools that were accepted and that the server lists for this person, as it shows them."""
        accepted = self.pins.accepted(definition.id)
        backend = self.pool.known(definition.id, owner_id)
        listed = backend.known("tools") if backend is not None else None
        if listed is None:
            return accepted
        return [tool for tool in listed if self.pins.accepts(definition.id, tool["name"], tool)]

    def on_change(self, callback: OnChange) -> Callable[[], None]:
        """Have `callback` told of every list that changes; the answer ends that. It must return at once."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def subscribe_resource(
        self, owner_id: str, server: str, uri: str, callback: Callable[[str, dict[str, Any]], None]
    ) -> Callable[[], Awaitable[None]]:
        """Have `callback` told when a resource changes (its URI, the params), over either era.

        The answer ends that. Raises NotFound, Unavailable.
        """
        backend = self.backend(owner_id, self.registry.named(owner_id, server))

        def told(changed: str) -> None:
            callback(changed, {"uri": changed})

        try:
            await backend.watch(uri, told)
        except (LinkFailed, McpError) as error:
            raise Unavailable(f"The resource cannot be watched: {error}") from error

        async def end() -> None:
            await backend.unwatch(uri, told)

        return end

    def changed(self, owner_id: str | None, server: str, kind: ListKind) -> None:
        """Tell everybody who wants to know."""
        for listener in list(self._listeners):
            try:
                listener(owner_id, server, kind)
            except Exception:  # one listener's trouble is not the others'
                logger.exception("mcp.listener_failed")

    def _info(self, definition: Definition, owner_id: str) -> ServerInfo:
        backend = self.pool.known(definition.id, owner_id)
        hello = backend.hello if backend is not None else None
        instructions = hello.instructions if hello is not None else None
        state = state_of(backend, is_accepted=self.pins.accepts_server(definition.id))
        return ServerInfo(definition.id, definition.name, definition.title, state, instructions)

    def _declared(self, before: Definition | None, after: Definition | None) -> None:
        self.pool.declared(before, after)
        for one in {one.name: one for one in (before, after) if one is not None}.values():
            owner_id = None if one.is_shared or (before and before.is_shared) else one.owner_id
            for kind in KINDS:
                self.changed(owner_id, one.name, kind)

    def _listed_anew(self, backend: Backend, kind: ListKind) -> None:
        """What was accepted counts for everybody who has the server; a list of resources only for its own person."""
        definition = backend.definition
        is_everybodys = kind == "tools" and definition.is_shared
        self.changed(None if is_everybodys else backend.owner_id, definition.name, kind)


class BackendLink:
    """Implements `Link` on whatever replica is there at each request."""

    def __init__(self, servers: McpServers, owner_id: str, server_id: str, affinity: str | None) -> None:
        self._servers = servers
        self._owner_id = owner_id
        self._server_id = server_id
        self._affinity = affinity

    @property
    def _backend(self) -> Backend:
        return self._servers.backend(self._owner_id, self._servers.registry.by_id(self._owner_id, self._server_id))

    @property
    def _hello(self) -> Link:
        hello = self._backend.hello
        if hello is None:
            raise LinkLost("the server was declared anew and was not greeted yet")
        return hello

    @property
    def era(self) -> Era:
        return self._hello.era

    @property
    def protocol_version(self) -> str:
        return self._hello.protocol_version

    @property
    def server_info(self) -> JsonObject:
        return self._hello.server_info

    @property
    def capabilities(self) -> JsonObject:
        return self._hello.capabilities

    @property
    def instructions(self) -> str | None:
        return self._hello.instructions

    @property
    def is_open(self) -> bool:
        return True

    @property
    def pid(self) -> int | None:
        return self._hello.pid

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
        return await self._backend.request(
            method,
            params,
            affinity=self._affinity,
            meta=meta,
            progress=progress,
            log=log,
            ask=ask,
            timeout_seconds=timeout_seconds,
            raw_rounds=raw_rounds,
        )

    async def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        await self._backend.notify(method, params)

    async def close(self) -> None:
        """Nothing: the backend ends when nobody needs it any more."""
