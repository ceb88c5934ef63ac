"""Making, finding, changing and removing workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.standing import Standings
from entourage.accounts.tables import User
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, QuotaExceeded
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import Folders
from entourage.workspaces.git.running import is_repository
from entourage.workspaces.memberships import Membership, Memberships
from entourage.workspaces.schemas import ChangeWorkspace, NewWorkspace, Person, Settings, Usage, Workspace
from entourage.workspaces.tables import ImportRow, MemberRow, WorkspaceRow
from entourage.workspaces.telling import Telling

MOST_WORKSPACES = 500


class Workspaces:
    """Workspaces of everybody, opened as somebody. What is missing and what is somebody else's is NotFound."""

    def __init__(
        self, database: Database, folders: Folders, memberships: Memberships, telling: Telling, standings: Standings
    ) -> None:
        self._database = database
        self._folders = folders
        self._memberships = memberships
        self._telling = telling
        self._standings = standings
        self.on_deleting: list[Callable[[AsyncSession, str], Awaitable[None]]] = []
        """Called with the id of a workspace, within the transaction that deletes it."""
        self.on_deleted: list[Callable[[str], None]] = []
        """Called with its id once it is gone."""

    async def create(self, user_id: str, new: NewWorkspace) -> Workspace:
        """An empty workspace. Raises QuotaExceeded for too many."""
        now = now_ms()
        given = new.settings.model_dump(exclude_none=True) if new.settings else {}
        row = WorkspaceRow(
            id=new_id(),
            name=new.name,
            description=new.description,
            settings=Settings(**given).model_dump(),
            version=1,
            created_ms=now,
            updated_ms=now,
        )
        await asyncio.to_thread(self._folders.path, user_id, row.id)
        async with self._database.write(user_id) as session:
            count = await session.scalar(select(func.count()).select_from(WorkspaceRow))
            if (count or 0) >= MOST_WORKSPACES:
                raise QuotaExceeded(f"You have {count} workspaces, the most there may be.", hint="Delete one.")
            session.add(row)
            session.add(MemberRow(workspace_id=row.id, whose_id=user_id, role="owner", created_ms=now))
        await self._standings.forget_person(user_id)
        return await self._told(Membership(user_id, row.id, user_id, "owner"))

    async def list(self, user_id: str, *, before: str | None, limit: int) -> list[Workspace]:
        """Those the person may come into, newest first."""
        query = select(MemberRow).order_by(MemberRow.workspace_id.desc()).limit(limit)
        if before:
            query = query.where(MemberRow.workspace_id < before)
        async with self._database.read(user_id) as session:
            mine = list(await session.scalars(query))
        async with self._database.read(EVERYONE) as session:
            found = await session.execute(
                select(WorkspaceRow, User.full_name)
                .join(User, User.id == WorkspaceRow.owner_id)
                .where(WorkspaceRow.id.in_([one.workspace_id for one in mine]))
            )
            rows = {row.id: (row, name) for row, name in found}
        return [await self._view(*rows[one.workspace_id], one.role) for one in mine if one.workspace_id in rows]

    async def get(self, member: Membership) -> Workspace:
        """Raises NotFound when it was removed a moment ago."""
        async with self._database.read(member.owner_id) as session:
            row = await session.get(WorkspaceRow, member.workspace_id)
            name = await session.scalar(select(User.full_name).where(User.id == member.owner_id))
        if row is None:
            raise NotFound(f"There is no workspace {member.workspace_id}.")
        return await self._view(row, name or "", member.role)

    async def settings(self, member: Membership) -> Settings:
        """What it is set to."""
        async with self._database.read(member.owner_id) as session:
            row = await session.get(WorkspaceRow, member.workspace_id)
        return Settings.model_validate(row.settings if row else {})

    async def change(self, member: Membership, change: ChangeWorkspace, if_match: str | None) -> Workspace:
        """Raises NotFound, Stale."""
        async with self._database.write(member.owner_id) as session:
            row = await session.get(WorkspaceRow, member.workspace_id, with_for_update=True)
            if row is None:
                raise NotFound(f"There is no workspace {member.workspace_id}.")
            check_if_match(if_match, etag_of(row.id, row.version))
            row.name = change.name or row.name
            row.description = row.description if change.description is None else change.description
            if change.settings:
                row.settings = {**row.settings, **change.settings.model_dump(exclude_none=True)}
            row.version += 1
            row.updated_ms = now_ms()
        return await self._told(member)

    async def delete(self, member: Membership, if_match: str | None) -> None:
        """Remove it with all its files. Raises Stale."""
        people = await self._memberships.everybody(member.workspace_id)
        await asyncio.to_thread(self._folders.mark_deleting, member.owner_id, member.workspace_id)
        async with self._database.write(EVERYONE) as session:
            row = await session.get(WorkspaceRow, member.workspace_id, with_for_update=True)
            if row is None:
                raise NotFound(f"There is no workspace {member.workspace_id}.")
            check_if_match(if_match, etag_of(row.id, row.version))
            for table in (MemberRow, ImportRow):
                await session.execute(delete(table).where(table.workspace_id == row.id))
            await session.delete(row)
            for ends in self.on_deleting:
                await ends(session, row.id)
        for gone in self.on_deleted:
            gone(member.workspace_id)
        for user_id in people:
            await self._standings.forget_person(user_id)
        await self._folders.delete(member.owner_id, member.workspace_id)
        await self._telling.to(people, "workspace_removed", {"workspace_id": member.workspace_id})

    async def finish_deleting(self) -> None:
        """Remove the folders of workspaces whose rows went just before a server died."""
        for owner_id, workspace_id in await asyncio.to_thread(self._folders.marked_deleting):
            async with self._database.read(EVERYONE) as session:
                row = await session.get(WorkspaceRow, workspace_id)
            if row is None:
                await self._folders.delete(owner_id, workspace_id)

    async def files(self, user_id: str, workspace_id: str, *, writing: bool) -> WorkspaceFiles:
        """Its files, for somebody who may look (or, `writing`, change). Raises NotFound, Forbidden."""
        member = await self._memberships.of(user_id, workspace_id)
        if writing:
            member.require("editor")
        return await self.files_of(member)

    async def files_of(self, member: Membership) -> WorkspaceFiles:
        """Its files, for whom it was looked up already."""
        return await asyncio.to_thread(self._folders.of_workspace, member.owner_id, member.workspace_id)

    async def folder(self, user_id: str, workspace_id: str) -> Path:
        """Its folder on the server, for somebody who may look. Raises NotFound."""
        member = await self._memberships.of(user_id, workspace_id)
        return await asyncio.to_thread(self._folders.path, member.owner_id, workspace_id)

    async def _told(self, member: Membership) -> Workspace:
        workspace = await self.get(member)
        await self._telling.updated(member.workspace_id, "workspace", workspace.wire())
        return workspace

    async def _view(self, row: WorkspaceRow, owner_name: str, role: str) -> Workspace:
        usage, has_git = await asyncio.to_thread(self._look, row.owner_id, row.id)
        return Workspace.model_validate(
            {
                "id": row.id,
                "name": row.name,
                "description": row.description,
                "role": role,
                "owner": Person(id=row.owner_id, full_name=owner_name),
                "settings": Settings.model_validate(row.settings),
                "usage": usage,
                "git": has_git,
                "created_at": row.created_ms,
                "updated_at": row.updated_ms,
                "version": row.version,
            }
        )

    def _look(self, owner_id: str, workspace_id: str) -> tuple[Usage, bool]:
        files = self._folders.of_workspace(owner_id, workspace_id)
        used = files.reading.usage_lately()
        usage = Usage(bytes=used.bytes, files=used.files, quota_bytes=used.quota_bytes)
        return usage, is_repository(self._folders.path(owner_id, workspace_id))
