"""Setting budgets: by a person for themselves, by an admin for anybody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import ApiKey, User
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.paging import decode_cursor, page_of
from entourage.llm.money.budgets import Budgets, budget_of, spent_query
from entourage.llm.money.periods import span_of
from entourage.llm.money.prices import NANO, dollars
from entourage.llm.money.schemas import AdminBudgetIn, AdminBudgetOut, BudgetIn, BudgetOut, BudgetPatch, Limits
from entourage.llm.tables import BudgetRow, GatewayKeyRow
from entourage.stores.sql import EVERYONE, Database

MAX_BUDGETS = 200

By: TypeAlias = Literal["self", "admin"]


class BudgetSetting:
    """Makes, lists, changes and removes budgets."""

    def __init__(self, database: Database, budgets: Budgets) -> None:
        self._database = database
        self._budgets = budgets

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of a person's budgets, oldest first."""
        async with self._database.read(owner_id) as session:
            rows = (await session.scalars(_after(cursor, limit))).all()
            shown = {row.id: await shown_budget(session, row) for row in rows[:limit]}
        return page_of(rows, limit, lambda row: (row.id,), lambda row: shown[row.id])

    async def page_of_all(self, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of everybody's budgets, for admins."""
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(_after(cursor, limit))).all()
            shown = {row.id: await _shown_to_admin(session, row) for row in rows[:limit]}
        return page_of(rows, limit, lambda row: (row.id,), lambda row: shown[row.id])

    async def create(self, owner_id: str, body: BudgetIn, by: By = "self") -> BudgetRow:
        """A new budget. Raises Invalid for a key that is not theirs, Conflict for one too many."""
        row = new_budget(body, body.subject, body.subject_id, by)
        async with self._database.write(owner_id) as session:
            if (await session.scalar(select(func.count()).select_from(BudgetRow)) or 0) >= MAX_BUDGETS:
                raise Conflict(f"There are {MAX_BUDGETS} budgets already.", hint="Delete one that is not used.")
            if body.subject == "key" and await _key_name(session, str(body.subject_id)) is None:
                message = "there is no such key"
                raise Invalid(
                    f"Not valid: subject_id; {message}.", errors=[{"field": "subject_id", "message": message}]
                )
            session.add(row)
        self._budgets.changed(owner_id)
        return row

    async def create_for(self, body: AdminBudgetIn) -> BudgetRow:
        """An admin's budget for somebody. Raises NotFound for an unknown person, and as `create`."""
        async with self._database.read(EVERYONE) as session:
            if await session.get(User, body.owner_id) is None:
                raise NotFound(f"There is no person {body.owner_id}.")
        return await self.create(body.owner_id, body, "admin")

    async def change(self, owner_id: str | None, budget_id: str, patch: BudgetPatch, if_match: str | None) -> BudgetRow:
        """Without an owner as an admin. Raises NotFound, Stale, Forbidden, Invalid."""
        async with self._database.write(owner_id or EVERYONE) as session:
            row = await self._mine(session, budget_id, by_admin=owner_id is None)
            check_if_match(if_match, budget_etag(row))
            if "soft_usd" in patch.model_fields_set:
                row.soft_nano = _nano(patch.soft_usd)
            if "hard_usd" in patch.model_fields_set:
                row.hard_nano = _nano(patch.hard_usd)
            if row.soft_nano is None and row.hard_nano is None:
                raise Invalid("A budget needs soft_usd or hard_usd.", hint="Delete it instead.")
            row.version += 1
        self._budgets.changed(row.owner_id)
        return row

    async def delete(self, owner_id: str | None, budget_id: str, if_match: str | None) -> None:
        """Without an owner as an admin. Raises NotFound, Stale, Forbidden."""
        async with self._database.write(owner_id or EVERYONE) as session:
            row = await self._mine(session, budget_id, by_admin=owner_id is None)
            check_if_match(if_match, budget_etag(row))
            await session.delete(row)
        self._budgets.changed(row.owner_id)

    async def shown(self, row: BudgetRow) -> BudgetOut:
        """The budget as its person sees it."""
        async with self._database.read(row.owner_id) as session:
            return await shown_budget(session, row)

    async def shown_to_admin(self, row: BudgetRow) -> AdminBudgetOut:
        """The budget as an admin sees it."""
        async with self._database.read(EVERYONE) as session:
            return await _shown_to_admin(session, row)

    @staticmethod
    async def _mine(session: AsyncSession, budget_id: str, *, by_admin: bool) -> BudgetRow:
        row = await session.get(BudgetRow, budget_id)
        if row is None:
            raise NotFound(f"There is no budget {budget_id}.")
        if row.set_by == "admin" and not by_admin:
            raise Forbidden("An admin set this budget.", hint="Ask an admin to change it.")
        return row


def new_budget(limits: Limits, subject: str, subject_id: str | None, by: By) -> BudgetRow:
    """A row that is not yet anybody's."""
    return BudgetRow(
        subject=subject,
        subject_id=subject_id,
        period=limits.period,
        soft_nano=_nano(limits.soft_usd),
        hard_nano=_nano(limits.hard_usd),
        set_by=by,
    )


def budget_etag(row: BudgetRow) -> str:
    """The entity tag of a budget."""
    return etag_of("budget", row.id, row.version)


async def shown_budget(session: AsyncSession, row: BudgetRow) -> BudgetOut:
    """The budget with what is spent of it."""
    budget = budget_of(row)
    span = span_of(budget.period, now_ms())
    spent = await session.scalar(spent_query(budget, span)) or 0
    name = await _key_name(session, row.subject_id or "") if row.subject == "key" else row.subject_id
    return BudgetOut(
        id=row.id,
        subject=budget.subject,
        subject_id=row.subject_id,
        subject_name=name or ("You" if row.subject == "user" else row.subject_id or ""),
        period=budget.period,
        soft_usd=None if row.soft_nano is None else dollars(row.soft_nano),
        hard_usd=None if row.hard_nano is None else dollars(row.hard_nano),
        spent_usd=dollars(int(spent)),
        resets_at=span.end_ms,
        set_by="admin" if row.set_by == "admin" else "self",
        version=row.version,
    )


async def _shown_to_admin(session: AsyncSession, row: BudgetRow) -> AdminBudgetOut:
    shown = await shown_budget(session, row)
    email = await session.scalar(select(User.email).where(User.id == row.owner_id)) or ""
    name = email if row.subject == "user" else shown.subject_name
    told: dict[str, Any] = shown.model_dump() | {"subject_name": name, "owner_id": row.owner_id, "owner_name": email}
    return AdminBudgetOut(**told)


async def _key_name(session: AsyncSession, key_id: str) -> str | None:
    name = await session.scalar(select(GatewayKeyRow.name).where(GatewayKeyRow.id == key_id))
    return name or await session.scalar(select(ApiKey.name).where(ApiKey.id == key_id))


def _after(cursor: str | None, limit: int) -> Any:
    query = select(BudgetRow).order_by(BudgetRow.id).limit(limit + 1)
    if cursor is None:
        return query
    (after,) = decode_cursor(cursor, tuple[str])
    return query.where(BudgetRow.id > after)


def _nano(amount: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount) * NANO)
