"""Attached files: kept unchanged as blobs, and copied into the working folder where tools find them."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.history import ATTACHMENTS_FOLDER
from entourage.artifacts.service import Artifacts
from entourage.chats.schemas import Attachment
from entourage.chats.service import attachment_key, find_chat
from entourage.chats.tables import AttachmentRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, NotFound, Problem, QuotaExceeded
from entourage.kit.ids import new_id
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database
from entourage.workspaces.changes import Only
from entourage.workspaces.places import Places
from entourage.workspaces.telling import By, Changed
from entourage.workspaces.watching.watching import Doing

MAX_NAME = 120
MAX_PER_CHAT = 1000

_UNWANTED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_MIME = re.compile(r"^[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}$")


class Attachments:
    """Files that people attach to conversations."""

    def __init__(
        self, database: Database, blobs: Blobs, places: Places, artifacts: Artifacts, *, quota_bytes: int
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._places = places
        self._artifacts = artifacts
        self._quota_bytes = quota_bytes

    async def add(self, owner_id: str, chat_id: str, name: str, mime: str | None, data: bytes) -> Attachment:
        """Keep a file. A name that is taken gets a number. Raises NotFound, Invalid, QuotaExceeded."""
        clean = clean_name(name)
        async with self._database.read(owner_id) as session:
            await find_chat(session, chat_id)
            await self._check_quota(session, len(data))
        taken = await self._taken(owner_id, chat_id)
        row = AttachmentRow(
            id=new_id(), chat_id=chat_id, mime=mime_of(clean, mime), size=len(data), created_ms=now_ms()
        )
        await self._blobs.put(owner_id, attachment_key(row.id), data)
        async with self._database.write(owner_id) as session:
            await find_chat(session, chat_id)
            row.name = await _free_name(session, chat_id, clean, taken)
            session.add(row)
            await self._places.folders.of(owner_id, chat_id).write(f"{ATTACHMENTS_FOLDER}/{row.name}", data)
        await self._bring(owner_id, chat_id, row, data)
        return Attachment.of(row)

    async def _taken(self, owner_id: str, chat_id: str) -> set[str]:
        """Names that others attached in the workspace."""
        with suppress(Problem):
            place = await self._places.of(owner_id, chat_id)
            if place.workspace_id:
                listing = await place.files.list(ATTACHMENTS_FOLDER, recursive=False, limit=MAX_PER_CHAT)
                return {entry.path.rsplit("/", 1)[-1].lower() for entry in listing.entries}
        return set()

    async def _bring(self, owner_id: str, chat_id: str, row: AttachmentRow, data: bytes) -> None:
        """In a conversation that works in a workspace, its tools find the file there."""
        with suppress(Problem):  # a viewer's agents have the text of the talk; a full workspace is told when they write
            place = await self._places.of(owner_id, chat_id)
            if place.workspace_id and place.writable:
                entry = await place.files.write(f"{ATTACHMENTS_FOLDER}/{row.name}", data, Only(new=True))
                await self._places.tell(place, [Changed.written(entry)], Doing(By(user_id=owner_id)))

    async def adopted(self, owner_id: str, chat_id: str, ids: list[str]) -> list[str]:
        """The same ids, but for results (artifacts): each is attached as it is now. Raises NotFound, QuotaExceeded."""
        if not ids:
            return []
        async with self._database.read(owner_id) as session:
            here = (AttachmentRow.chat_id == chat_id) & AttachmentRow.id.in_(ids)
            known = set(await session.scalars(select(AttachmentRow.id).where(here)))
        return [one if one in known else await self._adopt(owner_id, chat_id, one) for one in ids]

    async def _adopt(self, owner_id: str, chat_id: str, artifact_id: str) -> str:
        try:
            artifact, data = await self._artifacts.content(owner_id, artifact_id)
        except NotFound:
            raise NotFound(f"There is no attachment {artifact_id} in this conversation, and no such result.") from None
        ending = mimetypes.guess_extension(artifact.format) or ""
        name = artifact.title if artifact.title.endswith(ending) else f"{artifact.title}{ending}"
        return (await self.add(owner_id, chat_id, name, artifact.format, data)).id

    async def content(self, owner_id: str, chat_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        """The file as it was attached. Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await session.get(AttachmentRow, attachment_id)
        if row is None or row.chat_id != chat_id:
            raise NotFound(f"There is no attachment {attachment_id} in this conversation.")
        return Attachment.of(row), await self._blobs.get(owner_id, attachment_key(row.id))

    async def _check_quota(self, session: AsyncSession, more: int) -> None:
        used = await session.scalar(select(func.coalesce(func.sum(AttachmentRow.size), 0)))
        if int(used or 0) + more > self._quota_bytes:
            raise QuotaExceeded(
                f"Your attachments would take more than {self._quota_bytes} bytes.",
                hint="Delete conversations you no longer need.",
            )


def clean_name(name: str) -> str:
    """A file name that is one on every system. Raises Invalid when nothing is left of it."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    text = _UNWANTED.sub("_", text).strip(" .")
    if not text.strip("_ ."):
        raise Invalid("The file needs a name.", errors=[{"field": "file", "message": "has no usable name"}])
    stem, dot, ending = text.rpartition(".")
    if dot and len(ending) < 20:
        return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
    return text[:MAX_NAME]


def mime_of(name: str, declared: str | None) -> str:
    """The MIME type: the declared one when it is one, else by the name's ending."""
    kind = (declared or "").split(";")[0].strip().lower()
    if _MIME.match(kind) and kind != "application/octet-stream":
        return kind
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


async def _free_name(session: AsyncSession, chat_id: str, name: str, elsewhere: Collection[str]) -> str:
    query = select(func.lower(AttachmentRow.name)).where(AttachmentRow.chat_id == chat_id)
    here = set(await session.scalars(query))
    taken = here.union(elsewhere)
    if len(here) >= MAX_PER_CHAT:
        raise QuotaExceeded(f"A conversation holds at most {MAX_PER_CHAT} attached files.")
    stem, dot, ending = name.rpartition(".")
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{stem}-{number}.{ending}" if dot else f"{name}-{number}"
    return candidate
