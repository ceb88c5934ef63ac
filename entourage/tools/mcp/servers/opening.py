"""Opening links: what is declared, filled in for one person, started or called."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from entourage.kit.errors import Problem, Unavailable
from entourage.sandboxes.bubblewrap import host_user
from entourage.sandboxes.process import become_subreaper
from entourage.tools.mcp.links.confinement import Launch, Mount, confined
from entourage.tools.mcp.links.endpoint import Endpoint
from entourage.tools.mcp.links.errors import NotConnected
from entourage.tools.mcp.links.http import HttpLink
from entourage.tools.mcp.links.sse import SseLink
from entourage.tools.mcp.links.stdio import StdioLink
from entourage.tools.mcp.servers.filling import Secrets, filled
from entourage.wire.bounds import Bounds
from entourage.wire.client import Wire

if TYPE_CHECKING:
    from entourage.accounts.vault import Vault
    from entourage.tools.mcp.links.link import Era, LinkListener, OpenLink
    from entourage.tools.mcp.servers.definition import Definition, Replica

_FOREVER_SECONDS = 30 * 24 * 3600.0
_CALL_BYTES = 64 * 1_048_576
_IDLE_SECONDS = 4.0
"""Less than what common servers keep an idle connection for (5 s): a call must not meet one that is just closed."""


class Wires:
    """Connections to servers elsewhere, shared by all links: one pool for calls, one for streams that never end."""

    def __init__(self, *, is_private: bool) -> None:
        calls = Bounds(reply_bytes=_CALL_BYTES, first_byte_seconds=3600, between_bytes_seconds=3600)
        self.calls = Wire(_idling(calls), allow_private=is_private)
        streams = Bounds(
            reply_bytes=1 << 50, first_byte_seconds=_FOREVER_SECONDS, between_bytes_seconds=_FOREVER_SECONDS
        )
        self.streams = Wire(_idling(streams), allow_private=is_private)

    async def close(self) -> None:
        """End all connections."""
        await self.calls.close()
        await self.streams.close()


class Opener:
    """Makes links. `homes` is where the folders of processes are, one for each server and person."""

    def __init__(self, vault: Vault, homes: Path, *, start_seconds: float) -> None:
        self._vault = vault
        self._homes = homes
        self._start_seconds = start_seconds
        self._user = host_user()
        self._public, self._private = Wires(is_private=False), Wires(is_private=True)
        self._adopts = False

    async def open(
        self,
        definition: Definition,
        replica: Replica,
        owner_id: str,
        listener: LinkListener,
        known: Era | None,
        keep: Callable[[Secrets], None],
    ) -> OpenLink:
        """A link that was greeted. Raises NotConnected, LinkLost, McpError.

        `keep` is told the secrets it is given before anything that has them can say anything.
        """
        try:
            whole, secrets = await filled(replica, owner_id, self._vault, may_read_env=definition.owner_id is None)
            keep(secrets)
            if definition.transport == "stdio":
                return await self._started(definition, whole, owner_id, listener, known)
            return await self._called(definition, whole, listener, known)
        except Problem as problem:
            raise NotConnected(f"{problem.detail} {problem.hint or ''}".strip()) from problem

    async def _started(
        self, definition: Definition, replica: Replica, owner_id: str, listener: LinkListener, known: Era | None
    ) -> OpenLink:
        if not self._adopts:
            become_subreaper()  # what a killed bubblewrap leaves behind comes to us and is waited for
            self._adopts = True
        mounts = tuple(Mount(path, is_writable) for path, is_writable in replica.folders)
        launch = Launch(replica.command, replica.args, replica.env, mounts, replica.has_network)
        home = await asyncio.to_thread(self._home, definition.id, owner_id)
        argv, env = await asyncio.to_thread(confined, launch, home, self._user)
        link = StdioLink(listener)
        await link.start(argv, env, known_era=known, seconds=self._start_seconds)
        return link

    async def _called(
        self, definition: Definition, replica: Replica, listener: LinkListener, known: Era | None
    ) -> OpenLink:
        wires = self._private if definition.may_be_private else self._public
        if definition.transport == "sse":
            old = SseLink(listener, replica.url, replica.headers, wires.calls, wires.streams)
            await old.start(seconds=self._start_seconds)
            return old
        endpoint = Endpoint(replica.url, replica.headers)
        link = HttpLink(listener, endpoint, wires.calls, wires.streams)
        await link.start(known_era=known, seconds=self._start_seconds)
        return link

    def _home(self, server_id: str, owner_id: str) -> Path:
        home = self._homes / server_id / owner_id
        if not home.is_dir():
            try:
                home.mkdir(parents=True, mode=0o700)
            except OSError as error:
                raise Unavailable(f"The server's folder could not be made: {error.strerror}.") from error
        if self._user.dropped and home.stat().st_uid != self._user.uid:
            os.chown(home, self._user.uid, self._user.gid)
        return home

    async def close(self) -> None:
        """End all connections."""
        await self._public.close()
        await self._private.close()


def _idling(bounds: Bounds) -> Bounds:
    return replace(bounds, idle_seconds=_IDLE_SECONDS, connect_seconds=5.0)
