"""`/my/chat`: conversations, messages, attachments."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Header, Query, Response, UploadFile

from entourage.accounts.identity import CurrentUser
from entourage.chats.attachments import Attachments
from entourage.chats.export import as_json, as_markdown
from entourage.chats.schemas import (
    Attachment,
    ChangeChat,
    Chat,
    Hits,
    Messages,
    NewChat,
    Regenerate,
    SendMessage,
    Sent,
)
from entourage.chats.service import Chats
from entourage.chats.talk import Talk
from entourage.kit.errors import Invalid
from entourage.kit.etag import etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/chat", tags=["chats"])

ChatsHere = Annotated[Chats, service(Chats)]
TalkHere = Annotated[Talk, service(Talk)]
AttachmentsHere = Annotated[Attachments, service(Attachments)]
IfMatch = Annotated[str | None, Header(max_length=4096)]

MAX_WAIT_SECONDS = 600
EXPORT_PAGE = 200

_WAIT = re.compile(r"(?:^|,)\s*wait\s*(?:=\s*(\d{1,4}))?\s*(?:,|;|$)")


@router.post("", status_code=201, responses=problems(401, 404, 409, 422, 429))
async def create_chat(new: NewChat, user: CurrentUser, chats: ChatsHere, response: Response) -> Chat:
    """Begin a conversation."""
    return _tagged(response, await chats.create(user.user_id, new))


@router.get("", responses=problems(401, 422, 429))
async def list_chats(user: CurrentUser, chats: ChatsHere, limit: Limit = 50, cursor: Cursor = None) -> Page[Chat]:
    """Conversations, pinned ones first, then by last activity."""
    before = decode_cursor(cursor, tuple[bool, int, str]) if cursor else None
    found = await chats.list(user.user_id, before=before, limit=limit + 1)
    page = page_of(found, limit, lambda chat: (chat.pinned, chat.updated_at, chat.id), lambda chat: chat)
    return Page[Chat].model_validate(page)


@router.get("/search", responses=problems(401, 422, 429))
async def search_chats(
    user: CurrentUser,
    chats: ChatsHere,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words to find.", examples=["invoice"])],
    limit: Limit = 50,
) -> Hits:
    """Messages that hold all the words."""
    return Hits(items=await chats.search(user.user_id, q, limit))


@router.get("/{chat_id}", responses=problems(401, 404, 422, 429))
async def get_chat(chat_id: Id, user: CurrentUser, chats: ChatsHere, response: Response) -> Chat:
    """One conversation."""
    return _tagged(response, await chats.get(user.user_id, chat_id))


@router.patch("/{chat_id}", responses=problems(400, 401, 404, 412, 422, 429))
async def change_chat(
    chat_id: Id, change: ChangeChat, user: CurrentUser, chats: ChatsHere, response: Response, if_match: IfMatch = None
) -> Chat:
    """Rename, pin, or switch to another branch."""
    return _tagged(response, await chats.change(user.user_id, chat_id, change, if_match))


@router.delete("/{chat_id}", status_code=204, responses=problems(400, 401, 404, 409, 412, 422, 429))
async def delete_chat(chat_id: Id, user: CurrentUser, chats: ChatsHere, if_match: IfMatch = None) -> None:
    """Remove a conversation with its files, results and events."""
    await chats.delete(user.user_id, chat_id, if_match)


@router.get("/{chat_id}/messages", responses=problems(401, 404, 422, 429))
async def list_messages(
    chat_id: Id,
    user: CurrentUser,
    chats: ChatsHere,
    limit: Limit = 100,
    before: Id | None = None,
    through: Id | None = None,
) -> Messages:
    """The branch one sees, or the one `through` a message, oldest first; `before` a message for earlier ones."""
    return await chats.messages(user.user_id, chat_id, before=before, through=through, limit=limit)


@router.post(
    "/{chat_id}/message/",
    status_code=202,
    responses={**problems(401, 404, 409, 422, 429, 503), 200: {"model": Sent, "description": "The reply, waited for."}},
)
async def send_message(
    chat_id: Id,
    said: SendMessage,
    user: CurrentUser,
    talk: TalkHere,
    response: Response,
    prefer: Annotated[str, Header(max_length=200, examples=["wait=60"])] = "",
) -> Sent:
    """Say something; the answer comes on the stream. With `Prefer: wait=60` it is waited for."""
    seconds = _wait_seconds(prefer)
    sent = await talk.send(user.user_id, chat_id, said)
    if seconds is None:
        return sent
    try:
        async with asyncio.timeout(seconds):
            sent.reply = await talk.wait(user.user_id, sent)
    except TimeoutError:
        return sent
    response.status_code = 200
    response.headers["Preference-Applied"] = "wait"
    return sent


@router.post(
    "/{chat_id}/messages/{message_id}/regenerate", status_code=202, responses=problems(401, 404, 409, 422, 429)
)
async def regenerate(chat_id: Id, message_id: Id, how: Regenerate, user: CurrentUser, talk: TalkHere) -> Sent:
    """Answer the same message again, maybe by another model."""
    return await talk.regenerate(user.user_id, chat_id, message_id, how)


@router.post("/{chat_id}/attachments", status_code=201, responses=problems(400, 401, 404, 413, 422, 429, 507))
async def add_attachment(chat_id: Id, file: UploadFile, user: CurrentUser, attachments: AttachmentsHere) -> Attachment:
    """Upload a file to attach to the next message."""
    data = await file.read()
    return await attachments.add(user.user_id, chat_id, file.filename or "", file.content_type, data)


@router.get(
    "/{chat_id}/attachments/{attachment_id}/content",
    response_class=Response,
    responses={
        **problems(401, 404, 422, 429),
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def attachment_content(
    chat_id: Id, attachment_id: Id, user: CurrentUser, attachments: AttachmentsHere
) -> Response:
    """The file as it was attached."""
    attachment, data = await attachments.content(user.user_id, chat_id, attachment_id)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
            "X-Attachment-Type": attachment.mime,
        },
    )


@router.get(
    "/{chat_id}/export",
    response_class=Response,
    responses={
        **problems(401, 404, 422, 429),
        200: {
            "content": {
                "text/markdown": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            }
        },
    },
)
async def export_chat(
    chat_id: Id,
    user: CurrentUser,
    chats: ChatsHere,
    format: Literal["markdown", "json"] = "markdown",
) -> Response:
    """The branch one sees, as a file."""
    chat = await chats.get(user.user_id, chat_id)
    messages = (await chats.messages(user.user_id, chat_id, before=None, limit=EXPORT_PAGE)).items
    while messages and messages[0].parent_id:
        page = await chats.messages(user.user_id, chat_id, before=messages[0].id, limit=EXPORT_PAGE)
        messages = page.items + messages
    body, ending, mime = (
        (as_json(chat, messages), "json", "application/json")
        if format == "json"
        else (as_markdown(chat, messages), "md", "text/markdown")
    )
    name = quote(f"{chat.title[:80]}.{ending}")
    return Response(body, media_type=mime, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def _wait_seconds(prefer: str) -> int | None:
    """How long the caller would wait (RFC 7240); None when they do not ask to."""
    asked = _WAIT.search(prefer)
    if not asked:
        return None
    seconds = int(asked.group(1) or 60)
    if seconds > MAX_WAIT_SECONDS:
        raise Invalid(f"Prefer: wait may be up to {MAX_WAIT_SECONDS} seconds.")
    return seconds


def _tagged(response: Response, chat: Chat) -> Chat:
    response.headers["ETag"] = etag_of(chat.id, chat.version)
    return chat
