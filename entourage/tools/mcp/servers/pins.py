"""Pins: what was accepted of a server's tools. Whatever differs from it is kept back until somebody accepts it.

The first list of a server is accepted with the server. From then on a tool that is new, that was renamed (which is a
new one) or of which a model would read anything else is in quarantine, and so is the whole server when it calls itself
another version although it is started as before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from entourage.kit.clock import now_ms
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.mcp.servers.tables import McpPinRow

if TYPE_CHECKING:
    from entourage.tools.mcp.servers.definition import Definition

SERVER = ""
"""The pin of the server itself."""

_PINNED = ("name", "title", "description", "inputSchema", "outputSchema", "annotations", "execution")

PinState: TypeAlias = Literal["accepted", "new", "changed"]


class Pin(msgspec.Struct, frozen=True):
    """`seen` is None while it is what was accepted; `accepted` is None for what never was."""

    tool: str
    position: int
    accepted: dict[str, Any] | None
    seen: dict[str, Any] | None = None

    @property
    def state(self) -> PinState:
        if self.seen is None:
            return "accepted"
        return "new" if self.accepted is None else "changed"


class Pins:
    """All pins, in memory and in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, dict[str, Pin]] = {}
        self._writing = asyncio.Lock()

    async def load(self) -> None:
        """Read all of them."""
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(select(McpPinRow).order_by(McpPinRow.position))).all()
        self._kept = {}
        for row in rows:
            pin = Pin(row.tool, row.position, row.accepted, row.seen)
            self._kept.setdefault(row.server_id, {})[row.tool] = pin

    def of(self, server_id: str) -> Mapping[str, Pin]:
        """The pins of a server's tools by name; the one of the server itself is under `SERVER`."""
        return self._kept.get(server_id, {})

    def is_known(self, server_id: str) -> bool:
        """Whether its tools were ever listed."""
        return SERVER in self.of(server_id)

    def accepts_server(self, server_id: str) -> bool:
        """False when the server as a whole is in quarantine."""
        pin = self.of(server_id).get(SERVER)
        return pin is None or pin.seen is None

    def accepts(self, server_id: str, name: str, tool: Mapping[str, Any] | None) -> bool:
        """Whether this tool may be used, and as one person's server shows it now (None: it shows nothing)."""
        pin = self.of(server_id).get(name)
        if pin is None or pin.accepted is None or pin.seen is not None or not self.accepts_server(server_id):
            return False
        return tool is None or pinned(tool) == pin.accepted

    def accepted(self, server_id: str) -> list[dict[str, Any]]:
        """The tools that may be used, in the server's order; none of a server that is in quarantine."""
        if not self.accepts_server(server_id):
            return []
        pins = self.of(server_id).values()
        return [pin.accepted for pin in pins if pin.tool != SERVER and pin.accepted and pin.seen is None]

    def quarantined(self, server_id: str) -> int:
        """How many wait to be accepted."""
        return sum(pin.seen is not None for pin in self.of(server_id).values())

    async def observe(
        self, definition: Definition, info: Mapping[str, Any], tools: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Compare a list with what was accepted. True when another set of tools may be used now."""
        async with self._writing:
            before = self.accepted(definition.id)
            old = dict(self.of(definition.id))
            new = _observed(old, _identity(definition, info), [pinned(tool) for tool in tools])
            await self._keep(definition, old, new)
            return self.accepted(definition.id) != before

    async def accept(self, definition: Definition, names: Iterable[str] | None) -> int:
        """Accept what was seen of these tools, or of all; how many that were."""
        async with self._writing:
            old = dict(self.of(definition.id))
            wanted = set(old) if names is None else set(names)
            new = {
                name: Pin(name, pin.position, pin.seen) if name in wanted and pin.seen is not None else pin
                for name, pin in old.items()
            }
            await self._keep(definition, old, new)
            return sum(old[name] != new[name] for name in old)

    async def forget(self, definition: Definition) -> None:
        """The server is gone: one that is declared later under its id is a new one."""
        self._kept.pop(definition.id, None)
        async with self._database.write(EVERYONE) as session:
            await session.execute(delete(McpPinRow).where(McpPinRow.server_id == definition.id))

    async def _keep(self, definition: Definition, old: Mapping[str, Pin], new: dict[str, Pin]) -> None:
        self._kept[definition.id] = new
        changed = [pin for name, pin in new.items() if old.get(name) != pin]
        gone = [name for name in old if name not in new]
        if not changed and not gone:
            return
        with suppress(IntegrityError):  # another process saw the same at the same time, and has written it
            await self._write(definition, changed, gone)

    async def _write(self, definition: Definition, changed: Sequence[Pin], gone: Sequence[str]) -> None:
        async with self._database.write(EVERYONE) as session:
            stale = [*gone, *(pin.tool for pin in changed)]
            await session.execute(
                delete(McpPinRow).where(McpPinRow.server_id == definition.id, McpPinRow.tool.in_(stale))
            )
            session.add_all(
                McpPinRow(
                    server_id=definition.id,
                    owner_id=definition.pin_owner,
                    tool=pin.tool,
                    position=pin.position,
                    accepted=pin.accepted,
                    seen=pin.seen,
                    updated_at=now_ms(),
                )
                for pin in changed
            )


def pinned(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What of a definition counts: everything a model is told or a client decides by."""
    return {key: tool[key] for key in _PINNED if tool.get(key) is not None}


def _identity(definition: Definition, info: Mapping[str, Any]) -> dict[str, Any]:
    return {"launch": definition.launch_digest, "name": info.get("name"), "version": info.get("version")}


def _observed(old: Mapping[str, Pin], identity: dict[str, Any], tools: Sequence[dict[str, Any]]) -> dict[str, Pin]:
    """The pins after this list. Accepted ones that are not listed stay: the tool may come back as it was."""
    if SERVER not in old:
        new = {SERVER: Pin(SERVER, -1, identity)}
        return new | {tool["name"]: Pin(tool["name"], place, tool) for place, tool in enumerate(tools)}
    listed = {tool["name"]: (place, tool) for place, tool in enumerate(tools)}
    kept = {name: pin for name, pin in old.items() if name in listed or (name != SERVER and pin.accepted)}
    new = {SERVER: _server_pin(old[SERVER], identity)}
    for name, (place, tool) in listed.items():
        before = old.get(name)
        is_same = before is not None and before.accepted == tool
        new[name] = Pin(name, place, before.accepted if before else None, None if is_same else tool)
    return new | {name: pin for name, pin in kept.items() if name not in new}


def _server_pin(old: Pin, identity: dict[str, Any]) -> Pin:
    """Whoever changed the launch has accepted what it starts; another version of the same launch nobody has."""
    accepted = old.accepted or {}
    if accepted == identity or accepted.get("launch") != identity["launch"]:
        return Pin(SERVER, -1, identity)
    return Pin(SERVER, -1, accepted, identity)
