"""Read-only links to conversations. A link shows one branch up to one finished message, whatever is said later.

Finished messages and versions of artifacts never change, so a link needs no copy of them; it ends with the
conversation, and with its revocation. The link is opened as the owner, but gives nothing that is not on the branch.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select

from entourage.accounts.hashes import new_token, token_hash
from entourage.accounts.tables import User
from entourage.artifacts.links import Links, Target
from entourage.artifacts.service import Artifacts
from entourage.chats.branches import path_to
from entourage.chats.schemas import message_of
from entourage.chats.service import find_chat, find_message
from entourage.chats.share_schemas import (
    NewShare,
    Share,
    SharedArtifact,
    SharedCall,
    SharedChat,
    SharedFile,
    SharedMessage,
    SharedPart,
)
from entourage.chats.tables import MessageRow, ShareRow
from entourage.events.message import ArtifactRef, AttachmentPart, DataPart, Message, Part, TextPart, ToolCallPart
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database

PATH = "/share"
"""Where the client shows a shared conversation."""

MAX_PER_CHAT = 100
MAX_MESSAGES = 2_000
"""Of a long branch the newest are shown."""


class Shares:
    """Links by conversation. Only a hash of each token is kept."""

    def __init__(self, database: Database, artifacts: Artifacts, links: Links, *, base_url: str) -> None:
        self._database = database
        self._artifacts = artifacts
        self._links = links
        self._base_url = base_url

    async def create(self, owner_id: str, chat_id: str, message_id: str | None) -> NewShare:
        """A new link. Raises NotFound, Invalid (nothing is said yet), Conflict (being written, too many links)."""
        token = new_token()
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, chat_id)
            leaf = message_id or chat.active_message_id
            if leaf is None:
                raise Invalid("There is nothing in this conversation yet.")
            _check_whole(await find_message(session, chat_id, leaf))
            count = await session.scalar(select(func.count()).where(ShareRow.chat_id == chat_id))
            if int(count or 0) >= MAX_PER_CHAT:
                raise Conflict(f"A conversation has at most {MAX_PER_CHAT} links.", hint="Revoke one you do not need.")
            row = ShareRow(
                id=new_id(),
                chat_id=chat_id,
                message_id=leaf,
                token_hash=token_hash(token),
                title=chat.title,
                created_ms=now_ms(),
            )
            session.add(row)
        return NewShare(**Share.of(row).model_dump(), token=token, url=f"{self._base_url}{PATH}/{token}")

    async def list(self, owner_id: str, chat_id: str) -> list[Share]:
        """Newest first. Raises NotFound."""
        query = select(ShareRow).where(ShareRow.chat_id == chat_id).order_by(ShareRow.id.desc())
        async with self._database.read(owner_id) as session:
            await find_chat(session, chat_id)
            return [Share.of(row) for row in await session.scalars(query)]

    async def revoke(self, owner_id: str, chat_id: str, share_id: str) -> None:
        """End a link at once. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await session.get(ShareRow, share_id)
            if row is None or row.chat_id != chat_id:
                raise NotFound(f"There is no link {share_id} to this conversation.")
            await session.execute(delete(ShareRow).where(ShareRow.id == share_id))

    async def open(self, token: str) -> SharedChat:
        """What a link shows. Raises NotFound, equally for tokens that never were, revoked ones and disabled owners."""
        async with self._database.read(EVERYONE) as session:
            query = select(ShareRow).join(User, User.id == ShareRow.owner_id).where(User.is_active)
            share = await session.scalar(query.where(ShareRow.token_hash == token_hash(token)))
        if share is None:
            raise NotFound("There is no such shared conversation.", hint="The link may have been revoked.")
        async with self._database.read(share.owner_id) as session:
            rows = await path_to(session, share.message_id, MAX_MESSAGES)
        shown = _Shown(share.owner_id, self._artifacts, self._links)
        messages = [await shown.message(message_of(row, [])) for row in rows]
        return SharedChat(title=share.title, shared_at=share.created_ms, messages=messages)


class _Shown:
    """Turns an owner's messages into what strangers see of them."""

    def __init__(self, owner_id: str, artifacts: Artifacts, links: Links) -> None:
        self._owner_id = owner_id
        self._artifacts = artifacts
        self._links = links

    async def message(self, message: Message) -> SharedMessage:
        parts = [shown for part in message.parts if (shown := await self._part(part))]
        return SharedMessage(role=message.role, agent=message.agent, parts=parts, created_at=message.created_at)

    async def _part(self, part: Part) -> SharedPart | None:
        match part:
            case TextPart() | DataPart():
                return part
            case AttachmentPart():
                return SharedFile(name=part.name, mime=part.mime, size=part.size)
            case ToolCallPart():
                found = [artifact for ref in part.artifacts if (artifact := await self._artifact(ref))]
                return SharedCall(tool=part.tool, status=part.status, artifacts=found)
            case _:
                return None

    async def _artifact(self, ref: ArtifactRef) -> SharedArtifact | None:
        try:
            artifact = await self._artifacts.get(self._owner_id, ref.id)
        except NotFound:  # deleted since
            return None
        return SharedArtifact(
            id=ref.id,
            version=ref.version,
            title=ref.title,
            type=artifact.type,
            format=artifact.format,
            language=artifact.language,
            content_url=self._links.link(Target(self._owner_id, ref.id, ref.version)),
        )


def _check_whole(row: MessageRow) -> None:
    if row.status in ("streaming", "waiting", "paused"):
        raise Conflict("This turn is still being written.", hint="Share it when it has ended.")
