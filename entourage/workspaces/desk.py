"""What people do with the files of a workspace. Every change is told to all who may look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from entourage.accounts.tables import User
from entourage.kit.errors import Invalid
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.changes import Only
from entourage.workspaces.file_schemas import Findings, Found, Move, TrashItem, TrashItems, Tree, TreeEntry
from entourage.workspaces.git.service import Git
from entourage.workspaces.memberships import Membership
from entourage.workspaces.reading import Opened
from entourage.workspaces.review.schemas import ChangedFiles, Decide
from entourage.workspaces.review.service import Review
from entourage.workspaces.schemas import Person
from entourage.workspaces.service import Workspaces
from entourage.workspaces.telling import By, Changed, Telling
from entourage.workspaces.trash import Deleted
from entourage.workspaces.walk import Skips, leaving_out

MOST_ENTRIES = 5_000
MOST_DEPTH = 50


class Repository(NamedTuple):
    """A workspace's folder, for git."""

    path: Path
    key: str


class Desk:
    """Files of workspaces, for members whose role was looked at."""

    def __init__(self, database: Database, workspaces: Workspaces, telling: Telling, git: Git) -> None:
        self._database = database
        self._workspaces = workspaces
        self._telling = telling
        self._git = git

    async def tree(self, member: Membership, path: str, *, depth: int, hidden: bool) -> Tree:
        """What is in a folder, `depth` levels of it. Raises NotFound, Invalid."""
        files = await self._workspaces.files_of(member)
        skips = await self._skips(member, hidden=hidden)
        listing = await files.list(path, depth=depth, limit=MOST_ENTRIES, skips=skips)
        folder = await self._workspaces.folder(member.user_id, member.workspace_id)
        states = await self._git.states(Repository(folder, member.workspace_id))
        entries = [TreeEntry.of(entry, states.get(entry.path)) for entry in listing.entries]
        return Tree(entries=entries, truncated=listing.truncated)

    async def open(self, member: Membership, path: str) -> Opened:
        """A file, to be read and closed. Raises NotFound, Invalid, Forbidden (a link)."""
        return await (await self._workspaces.files_of(member)).open(path)

    async def write(self, member: Membership, path: str, data: bytes, only: Only) -> TreeEntry:
        """Raises Stale, TooLarge, QuotaExceeded, Invalid, Forbidden."""
        files = await self._workspaces.files_of(member)
        entry = await files.write(path, data, only, before=Review(files).rebasing(data))
        await self._changed(member, [Changed.written(entry)])
        return TreeEntry.of(entry)

    async def make_folder(self, member: Membership, path: str) -> TreeEntry:
        """No error when it is there."""
        entry = await (await self._workspaces.files_of(member)).make_folder(path)
        await self._changed(member, [Changed.written(entry)])
        return TreeEntry.of(entry)

    async def delete(self, member: Membership, path: str, only: Only, *, permanent: bool) -> None:
        """Into the trash, or for good. Raises NotFound, Stale."""
        files = await self._workspaces.files_of(member)
        name = "/".join(files.reading.named(path))
        if permanent:
            await files.delete(path, recursive=True, only=only)
        else:
            await asyncio.to_thread(files.trash.put, path, user_id=member.user_id, only=only)
        await self._changed(member, [Changed(name, "deleted")])

    async def move(self, member: Membership, move: Move) -> TreeEntry:
        """Raises NotFound, Conflict."""
        files = await self._workspaces.files_of(member)
        was = "/".join(files.reading.named(move.from_))
        entry = await files.rename(move.from_, move.to, overwrite=move.overwrite)
        await self._changed(member, [Changed(entry.path, "moved", was=was, etag=entry.etag)])
        return TreeEntry.of(entry)

    async def copy(self, member: Membership, move: Move) -> TreeEntry:
        """Raises NotFound, Conflict, QuotaExceeded."""
        entry = await (await self._workspaces.files_of(member)).copy(move.from_, move.to, overwrite=move.overwrite)
        await self._changed(member, [Changed.written(entry)])
        return TreeEntry.of(entry)

    async def search(
        self,
        member: Membership,
        query: str,
        *,
        path: str,
        regex: bool,
        case: bool,
        glob: str | None,
        hidden: bool,
        limit: int,
    ) -> Findings:
        """Raises Invalid (no pattern), TimedOut."""
        if not query:
            raise Invalid("There is nothing to search for.", errors=[{"field": "q", "message": "is empty"}])
        files = await self._workspaces.files_of(member)
        skips = await self._skips(member, hidden=hidden)
        found = await files.search(
            query, literal=not regex, ignore_case=not case, path=path, glob=glob, limit=limit, skips=skips
        )
        matches = [Found.of(match) for match in found.matches]
        return Findings(matches=matches, files_searched=found.files_searched, truncated=found.truncated)

    async def trash(self, member: Membership) -> TrashItems:
        """What was deleted."""
        files = await self._workspaces.files_of(member)
        items = await asyncio.to_thread(files.trash.list)
        names = await self._names({item.user_id for item in items if item.user_id})
        return TrashItems(items=[_trash_item(item, names) for item in items])

    async def restore(self, member: Membership, item_id: str, to: str | None) -> TreeEntry:
        """Raises NotFound, Conflict when the place is taken."""
        files = await self._workspaces.files_of(member)
        entry = await asyncio.to_thread(files.trash.restore, item_id, to)
        await self._changed(member, [Changed.written(entry)])
        return TreeEntry.of(entry)

    async def empty_trash(self, member: Membership, item_id: str | None = None) -> None:
        """One item, or everything, for good. Raises NotFound."""
        files = await self._workspaces.files_of(member)
        if item_id:
            await asyncio.to_thread(files.trash.discard, item_id)
        else:
            await asyncio.to_thread(files.trash.empty)

    async def changes(self, member: Membership) -> ChangedFiles:
        """What agents changed and nobody has looked at."""
        return await Review(await self._workspaces.files_of(member)).list()

    async def accept(self, member: Membership, decide: Decide) -> ChangedFiles:
        """What is left of the file's changes. Raises NotFound, Stale."""
        found = await Review(await self._workspaces.files_of(member)).accept(decide)
        await self._telling.updated(member.workspace_id, "review", {"path": decide.path})
        return found

    async def revert(self, member: Membership, decide: Decide) -> ChangedFiles:
        """As `accept`, undone."""
        found, changed = await Review(await self._workspaces.files_of(member)).revert(decide, member.user_id)
        await self._changed(member, changed)
        return found

    async def _skips(self, member: Membership, *, hidden: bool) -> Skips | None:
        settings = await self._workspaces.settings(member)
        return leaving_out(settings.exclude, hidden=hidden)

    async def _names(self, user_ids: set[str]) -> Mapping[str, str]:
        if not user_ids:
            return {}
        async with self._database.read(EVERYONE) as session:
            rows = await session.execute(select(User.id, User.full_name).where(User.id.in_(user_ids)))
            return dict(rows.tuples().all())

    async def _changed(self, member: Membership, changed: Sequence[Changed]) -> None:
        self._git.forget(member.workspace_id)
        await self._telling.changed(member.workspace_id, changed, By(user_id=member.user_id))


def _trash_item(item: Deleted, names: Mapping[str, str]) -> TrashItem:
    return TrashItem.model_validate(
        {
            "id": item.id,
            "path": item.path,
            "name": item.path.rsplit("/", 1)[-1],
            "kind": item.kind,
            "size": item.size,
            "deleted_at": item.deleted_ms,
            "deleted_by": Person(id=item.user_id, full_name=names.get(item.user_id, "")) if item.user_id else None,
            "agent": item.agent,
        }
    )
