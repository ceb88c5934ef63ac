"""The first admin: by a one-time link, or from the settings without a prompt."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.fields import MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, normal_email
from entourage.accounts.hashes import new_token, token_hash
from entourage.accounts.limits import AuthThrottle
from entourage.accounts.people import People, new_person
from entourage.accounts.races import with_second_try
from entourage.accounts.schemas import SetupIn
from entourage.accounts.sign_ins import Begun, SignIns
from entourage.accounts.tables import SetupToken, User
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Forbidden
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database

_ONLY_ROW = 1


class Setup:
    """Makes the first admin, and only the first."""

    def __init__(
        self, database: Database, settings: Settings, people: People, sign_ins: SignIns, throttle: AuthThrottle
    ) -> None:
        self._database = database
        self._settings = settings
        self._people = people
        self._sign_ins = sign_ins
        self._throttle = throttle

    async def needs_admin(self) -> bool:
        """Whether nobody is an admin yet."""
        async with self._database.read(EVERYONE) as session:
            return not await _has_admin(session)

    async def prepare(self) -> str | None:
        """At start: make the admin of the settings, or a fresh one-time link. Gives the link, None without need.

        Raises ValueError when the admin of the settings has no usable address or password.
        """
        if not await self.needs_admin():
            return None
        if self._settings.admin_email and self._settings.admin_password is not None:
            await self._make_from_settings(self._settings.admin_email, self._settings.admin_password.get_secret_value())
            return None
        token = new_token()
        await with_second_try(lambda: self._keep_link(token))
        return f"{self._settings.base_url}/setup?token={token}"

    async def _keep_link(self, token: str) -> None:
        async with self._database.write(EVERYONE) as session:
            await session.merge(SetupToken(id=_ONLY_ROW, token_hash=token_hash(token), created_at=now_ms()))

    async def _make_from_settings(self, email: str, password: str) -> None:
        if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
            raise ValueError(
                f"ENTOURAGE_ADMIN_PASSWORD must have {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters"
            )
        try:
            address = normal_email(email)
        except ValueError as error:
            raise ValueError(f"ENTOURAGE_ADMIN_EMAIL: {error}") from None
        try:
            await self._people.create_user(address, password, address.partition("@")[0], is_admin=True)
        except Conflict:
            return  # another process of the same start was faster

    async def finish(self, body: SetupIn, address: str) -> Begun:
        """The first admin by the link. Raises TooMany, Forbidden for a wrong or used link, Conflict with an admin."""
        await self._throttle.attempt(body.email, address)
        password_hash = await self._people.passwords.hash(body.password.get_secret_value())
        async with self._database.write(EVERYONE) as session:
            await _spend_link(session, body.token)
            if await _has_admin(session):
                raise Conflict("This server already has an admin.", hint="Sign in, or ask them for an invitation.")
            user = await new_person(session, body.email, password_hash, body.full_name, is_admin=True)
            return await self._sign_ins.begin(session, user)


async def _spend_link(session: AsyncSession, token: str) -> None:
    spent = await session.scalar(
        delete(SetupToken).where(SetupToken.token_hash == token_hash(token)).returning(SetupToken.id)
    )
    if spent is None:
        raise Forbidden("The setup link is wrong or was used.", hint="The server prints a new link when it starts.")


async def _has_admin(session: AsyncSession) -> bool:
    return await session.scalar(select(User.id).where(User.is_admin, User.is_active).limit(1)) is not None
