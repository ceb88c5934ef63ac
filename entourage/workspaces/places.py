"""Where the tools of a call work: in the workspace its conversation is bound to, else in the conversation's folder."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from entourage.kit.errors import Forbidden, NotFound
from entourage.workspaces.changes import ALWAYS, Before, Only
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import Folders
from entourage.workspaces.memberships import Membership, Memberships
from entourage.workspaces.review.service import Review
from entourage.workspaces.service import Workspaces
from entourage.workspaces.telling import By, Changed, Telling
from entourage.workspaces.types import Entry
from entourage.workspaces.walk import MOST_VISITED
from entourage.workspaces.watching.watching import Doing, Watching

BoundTo: TypeAlias = Callable[[str, str], Awaitable["str | None"]]
"""The workspace that a person's conversation is bound to: told by whoever keeps conversations."""

MOST_SEEN = 20_000


class Place(msgspec.Struct, frozen=True):
    """Where a call works. `key` names it (the workspace's id, or the conversation's); `owner_id` is whose folder it is,
    which may be somebody else than the caller. `writable` is False for viewers: nothing may be changed then."""

    owner_id: str
    user_id: str
    key: str
    path: Path
    files: WorkspaceFiles
    member: Membership | None
    quota_bytes: int
    max_files: int

    @property
    def workspace_id(self) -> str | None:
        return self.member.workspace_id if self.member else None

    @property
    def writable(self) -> bool:
        return self.member is None or self.member.may("editor")

    def require_writing(self) -> None:
        """Raises Forbidden."""
        if not self.writable:
            raise Forbidden(
                "You may look at this workspace, but change nothing in it.",
                hint="Tell the user what you would change; its owner can make them an editor.",
            )


