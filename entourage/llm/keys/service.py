"""Virtual keys: good for the gateway only, shown once, kept as hashes, revoked at once."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.hashes import token_hash
from entourage.accounts.identity import VIRTUAL_KEY_MARK
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.llm.keys.callers import Callers
from entourage.llm.keys.schemas import GatewayKeyIn, GatewayKeyMade, GatewayKeyOut, GatewayKeyPatch
from entourage.llm.money.budgets import Budgets
from entourage.llm.money.periods import Period, span_of
from entourage.llm.money.prices import dollars
from entourage.llm.money.setting import new_budget, shown_budget
from entourage.llm.tables import BudgetRow, GatewayKeyRow
from entourage.stores.log.spending import hours
from entourage.stores.sql import Database

MAX_KEYS = 200
_SHOWN_CHARACTERS = 8
_DAY_MS = 24 * 3600 * 1000


class GatewayKeys:
    """Makes, lists, changes and revokes the virtual keys of a person."""

    def __init__(self, database: Database, callers: Callers, budgets: Budgets, requests_per_minute: int) -> None:
        self._database = database
        self._callers = callers
        self._budgets = budgets
        self._requests_per_minute = requests_per_minute

    async def make(self, owner_id: str, body: GatewayKeyIn) -> GatewayKeyMade:
        """A new key, with its budget if it is given one. Raises Conflict for one too many."""
        token = VIRTUAL_KEY_MARK + secrets.token_hex(24)
        now = now_ms()
        row = GatewayKeyRow(
            id=new_id(),
            owner_id=owner_id,
            name=body.name,
            prefix=token[: len(VIRTUAL_KEY_MARK) + _SHOWN_CHARACTERS],
            key_hash=token_hash(token),
            models=body.models,
            requests_per_minute=body.requests_per_minute or self._requests_per_minute,
            tokens_per_minute=body.tokens_per_minute,
            created_at=now,
            expires_at=now + body.expires_in_days * _DAY_MS if body.expires_in_days else None,
        )
        async with self._database.write(owner_id) as session:
            if (await session.scalar(select(func.count(GatewayKeyRow.id)).where(_good())) or 0) >= MAX_KEYS:
                raise Conflict(f"There are {MAX_KEYS} keys already.", hint="Revoke one that is not used.")
            session.add(row)
            if body.budget:
                session.add(new_budget(body.budget, "key", row.id, "self"))
            await session.flush()
            made = GatewayKeyMade(**(await _shown(session, row)).model_dump(), key=token)
        self._budgets.changed(owner_id)
        return made

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of keys that are not revoked, newest first."""
        query = select(GatewayKeyRow).where(_good()).order_by(GatewayKeyRow.id.desc()).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(GatewayKeyRow.id < after)
        async with self._database.read(owner_id) as session:
            rows = (await session.scalars(query)).all()
            shown = {row.id: await _shown(session, row) for row in rows[:limit]}
        return page_of(rows, limit, lambda row: (row.id,), lambda row: shown[row.id])

    async def change(self, owner_id: str, key_id: str, patch: GatewayKeyPatch, if_match: str | None) -> GatewayKeyOut:
        """Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, key_id)
            check_if_match(if_match, key_etag(row))
            for name in patch.model_fields_set:
                setattr(row, name, getattr(patch, name))
            row.version += 1
            await session.flush()
            shown = await _shown(session, row)
        self._callers.forget()
        return shown

    async def revoke(self, owner_id: str, key_id: str) -> None:
        """End a key at once; its budgets go with it. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, key_id)
            row.revoked_at = now_ms()
            await session.execute(delete(BudgetRow).where(BudgetRow.subject == "key", BudgetRow.subject_id == key_id))
        self._callers.forget()
        self._budgets.changed(owner_id)


def key_etag(key: GatewayKeyRow | GatewayKeyOut) -> str:
    """The entity tag of a key."""
    return etag_of("gateway-key", key.id, key.version)


def _good() -> Any:
    return GatewayKeyRow.revoked_at.is_(None)


async def _find(session: AsyncSession, key_id: str) -> GatewayKeyRow:
    row = await session.get(GatewayKeyRow, key_id)
    if row is None or row.revoked_at is not None:
        raise NotFound(f"There is no key {key_id}.")
    return row


async def _shown(session: AsyncSession, row: GatewayKeyRow) -> GatewayKeyOut:
    budget = await session.scalar(
        select(BudgetRow).where(BudgetRow.subject == "key", BudgetRow.subject_id == row.id).order_by(BudgetRow.id)
    )
    return GatewayKeyOut(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        models=row.models,
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
        spent_usd_day=await _spent(session, row, "day"),
        spent_usd_month=await _spent(session, row, "month"),
        budget=await shown_budget(session, budget) if budget else None,
        version=row.version,
    )


async def _spent(session: AsyncSession, row: GatewayKeyRow, period: Period) -> str:
    span = span_of(period, now_ms())
    query = select(func.sum(hours.c.cost_nano)).where(
        hours.c.owner_id == row.owner_id, hours.c.key_id == row.id, hours.c.hour >= span.start
    )
    return dollars(int(await session.scalar(query) or 0))
