"""What people do with the processes and links they have of a server: start, stop, check, accept."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from entourage.kit.errors import Conflict, Forbidden
from entourage.tools.mcp.links.errors import LinkFailed, McpError
from entourage.tools.mcp.servers.listing import LISTABLE
from entourage.tools.mcp.servers.schemas import Check
from entourage.tools.mcp.servers.showing import status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entourage.tools.mcp.servers.backend import Backend
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.service import McpServers


class Tending:
    """Everything here is about what the asking person has of a server, never about anybody else's."""

    def __init__(self, servers: McpServers) -> None:
        self._servers = servers

    async def check(self, owner_id: str, server_id: str) -> Check:
        """Have it started or called, now, and read its lists. Raises NotFound, Conflict when it is switched off."""
        definition = self._servers.registry.by_id(owner_id, server_id)
        if not definition.enabled:
            raise Conflict(f"The MCP server {definition.name!r} is switched off.", hint="Patch `enabled` first.")
        backend = self._servers.backend(owner_id, definition)
        started = time.perf_counter()
        error = await _tried(backend)
        status = status_of(self._servers, owner_id, definition, is_whole=definition.owner_id == owner_id)
        took = round((time.perf_counter() - started) * 1000)
        return Check(ok=error is None, error=error, duration_ms=took, status=status)

    async def stop(self, owner_id: str, server_id: str) -> Definition:
        """End what they have of it; the next request starts it again. Raises NotFound."""
        definition = self._servers.registry.by_id(owner_id, server_id)
        backend = self._servers.pool.known(server_id, owner_id)
        if backend is not None:
            backend.ring.add("gateway", "stopped by its owner")
            await backend.stop()
        return definition

    async def accept(self, owner_id: str, server_id: str, tools: Sequence[str] | None, *, is_admin: bool) -> int:
        """Accept tools as they are now (None: all). Raises NotFound, Forbidden."""
        definition = self._servers.registry.by_id(owner_id, server_id)
        if definition.owner_id != owner_id and not (is_admin and definition.owner_id is None):
            raise Forbidden("Only whoever declared this server may accept its tools.")
        count = await self._servers.pins.accept(definition, tools)
        self._servers.changed(None if definition.is_shared else owner_id, definition.name, "tools")
        return count


async def _tried(backend: Backend) -> str | None:
    for seat in backend.seats:
        seat.forgive()
    failed: str | None = None
    for seat in backend.seats:
        try:
            await seat.link()
            seat.breaker.succeeded()
        except (LinkFailed, McpError) as error:
            failed = seat.secrets.out_of(str(error))
    if failed is None or backend.is_running:
        await asyncio.gather(*(backend.listed(what) for what in LISTABLE), return_exceptions=True)
    return failed
