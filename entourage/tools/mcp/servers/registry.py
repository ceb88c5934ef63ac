"""All servers that are declared, in memory: rows of the database and entries of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import func, select

from entourage.kit.errors import NotFound
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.mcp.servers.definition import Definition
from entourage.tools.mcp.servers.reading import definition_of_row
from entourage.tools.mcp.servers.tables import McpPinRow, McpServerRow

if TYPE_CHECKING:
    from entourage.tools.mcp.servers.pins import Pins

OnDeclared: TypeAlias = Callable[["Definition | None", "Definition | None"], None]
"""Told of a definition before and after a change; None where there is none."""


class Registry:
    """Definitions by id. `on_change` is told of every change, whoever made it."""

    def __init__(self, database: Database, pins: Pins) -> None:
        self._database = database
        self._pins = pins
        self._rows: dict[str, Definition] = {}
        self._file: dict[str, Definition] = {}
        self._seen: Any = None
        self._visible: dict[str, dict[str, Definition]] = {}
        self.on_change: OnDeclared = lambda _before, _after: None

    async def load(self) -> None:
        """Read the rows, and tell of those that are other ones than before."""
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(select(McpServerRow).order_by(McpServerRow.id))).all()
        self._replace(self._rows, [definition_of_row(row) for row in rows])

    async def poll(self) -> None:
        """Read them again if another server of this database changed any."""
        rows = select(func.count(), func.sum(McpServerRow.version), func.max(McpServerRow.id))
        pins = select(func.count(), func.max(McpPinRow.updated_at))
        async with self._database.read(EVERYONE) as session:
            seen = (tuple((await session.execute(rows)).one()), tuple((await session.execute(pins)).one()))
        before, self._seen = self._seen, seen
        if before is None or before == seen:
            return
        await self._pins.load()
        await self.load()
        if before[1] != seen[1]:
            for one in self.all():
                self._changed(one, one)

    def of_file(self, definitions: Iterable[Definition]) -> None:
        """What the file declares now."""
        self._replace(self._file, definitions)

    def declared(self, definition: Definition) -> None:
        """A row was made or changed."""
        before, self._rows[definition.id] = self._rows.get(definition.id), definition
        self._changed(before, definition)

    def withdrawn(self, server_id: str) -> None:
        """A row was removed."""
        self._changed(self._rows.pop(server_id, None), None)

    def _replace(self, kept: dict[str, Definition], found: Iterable[Definition]) -> None:
        new = {one.id: one for one in found}
        for server_id in [*kept.keys() - new.keys(), *(key for key in new if kept.get(key) != new[key])]:
            before, after = kept.pop(server_id, None), new.get(server_id)
            if after is not None:
                kept[server_id] = after
            self._changed(before, after)

    def _changed(self, before: Definition | None, after: Definition | None) -> None:
        self._visible.clear()
        self.on_change(before, after)

    def all(self) -> list[Definition]:
        """Every definition, of everybody."""
        return [*self._file.values(), *self._rows.values()]

    def visible(self, owner_id: str) -> Mapping[str, Definition]:
        """The servers a person has, by name; a name of the file, or one that is shared, hides one of their own."""
        found = self._visible.get(owner_id)
        if found is None:
            if len(self._visible) > 10_000:
                self._visible.clear()
            found = self._visible[owner_id] = {}
            for one in sorted(self.all(), key=lambda one: (one.owner_id is not None, not one.is_shared, one.id)):
                if one.is_visible_to(owner_id):
                    found.setdefault(one.name, one)
        return found

    def named(self, owner_id: str, name: str) -> Definition:
        """The server of this name as the person sees it. Raises NotFound."""
        found = self.visible(owner_id).get(name)
        if found is None:
            raise NotFound(f"There is no MCP server {name[:100]!r}.")
        return found

    def by_id(self, owner_id: str, server_id: str) -> Definition:
        """The server with this id, if the person may see it. Raises NotFound."""
        found = self._file.get(server_id) or self._rows.get(server_id)
        if found is None or not found.is_visible_to(owner_id):
            raise NotFound(f"There is no MCP server {server_id[:100]!r}.")
        return found
