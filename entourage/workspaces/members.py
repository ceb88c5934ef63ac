"""The people of a workspace."""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.people import People
from entourage.accounts.standing import Standings
from entourage.accounts.tables import User
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound, QuotaExceeded
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.folders import Folders
from entourage.workspaces.memberships import Membership
from entourage.workspaces.schemas import ChangeMember, Member, Members, NewMember
from entourage.workspaces.tables import MemberRow
from entourage.workspaces.telling import Telling

MOST_MEMBERS = 200


class WorkspaceMembers:
    """Lets people in and out. There is one owner, who stays."""

    def __init__(
        self, database: Database, people: People, standings: Standings, telling: Telling, folders: Folders
    ) -> None:
        self._database = database
        self._people = people
        self._standings = standings
        self._telling = telling
        self._folders = folders

    async def list(self, workspace_id: str) -> Members:
        """The owner first, then by when they came."""
        query = (
            select(MemberRow, User)
            .join(User, User.id == MemberRow.owner_id)
            .where(MemberRow.workspace_id == workspace_id)
            .order_by(case((MemberRow.role == "owner", 0), else_=1), MemberRow.created_ms, MemberRow.owner_id)
        )
        async with self._database.read(EVERYONE) as session:
            return Members(items=[_member(row, user) for row, user in await session.execute(query)])

    async def add(self, member: Membership, new: NewMember) -> Member:
        """Raises NotFound for an unknown address, Conflict for somebody who is in already."""
        user = await self._people.by_email(new.email)
        if user is None or not user.is_active:
            raise NotFound(f"Nobody here has the address {new.email}.", hint="Invite them to this server first.")
        row = MemberRow(
            owner_id=user.id,
            workspace_id=member.workspace_id,
            whose_id=member.owner_id,
            role=new.role,
            created_ms=now_ms(),
        )
        async with self._database.write(EVERYONE) as session:
            there = await self._rows(session, member.workspace_id)
            if any(one.owner_id == user.id for one in there):
                raise Conflict(f"{new.email} is a member already.", hint="Change their role instead.")
            if len(there) >= MOST_MEMBERS:
                raise QuotaExceeded(f"A workspace has at most {MOST_MEMBERS} members.", hint="Remove one first.")
            session.add(row)
        await self._changed(member.workspace_id, user.id)
        return _member(row, user)

    async def change(self, member: Membership, user_id: str, change: ChangeMember) -> Member:
        """Another role. Raises NotFound, Conflict for the owner."""
        async with self._database.write(EVERYONE) as session:
            row = await self._row(session, member.workspace_id, user_id)
            user = await session.get(User, user_id)
            if row.role == "owner":
                raise Conflict("A workspace's owner stays its owner.", hint="Export it and let them import it.")
            row.role = change.role
        await self._folders.part(member.owner_id, member.workspace_id)
        await self._changed(member.workspace_id, user_id)
        assert user
        return _member(row, user)

    async def remove(self, member: Membership, user_id: str) -> None:
        """Somebody goes: sent by the owner, or by themselves. Raises NotFound, Forbidden, Conflict for the owner."""
        if user_id != member.user_id:
            member.require("owner")
        async with self._database.write(EVERYONE) as session:
            row = await self._row(session, member.workspace_id, user_id)
            if row.role == "owner":
                raise Conflict("A workspace's owner cannot leave it.", hint="Delete the workspace.")
            await session.delete(row)
        await self._folders.part(member.owner_id, member.workspace_id)
        await self._changed(member.workspace_id, user_id)
        await self._telling.to([user_id], "workspace_removed", {"workspace_id": member.workspace_id})

    async def _rows(self, session: AsyncSession, workspace_id: str) -> list[MemberRow]:
        return list(await session.scalars(select(MemberRow).where(MemberRow.workspace_id == workspace_id)))

    async def _row(self, session: AsyncSession, workspace_id: str, user_id: str) -> MemberRow:
        row = await session.get(MemberRow, (user_id, workspace_id), with_for_update=True)
        if row is None:
            raise NotFound(f"There is no member {user_id} of this workspace.")
        return row

    async def _changed(self, workspace_id: str, user_id: str) -> None:
        await self._standings.forget_person(user_id)
        members = await self.list(workspace_id)
        await self._telling.updated(workspace_id, "members", members.model_dump(mode="json"))


def _member(row: MemberRow, user: User) -> Member:
    return Member.model_validate(
        {
            "user_id": user.id,
            "email": user.email,
            "full_name": user.full_name,
            "role": row.role,
            "since": row.created_ms,
        }
    )
