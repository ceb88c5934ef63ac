"""Whose memory is opened: a person's own, or that of a workspace, as far as their role there goes.

A workspace owns its memory as a person owns theirs: the rows' owner is its id. So whatever works by owner (searches,
vectors, the graph, pruning, quotas, the database's own wall) works for it, and only here is looked who may.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec
from sqlalchemy import select

from entourage.accounts.people import People
from entourage.kit.errors import NotFound
from entourage.memory.ingest.tables import DocumentRow, JobRow
from entourage.memory.schemas import Author
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.memberships import Membership, Memberships, Role

BoundTo: TypeAlias = Callable[[str, str], Awaitable[str | None]]
"""The workspace that a person's conversation works in."""


class Opened(msgspec.Struct, frozen=True):
    """A memory, opened for somebody. `author` is who writes into that of a workspace, None in one's own."""

    owner_id: str
    user_id: str
    author: Author | None = None

    @property
    def is_shared(self) -> bool:
        return self.owner_id != self.user_id


class Sharing:
    """Opens memories. Roles are looked up each time: whoever is removed is out at once."""

    def __init__(self, database: Database, memberships: Memberships, people: People) -> None:
        self._database = database
        self._memberships = memberships
        self._people = people
        self._bound_to: BoundTo | None = None

    def take_bindings_from(self, source: BoundTo) -> None:
        """Let conversations tell which workspace each is bound to."""
        self._bound_to = source

    async def open(self, user_id: str, workspace_id: str | None, role: Role = "viewer") -> Opened:
        """Their own, or that of a workspace in which they are at least `role`. Raises NotFound, Forbidden."""
        if workspace_id is None:
            return Opened(user_id, user_id)
        return await self._opened(await self._memberships.of(user_id, workspace_id), role)

    async def at(self, user_id: str, table: type[MemoryRow | DocumentRow | JobRow], id: str, role: Role) -> Opened:
        """The memory that this row is in, if they may see it; else their own, where it is not. Raises Forbidden."""
        spaces = await self.workspaces(user_id)
        here = select(table.owner_id).where(table.id == id, table.owner_id.in_(spaces))
        async with self._database.read(EVERYONE) as session:
            owner_id = await session.scalar(here) if spaces else None
        try:
            return await self.open(user_id, owner_id, role)
        except NotFound:  # they were removed this very moment
            return Opened(user_id, user_id)

    async def workspaces(self, user_id: str) -> list[str]:
        """The ids of all workspaces that they may look into."""
        return sorted(await self._memberships.roles(user_id))

    async def of_chat(self, user_id: str, chat_id: str) -> str | None:
        """The workspace that a conversation works in, while the person is a member of it."""
        workspace_id = await self._bound_to(user_id, chat_id) if self._bound_to and chat_id else None
        return await self.still_in(user_id, workspace_id)

    async def still_in(self, user_id: str, workspace_id: str | None) -> str | None:
        """The workspace, while the person is a member of it."""
        if workspace_id is None:
            return None
        try:
            return (await self._memberships.of(user_id, workspace_id)).workspace_id
        except NotFound:
            return None

    async def _opened(self, member: Membership, role: Role) -> Opened:
        member.require(role)
        if role == "viewer":
            return Opened(member.workspace_id, member.user_id)
        person = await self._people.get(member.user_id)
        return Opened(member.workspace_id, member.user_id, Author(id=person.id, name=person.full_name or person.email))
