"""The people of this server: making them, and what admins change of them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.passwords import Passwords
from entourage.accounts.schemas import UserAsAdmin, UserPatch
from entourage.accounts.sign_ins import end_all
from entourage.accounts.standing import Standings
from entourage.accounts.tables import User
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import EVERYONE, Database


def user_etag(user: User) -> str:
    """The entity tag of a person's row."""
    return etag_of("user", user.id, user.version)


async def new_person(
    session: AsyncSession, email: str, password_hash: str, full_name: str, *, is_admin: bool = False
) -> User:
    """A new row of a normal address. Raises Conflict when somebody has the address."""
    taken = Conflict("Somebody already has this e-mail address.", hint="Sign in instead.")
    if await session.scalar(select(User.id).where(User.email == email)) is not None:
        raise taken
    user = User(
        id=new_id(),
        email=email,
        full_name=full_name,
        password_hash=password_hash,
        is_admin=is_admin,
        is_active=True,
        token_version=1,
        version=1,
        created_at=now_ms(),
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError:
        raise taken from None
    return user


class People:
    """Finds, makes and changes people. `passwords` hashes theirs."""

    def __init__(self, database: Database, passwords: Passwords, standings: Standings) -> None:
        self.passwords = passwords
        self._database = database
        self._standings = standings

    async def create_user(self, email: str, password: str, full_name: str, *, is_admin: bool = False) -> User:
        """A new person with a normal address. Raises Conflict."""
        password_hash = await self.passwords.hash(password)
        async with self._database.write(EVERYONE) as session:
            return await new_person(session, email, password_hash, full_name, is_admin=is_admin)

    async def get(self, user_id: str) -> User:
        """A person. Raises NotFound."""
        async with self._database.read(EVERYONE) as session:
            return _found(await session.get(User, user_id), user_id)

    async def by_email(self, email: str) -> User | None:
        """The person with this normal address."""
        async with self._database.read(EVERYONE) as session:
            return await session.scalar(select(User).where(User.email == email))

    async def page(self, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of people, newest first."""
        query = select(User).order_by(User.id.desc()).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(User.id < after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), UserAsAdmin.model_validate)

    async def change(self, user_id: str, patch: UserPatch, if_match: str | None) -> User:
        """What an admin changes. Raises NotFound, Stale, or Conflict when no active admin would be left."""
        async with self._database.write(EVERYONE) as session:
            admins = await _lock_admins(session)
            user = _found(await session.get(User, user_id, with_for_update=True), user_id)
            check_if_match(if_match, user_etag(user))
            _apply(user, patch)
            if admins == [user_id] and not (user.is_admin and user.is_active):
                raise Conflict("This is the last admin.", hint="Make somebody else an admin first.")
            if not user.is_active:
                await end_all(session, user)
        await self._standings.forget_person(user_id)
        return user


def _apply(user: User, patch: UserPatch) -> None:
    changes = patch.model_dump(exclude_none=True)
    if any(getattr(user, name) != value for name, value in changes.items()):
        user.version += 1
    for name, value in changes.items():
        setattr(user, name, value)


async def _lock_admins(session: AsyncSession) -> list[str]:
    """Active admins, held until the transaction ends, so that two admins cannot depose each other at once."""
    query = select(User.id).where(User.is_admin, User.is_active).order_by(User.id).with_for_update()
    return list(await session.scalars(query))


def _found(user: User | None, user_id: str) -> User:
    if user is None:
        raise NotFound(f"There is nobody with the id {user_id}.")
    return user
