"""`/my/chat/{id}/share`: links to a conversation; `/api/v1/shared/{token}`: what whoever has one sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from entourage.accounts.identity import CurrentUser
from entourage.chats.share_schemas import NewShare, ShareChat, SharedChat, ShareList
from entourage.chats.shares import Shares
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(tags=["shares"])

SharesHere = Annotated[Shares, service(Shares)]


@router.post("/my/chat/{chat_id}/share", status_code=201, responses=problems(401, 404, 409, 422, 429))
async def share_chat(chat_id: Id, what: ShareChat, user: CurrentUser, shares: SharesHere) -> NewShare:
    """Make a link that shows the conversation, as it is now, to whoever has it."""
    return await shares.create(user.user_id, chat_id, what.message_id)


@router.get("/my/chat/{chat_id}/share", responses=problems(401, 404, 422, 429))
async def list_shares(chat_id: Id, user: CurrentUser, shares: SharesHere) -> ShareList:
    """The links to a conversation, without their tokens."""
    return ShareList(items=await shares.list(user.user_id, chat_id))


@router.delete("/my/chat/{chat_id}/share/{share_id}", status_code=204, responses=problems(401, 404, 422, 429))
async def revoke_share(chat_id: Id, share_id: Id, user: CurrentUser, shares: SharesHere) -> None:
    """End a link at once."""
    await shares.revoke(user.user_id, chat_id, share_id)


@router.get("/api/v1/shared/{token}", responses=problems(404, 422, 429))
async def shared_chat(
    token: Annotated[str, Path(max_length=100)], shares: SharesHere, response: Response
) -> SharedChat:
    """A shared conversation, for anybody who has its link."""
    response.headers["X-Robots-Tag"] = "noindex"
    return await shares.open(token)
