"""Tokens of virtual servers: shown once, kept as hashes, revoked at once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import func, select, update

from entourage.accounts.hashes import token_hash
from entourage.accounts.identity import BUNDLE_TOKEN_MARK
from entourage.accounts.standing import USED_EVERY_MS
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.mcp.bundles.schemas import TokenIn, TokenMade, TokenOut
from entourage.tools.mcp.bundles.service import find
from entourage.tools.mcp.bundles.tables import BundleRow, BundleTokenRow

MAX_TOKENS = 50
_SHOWN_CHARACTERS = 8
_LONGEST_SHOWN = len(BUNDLE_TOKEN_MARK) + _SHOWN_CHARACTERS


class Opened(NamedTuple):
    """What a token opens."""

    token: BundleTokenRow
    bundle: BundleRow


class BundleTokens:
    """Makes, lists and revokes tokens. `on_revoke` listeners drop what they know of tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Callable[[str], None]] = []

    def on_revoke(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the id of a token that has been revoked."""
        self._listeners.append(listener)

    async def make(self, owner_id: str, bundle_id: str, body: TokenIn) -> TokenMade:
        """A new token. Raises NotFound, Conflict for one too many."""
        token = BUNDLE_TOKEN_MARK + secrets.token_hex(24)
        row = BundleTokenRow(
            bundle_id=bundle_id,
            name=body.name,
            prefix=token[:_LONGEST_SHOWN],
            token_hash=token_hash(token),
            tools=body.tools,
            expires_at=round(body.expires_at.timestamp() * 1000) if body.expires_at else None,
        )
        async with self._database.write(owner_id) as session:
            await find(session, bundle_id)
            count = select(func.count()).select_from(BundleTokenRow).where(BundleTokenRow.bundle_id == bundle_id)
            if (await session.scalar(count) or 0) >= MAX_TOKENS:
                raise Conflict(f"There are {MAX_TOKENS} tokens already.", hint="Revoke one that is not used.")
            session.add(row)
        return TokenMade(**_shown(row).model_dump(), token=token)

    async def list(self, owner_id: str, bundle_id: str) -> list[TokenOut]:
        """Every token of a bundle, oldest first. Raises NotFound."""
        async with self._database.read(owner_id) as session:
            await find(session, bundle_id)
            rows = await session.scalars(
                select(BundleTokenRow).where(BundleTokenRow.bundle_id == bundle_id).order_by(BundleTokenRow.id)
            )
            return [_shown(row) for row in rows]

    async def revoke(self, owner_id: str, bundle_id: str, token_id: str) -> None:
        """End a token at once. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await session.get(BundleTokenRow, token_id)
            if row is None or row.bundle_id != bundle_id:
                raise NotFound(f"There is no token {token_id}.")
            await session.delete(row)
        for listener in self._listeners:
            listener(token_id)

    async def opened(self, token: str) -> Opened | None:
        """The token's row and bundle, None for an unknown one. Whether it has expired is not looked at."""
        async with self._database.read(EVERYONE) as session:
            row = await session.scalar(select(BundleTokenRow).where(BundleTokenRow.token_hash == token_hash(token)))
            bundle = await session.get(BundleRow, row.bundle_id) if row else None
        if row is None or bundle is None:
            return None
        await self._mark_used(row)
        return Opened(row, bundle)

    async def _mark_used(self, row: BundleTokenRow) -> None:
        now = now_ms()
        if (row.last_used_at or 0) >= now - USED_EVERY_MS:
            return
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(BundleTokenRow).where(BundleTokenRow.id == row.id).values(last_used_at=now))


def _shown(row: BundleTokenRow) -> TokenOut:
    return TokenOut(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        tools=row.tools,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
    )
