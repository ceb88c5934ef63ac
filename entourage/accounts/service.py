"""Registering, signing in and out, changing passwords, and what the command line needs of people."""

from __future__ import annotations

from entourage.accounts.fields import normal_email
from entourage.accounts.invites import spend_invite
from entourage.accounts.limits import AuthThrottle
from entourage.accounts.people import People, new_person
from entourage.accounts.schemas import LoginIn, PasswordIn, RegisterIn, TokensOut, UserOut
from entourage.accounts.sign_ins import Begun, SignIns, end_all
from entourage.accounts.standing import Standings
from entourage.accounts.tables import User
from entourage.accounts.tokens import AccessTokens
from entourage.kit.errors import Forbidden, NotFound, Unauthorized
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database


class Accounts:
    """The doors of people. Every method that checks a password is throttled by account and by address."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        people: People,
        sign_ins: SignIns,
        tokens: AccessTokens,
        standings: Standings,
        throttle: AuthThrottle,
    ) -> None:
        self.people = people
        self.sign_ins = sign_ins
        self.tokens = tokens
        self._database = database
        self._settings = settings
        self._standings = standings
        self._throttle = throttle

    async def register(self, body: RegisterIn, address: str) -> Begun:
        """A new person, signed in. Raises TooMany, Forbidden, Conflict."""
        await self._throttle.attempt(body.email, address)
        mode = self._settings.registration
        if mode == "closed":
            raise Forbidden("Registration is closed.", hint="Ask an admin.")
        password_hash = await self.people.passwords.hash(body.password.get_secret_value())
        async with self._database.write(EVERYONE) as session:
            if mode == "invite":
                await spend_invite(session, body.invite, body.email)
            user = await new_person(session, body.email, password_hash, body.full_name)
            return await self.sign_ins.begin(session, user)

    async def login(self, body: LoginIn, address: str) -> Begun:
        """Sign in. Raises TooMany, Unauthorized: the same for unknown and inactive people and wrong passwords."""
        await self._throttle.attempt(body.email, address)
        user = await self.people.by_email(body.email)
        known_hash = user.password_hash if user is not None and user.is_active else None
        right = await self.people.passwords.verify(body.password.get_secret_value(), known_hash)
        if user is None or not right:
            raise Unauthorized("The e-mail address or the password is wrong.")
        async with self._database.write(EVERYONE) as session:
            return await self.sign_ins.begin(session, user)

    async def change_password(self, user_id: str, body: PasswordIn, address: str) -> Begun:
        """A new password and a new sign-in; all others end. Raises TooMany, Forbidden for a wrong current password."""
        user = await self.people.get(user_id)
        await self._throttle.attempt(user.email, address)
        passwords = self.people.passwords
        if not await passwords.verify(body.current_password.get_secret_value(), user.password_hash):
            raise Forbidden("The current password is wrong.")
        begun = await self._set_password(user, await passwords.hash(body.new_password.get_secret_value()))
        await self._standings.forget_person(user_id)
        return begun

    async def _set_password(self, known: User, password_hash: str) -> Begun:
        async with self._database.write(EVERYONE) as session:
            user = await session.get(User, known.id, with_for_update=True)
            if user is None or not user.is_active or user.password_hash != known.password_hash:
                raise Forbidden("The current password is wrong.")  # it was changed in the meantime
            user.password_hash = password_hash
            user.version += 1
            await end_all(session, user)
            return await self.sign_ins.begin(session, user)

    async def logout(self, user_id: str, sign_in_id: str | None) -> None:
        """End the sign-in of an access token."""
        if sign_in_id is not None:
            await self.sign_ins.end(sign_in_id, user_id)

    def tokens_of(self, begun: Begun, *, hide_refresh_token: bool) -> TokensOut:
        """What the caller gets for a sign-in."""
        return TokensOut(
            access_token=self.tokens.sign(begun.user.id, begun.sign_in_id, begun.user.token_version),
            refresh_token=None if hide_refresh_token else begun.refresh_token,
            expires_in=self.tokens.life_seconds,
            user=UserOut.model_validate(begun.user),
        )

    async def create_user(self, email: str, password: str, full_name: str, *, is_admin: bool = False) -> User:
        """For the command line and tests. Raises ValueError for a bad address, Conflict for a taken one."""
        return await self.people.create_user(normal_email(email), password, full_name, is_admin=is_admin)

    async def mint_access_token(self, user_id: str) -> str:
        """For the command line and tests: an access token without a sign-in. Raises NotFound."""
        user = await self.people.get(user_id)
        if not user.is_active:
            raise NotFound(f"The account {user.email} is not active.")
        return self.tokens.sign(user.id, None, user.token_version)

    async def purge(self) -> None:
        """Remove what has expired; call it once in a while."""
        await self.sign_ins.purge()
        await self.tokens.retire()
