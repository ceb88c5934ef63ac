"""Personal API keys (`ent_...`) and ingest keys (`ent_in_...`): shown once, kept as hashes."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, func, select

from entourage.accounts.hashes import token_hash
from entourage.accounts.identity import KEY_MARK
from entourage.accounts.schemas import KeyIn, KeyMade, KeyOut
from entourage.accounts.standing import Standings
from entourage.accounts.tables import ApiKey
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import Database

INGEST_MARK = f"{KEY_MARK}in_"
MAX_KEYS = 100
_SHOWN_CHARACTERS = 8
_DAY_MS = 24 * 3600 * 1000


class Keys:
    """Makes, lists and revokes the keys of a person."""

    def __init__(self, database: Database, standings: Standings) -> None:
        self._database = database
        self._standings = standings

    async def make(self, user_id: str, body: KeyIn, *, is_admin: bool) -> KeyMade:
        """A new key. Raises Invalid for scopes that do not go together or are not theirs, Conflict for too many."""
        scopes: list[str] = list(dict.fromkeys(body.scopes))
        _check_scopes(scopes, is_admin=is_admin)
        if body.app is not None and scopes != ["ingest"]:
            message = "only an ingest key belongs to an application"
            raise Invalid(f"Not valid: app; {message}.", errors=[{"field": "app", "message": message}])
        mark = INGEST_MARK if scopes == ["ingest"] else KEY_MARK
        token = mark + secrets.token_hex(24)
        now = now_ms()
        row = ApiKey(
            id=new_id(),
            owner_id=user_id,
            name=body.name,
            prefix=token[: len(mark) + _SHOWN_CHARACTERS],
            key_hash=token_hash(token),
            scopes=scopes,
            app=body.app,
            created_at=now,
            expires_at=now + body.expires_in_days * _DAY_MS if body.expires_in_days else None,
        )
        async with self._database.write(user_id) as session:
            if (await session.scalar(select(func.count(ApiKey.id))) or 0) >= MAX_KEYS:
                raise Conflict(f"There are {MAX_KEYS} keys already.", hint="Delete one that is not used.")
            session.add(row)
        return KeyMade(**KeyOut.model_validate(row).model_dump(), key=token)

    async def page(self, user_id: str, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of keys, newest first."""
        query = select(ApiKey).order_by(ApiKey.id.desc()).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(ApiKey.id < after)
        async with self._database.read(user_id) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), KeyOut.model_validate)

    async def revoke(self, user_id: str, key_id: str) -> None:
        """End a key; it stops working at once. Raises NotFound."""
        async with self._database.write(user_id) as session:
            gone = await session.scalar(delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.key_hash))
        if gone is None:
            raise NotFound(f"There is no key {key_id}.")
        await self._standings.forget_key(gone)

    async def new_api_key(self, user_id: str, name: str) -> str:
        """For the command line and tests: a key for everything a person does."""
        return (await self.make(user_id, KeyIn(name=name, expires_in_days=None, app=None), is_admin=False)).key


def _check_scopes(scopes: list[str], *, is_admin: bool) -> None:
    if "ingest" in scopes and scopes != ["ingest"]:
        message = "an ingest key has no other scope"
    elif "admin" in scopes and not is_admin:
        message = "only an admin's key may have the scope admin"
    else:
        return
    raise Invalid(f"Not valid: scopes; {message}.", errors=[{"field": "scopes", "message": message}])
