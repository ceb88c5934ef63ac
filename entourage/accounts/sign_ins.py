"""Sign-ins: families of refresh tokens that rotate at each use.

A refresh token is `<family secret>.<own secret>`; the first half stays through rotations and gives the CSRF token. A
token that comes a second time has been copied, so its whole family ends. One case is spared: two tabs of one browser
share a cookie and may send it in the same moment. The second, within `GRACE_MS` and while the newer token is unused,
gets an access token and no refresh token: the browser already has the newer cookie, and a thief gains nothing that
outlives the family. Tokens sent in a body have no such excuse.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.hashes import new_token, token_hash
from entourage.accounts.standing import Standings
from entourage.accounts.tables import RefreshToken, SignIn, User
from entourage.kit.clock import now_ms
from entourage.kit.errors import Unauthorized
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database

GRACE_MS = 10_000


class Begun(msgspec.Struct, frozen=True):
    """A sign-in with its newest refresh token; None when the caller keeps the one it has."""

    user: User
    sign_in_id: str
    refresh_token: str | None


class _Refused(msgspec.Struct, frozen=True):
    """Why a token does not work. `owner_id` when something was revoked for it."""

    detail: str
    owner_id: str | None = None


def csrf_of(refresh_token: str) -> str:
    """The CSRF token that belongs to a refresh token: the same for the whole family, and no way back."""
    return token_hash("csrf:" + refresh_token.partition(".")[0])[:43]


class SignIns:
    """Begins, renews and ends sign-ins."""

    def __init__(self, database: Database, standings: Standings, life_seconds: int) -> None:
        self.life_seconds = life_seconds
        self._database = database
        self._standings = standings

    async def begin(self, session: AsyncSession, user: User) -> Begun:
        """A new sign-in, inside the caller's transaction (opened with EVERYONE)."""
        sign_in = SignIn(id=new_id(), owner_id=user.id, created_at=now_ms(), expires_at=self._end())
        session.add(sign_in)
        await session.flush()
        token = f"{new_token(16)}.{new_token()}"
        session.add(RefreshToken(token_hash=token_hash(token), owner_id=user.id, sign_in_id=sign_in.id))
        return Begun(user, sign_in.id, token)

    async def renew(self, token: str, *, from_cookie: bool) -> Begun:
        """The next refresh token for this one. Raises Unauthorized; a token used before ends its family."""
        async with self._database.write(EVERYONE) as session:
            outcome = await self._renew(session, token, from_cookie=from_cookie)
        if isinstance(outcome, Begun):
            return outcome
        if outcome.owner_id is not None:
            await self._standings.forget_person(outcome.owner_id)
        raise Unauthorized(outcome.detail, hint="Sign in again.")

    async def _renew(self, session: AsyncSession, token: str, *, from_cookie: bool) -> Begun | _Refused:
        row = await session.get(RefreshToken, token_hash(token), with_for_update=True)
        sign_in = await session.get(SignIn, row.sign_in_id, with_for_update=True) if row else None
        user = await session.get(User, sign_in.owner_id) if sign_in else None
        if row is None or sign_in is None or user is None or not user.is_active:
            return _Refused("The refresh token is not one of this server.")
        if sign_in.revoked_at is not None or sign_in.expires_at <= now_ms():
            return _Refused("This sign-in has ended.")
        if row.used_at is not None:
            if from_cookie and await _is_twin(session, row):
                return Begun(user, sign_in.id, None)
            sign_in.revoked_at = now_ms()
            return _Refused("The refresh token was used before, so this sign-in has been ended.", user.id)
        following = f"{token.partition('.')[0]}.{new_token()}"
        row.used_at, row.next_hash = now_ms(), token_hash(following)
        sign_in.expires_at = self._end()
        session.add(RefreshToken(token_hash=row.next_hash, owner_id=user.id, sign_in_id=sign_in.id))
        return Begun(user, sign_in.id, following)

    async def end(self, sign_in_id: str, owner_id: str) -> None:
        """End one sign-in; its access tokens stop working at once."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(
                update(SignIn)
                .where(SignIn.id == sign_in_id, SignIn.owner_id == owner_id, SignIn.revoked_at.is_(None))
                .values(revoked_at=now_ms())
            )
        await self._standings.forget_person(owner_id)

    async def end_by_token(self, token: str) -> None:
        """End the sign-in of a refresh token, whichever of its tokens it is. Raises Unauthorized for an unknown one."""
        async with self._database.read(EVERYONE) as session:
            row = await session.get(RefreshToken, token_hash(token))
        if row is None:
            raise Unauthorized("The refresh token is not one of this server.")
        await self.end(row.sign_in_id, row.owner_id)

    async def purge(self) -> None:
        """Remove sign-ins that nobody can renew any more."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(delete(SignIn).where(SignIn.expires_at < now_ms() - 24 * 3600 * 1000))

    def _end(self) -> int:
        return now_ms() + self.life_seconds * 1000


async def end_all(session: AsyncSession, user: User) -> None:
    """End every sign-in and every access token of a person, inside the caller's transaction."""
    user.token_version += 1
    await session.execute(
        update(SignIn).where(SignIn.owner_id == user.id, SignIn.revoked_at.is_(None)).values(revoked_at=now_ms())
    )


async def _is_twin(session: AsyncSession, row: RefreshToken) -> bool:
    if row.used_at is None or row.next_hash is None or now_ms() - row.used_at > GRACE_MS:
        return False
    unused = select(RefreshToken.token_hash).where(
        RefreshToken.token_hash == row.next_hash, RefreshToken.used_at.is_(None)
    )
    return await session.scalar(unused) is not None