class Places:
    """Finds places, and tells what agents do in workspaces."""

    def __init__(
        self,
        folders: Folders,
        memberships: Memberships,
        workspaces: Workspaces,
        telling: Telling,
        watching: Watching,
    ) -> None:
        self.folders = folders
        self._memberships = memberships
        self._workspaces = workspaces
        self._telling = telling
        self.watching = watching
        self._bound_to: BoundTo | None = None
        self._seen: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    def take_bindings_from(self, source: BoundTo) -> None:
        """Let conversations tell which workspace each is bound to."""
        self._bound_to = source

    async def of(self, user_id: str, folder_id: str) -> Place:
        """The place of a conversation (or of all calls outside of them). Raises NotFound when its workspace is gone,
        or the person is no member of it any more."""
        workspace_id = await self._bound_to(user_id, folder_id) if self._bound_to else None
        if workspace_id is None:
            return await asyncio.to_thread(self._own, user_id, folder_id)
        try:
            member = await self._memberships.of(user_id, workspace_id)
        except NotFound:
            raise NotFound(
                "The workspace of this conversation is gone, or you are no member of it any more.",
                hint="Choose another workspace for the conversation, or none.",
            ) from None
        return await self.of_member(member)

    async def of_workspace(self, user_id: str, workspace_id: str) -> Place:
        """A workspace the person may look at. Raises NotFound."""
        return await self.of_member(await self._memberships.of(user_id, workspace_id))

    async def of_member(self, member: Membership) -> Place:
        """A workspace as a place."""
        return await asyncio.to_thread(self._shared, member)

    def seen(self, place: Place, session: str, entry: Entry) -> None:
        """An agent read a file in this state: what it writes may build on it."""
        if place.member:
            self._seen[session, place.key, entry.path] = entry.etag
            self._seen.move_to_end((session, place.key, entry.path))
            if len(self._seen) > MOST_SEEN:
                self._seen.popitem(last=False)

    async def write(self, place: Place, session: str, path: str, content: str | bytes, doing: Doing) -> Entry:
        """Write a whole file for an agent. In a workspace a file that is there must have been read as it is now:
        raises Stale otherwise, for somebody else may have changed it. Raises Forbidden for viewers."""
        place.require_writing()
        before = await self.keeping(place, doing)
        entry = await place.files.write(path, content, self._only(place, session, path), before=before)
        await self.told(place, session, [entry], doing)
        return entry

    async def delete(self, place: Place, path: str, doing: Doing) -> str:
        """Delete for an agent: in a workspace into the trash; the path. Raises NotFound, Forbidden."""
        place.require_writing()
        name = "/".join(place.files.reading.named(path))
        if place.member is None:
            await place.files.delete(path, recursive=True)
            return name
        async with self._reviewed(place, doing):
            await asyncio.to_thread(place.files.trash.put, path, user_id=place.user_id, agent=doing.by.agent)
        return name

    async def move(self, place: Place, path: str, to: str, doing: Doing) -> Entry:
        """Move for an agent. Raises NotFound, Conflict, Forbidden."""
        place.require_writing()
        async with self._reviewed(place, doing):
            return await place.files.rename(path, to)

    @asynccontextmanager
    async def _reviewed(self, place: Place, doing: Doing) -> AsyncGenerator[None]:
        """What changes meanwhile is told, and waits for review in a workspace that is set so."""
        working = self.working(place, doing.by.agent or "", run_id=doing.run_id, chat_id=doing.chat_id)
        async with working:
            yield

    async def keeping(self, place: Place, doing: Doing) -> Before | None:
        """How a file was is kept before an agent changes it, in a workspace that is set so."""
        if place.member is None or not doing.by.agent:
            return None
        settings = await self._workspaces.settings(place.member)
        if not settings.review:
            return None
        return Review(place.files).keeping(
            doing.by.agent, run_id=doing.run_id, chat_id=doing.chat_id, user_id=place.user_id
        )

    async def told(self, place: Place, session: str, entries: list[Entry], doing: Doing) -> None:
        """An agent wrote files: tell the members."""
        for entry in entries:
            self.seen(place, session, entry)
        await self.tell(place, [Changed.written(entry) for entry in entries], doing)

    async def tell(self, place: Place, changed: list[Changed], doing: Doing) -> None:
        """Something else became of files."""
        if place.member:
            await self._telling.changed(place.member.workspace_id, changed, doing.by)

    async def updated(self, place: Place, what: str, data: dict[str, Any]) -> None:
        """Something about the workspace changed: see `Telling.updated`."""
        if place.member:
            await self._telling.updated(place.member.workspace_id, what, data)

    @asynccontextmanager
    async def working(
        self, place: Place, agent: str, *, run_id: str | None = None, chat_id: str | None = None
    ) -> AsyncGenerator[None]:
        """What programs write in the workspace while this is open is told as the agent's, and waits for review."""
        if place.member is None:
            yield
            return
        settings = await self._workspaces.settings(place.member)
        by = By(agent=agent) if agent else By(user_id=place.user_id)
        doing = Doing(by, bool(agent) and settings.review, run_id or None, chat_id or None, place.user_id)
        async with self.watching.program(place.owner_id, place.key, doing):
            yield

    def _only(self, place: Place, session: str, path: str) -> Only:
        if place.member is None:
            return ALWAYS
        name = "/".join(place.files.reading.named(path))
        seen = self._seen.get((session, place.key, name))
        return Only(seen) if seen else Only(new=True)

    def _own(self, user_id: str, folder_id: str) -> Place:
        files = self.folders.of(user_id, folder_id)
        path = self.folders.path(user_id, folder_id)
        return Place(user_id, user_id, folder_id, path, files, None, self.folders.quota_bytes, MOST_VISITED)

    def _shared(self, member: Membership) -> Place:
        files = self.folders.of_workspace(member.owner_id, member.workspace_id)
        path = self.folders.path(member.owner_id, member.workspace_id)
        most_bytes, most_files = self.folders.workspace_bytes, self.folders.workspace_files
        return Place(member.owner_id, member.user_id, member.workspace_id, path, files, member, most_bytes, most_files)
