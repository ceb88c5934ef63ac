"""What tokens are checked against at each request: is the person active, which sign-ins ended, what is a key good for.

Kept in the cache for a short time and forgotten at each change, so that what is revoked stops working at once. Looking
up and forgetting hold the same lock: nobody can put back what was read before a change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.hashes import token_hash
from entourage.accounts.tables import ApiKey, SignIn, User
from entourage.kit.clock import now_ms
from entourage.stores.cache import Cache
from entourage.stores.sql import EVERYONE, Database

TTL_SECONDS = 30.0
"""How long a change may go unseen in the one case when Redis lost the order to forget."""

USED_EVERY_MS = 60_000
"""`last_used_at` of a key is as fine as this."""

RolesSource = Callable[[str], Awaitable[dict[str, str]]]


class Person(msgspec.Struct, frozen=True):
    """What matters of a person at each request. `ended_sign_ins` whose access tokens may still be unexpired."""

    token_version: int
    is_active: bool
    is_admin: bool
    ended_sign_ins: list[str]
    roles: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class Key(msgspec.Struct, frozen=True):
    """What matters of a key at each request."""

    id: str
    owner_id: str
    scopes: list[str]
    expires_at: int | None
    app: str | None = None


class Standings:
    """Looks up people and keys by way of the cache."""

    def __init__(self, database: Database, cache: Cache, token_seconds: int) -> None:
        self._database = database
        self._cache = cache
        self._token_ms = token_seconds * 1000
        self._roles: RolesSource | None = None
        self._on_forget: list[Callable[[], None]] = []

    def on_forget(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever this process forgets a person or a key: for caches in front of this one."""
        self._on_forget.append(listener)

    def take_roles_from(self, source: RolesSource) -> None:
        """Let workspaces tell a person's roles; they call `forget_person` when one changes."""
        self._roles = source

    async def of_person(self, user_id: str) -> Person | None:
        """The standing of a person, None for an unknown one."""
        name = f"person:{user_id}"
        if (known := await self._cache.get(name)) is not None:
            return msgspec.convert(known, Person)
        async with self._cache.lock(name):
            person = await self._load_person(user_id)
            if person is not None:
                await self._cache.set(name, person, ttl_seconds=TTL_SECONDS)
            return person

    async def forget_person(self, user_id: str) -> None:
        """Call it after a change of the person, their sign-ins or roles has been committed."""
        async with self._cache.lock(f"person:{user_id}"):
            await self._cache.delete(f"person:{user_id}")
        self._tell_forgotten()

    async def of_key(self, token: str) -> Key | None:
        """The standing of a key, None for one that is unknown or expired."""
        name = f"key:{token_hash(token)}"
        if (known := await self._cache.get(name)) is not None:
            key = msgspec.convert(known, Key)
        else:
            async with self._cache.lock(name):
                key = await self._load_key(token_hash(token))
                if key is not None:
                    await self._cache.set(name, key, ttl_seconds=TTL_SECONDS)
        return key if key and (key.expires_at is None or key.expires_at > now_ms()) else None

    async def forget_key(self, key_hash: str) -> None:
        """Call it after a key has been revoked."""
        async with self._cache.lock(f"key:{key_hash}"):
            await self._cache.delete(f"key:{key_hash}")
        self._tell_forgotten()

    def _tell_forgotten(self) -> None:
        for listener in self._on_forget:
            listener()

    async def _load_person(self, user_id: str) -> Person | None:
        async with self._database.read(EVERYONE) as session:
            user = await session.get(User, user_id)
            if user is None:
                return None
            ended = await session.scalars(
                select(SignIn.id).where(SignIn.owner_id == user_id, SignIn.revoked_at > now_ms() - self._token_ms)
            )
            ended_sign_ins = list(ended)
        return Person(
            token_version=user.token_version,
            is_active=user.is_active,
            is_admin=user.is_admin,
            ended_sign_ins=ended_sign_ins,
            roles=await self._roles(user_id) if self._roles else {},
        )

    async def _load_key(self, key_hash: str) -> Key | None:
        async with self._database.read(EVERYONE) as session:
            row = await session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash))
        if row is None:
            return None
        if (row.last_used_at or 0) < now_ms() - USED_EVERY_MS:
            async with self._database.write(EVERYONE) as session:
                await _mark_used(session, row.id)
        return Key(row.id, row.owner_id, row.scopes, row.expires_at, row.app)


async def _mark_used(session: AsyncSession, key_id: str) -> None:
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now_ms()))
