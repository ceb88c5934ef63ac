"""Who may come into which workspace, and as what."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from sqlalchemy import select

from entourage.kit.errors import Forbidden, NotFound
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.tables import MemberRow

Role = Literal["owner", "editor", "viewer"]
RANK: Final[dict[str, int]] = {"viewer": 0, "editor": 1, "owner": 2}


class Membership(msgspec.Struct, frozen=True):
    """A person in a workspace. `owner_id` is whose workspace it is."""

    user_id: str
    workspace_id: str
    owner_id: str
    role: str

    def may(self, role: Role) -> bool:
        """Whether they may do what `role` may."""
        return RANK[self.role] >= RANK[role]

    def require(self, role: Role) -> None:
        """Raises Forbidden."""
        if not self.may(role):
            raise Forbidden(
                f"Only {'the owner' if role == 'owner' else 'an editor'} of this workspace may do this; you are "
                f"its {self.role}.",
                hint="Ask its owner.",
            )


class Memberships:
    """Looks members up. Nothing is remembered: whoever is removed is out at once, on every server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: str, workspace_id: str) -> Membership:
        """Raises NotFound, also for a workspace that is somebody else's."""
        async with self._database.read(user_id) as session:
            row = await session.get(MemberRow, (user_id, workspace_id))
        if row is None:
            raise NotFound(f"There is no workspace {workspace_id}.")
        return Membership(user_id, workspace_id, row.whose_id, row.role)

    async def roles(self, user_id: str) -> dict[str, str]:
        """A person's role in each workspace, for their identity."""
        async with self._database.read(user_id) as session:
            rows = await session.execute(select(MemberRow.workspace_id, MemberRow.role))
            return dict(rows.tuples().all())

    async def everybody(self, workspace_id: str) -> list[str]:
        """The ids of all who may look."""
        async with self._database.read(EVERYONE) as session:
            return list(
                await session.scalars(
                    select(MemberRow.owner_id)
                    .where(MemberRow.workspace_id == workspace_id)
                    .order_by(MemberRow.owner_id)
                )
            )
