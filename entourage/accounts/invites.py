"""Invitations: links that let one person register."""

from __future__ import annotations

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.hashes import new_token, token_hash
from entourage.accounts.schemas import InviteMade, InviteOut
from entourage.accounts.tables import Invite
from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, NotFound
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import EVERYONE, Database


class Invites:
    """Makes, lists and withdraws invitations; all admins share them."""

    def __init__(self, database: Database, life_seconds: int) -> None:
        self._database = database
        self._life_ms = life_seconds * 1000

    async def make(self, admin_id: str, email: str | None) -> InviteMade:
        """A new invitation with its token."""
        token, now = new_token(24), now_ms()
        row = Invite(
            id=new_id(),
            token_hash=token_hash(token),
            email=email,
            created_by=admin_id,
            created_at=now,
            expires_at=now + self._life_ms,
        )
        async with self._database.write(EVERYONE) as session:
            session.add(row)
        shown = InviteOut.model_validate(row)
        return InviteMade(**shown.model_dump(), token=token, link_path=f"/register?invite={token}")

    async def page(self, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of open invitations, newest first."""
        query = select(Invite).where(Invite.expires_at > now_ms()).order_by(Invite.id.desc()).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(Invite.id < after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), InviteOut.model_validate)

    async def withdraw(self, invite_id: str) -> None:
        """Make an invitation useless. Raises NotFound."""
        async with self._database.write(EVERYONE) as session:
            gone = await session.scalar(delete(Invite).where(Invite.id == invite_id).returning(Invite.id))
        if gone is None:
            raise NotFound(f"There is no invitation {invite_id}.")

    async def purge(self) -> None:
        """Remove invitations that have expired."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(delete(Invite).where(Invite.expires_at <= now_ms()))


async def spend_invite(session: AsyncSession, token: str | None, email: str) -> None:
    """Use an invitation up, inside the transaction that makes the person. Raises Forbidden."""
    if token is None:
        raise Forbidden("Registration is by invitation.", hint="Ask an admin for a link.")
    spent = await session.scalar(
        delete(Invite)
        .where(
            Invite.token_hash == token_hash(token),
            Invite.expires_at > now_ms(),
            or_(Invite.email.is_(None), Invite.email == email),
        )
        .returning(Invite.id)
    )
    if spent is None:
        raise Forbidden("The invitation is unknown, used, expired or for another address.", hint="Ask for a new link.")
