"""Budgets as calls meet them: which there are, what is spent of each, and the refusal."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, cast

from sqlalchemy import Select, func, select

from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.errors import Problem
from entourage.llm.kept import Kept
from entourage.llm.money.call import Spender
from entourage.llm.money.periods import Period, Span, span_of
from entourage.llm.money.prices import dollars
from entourage.llm.tables import BudgetRow
from entourage.stores.log.spending import hours
from entourage.stores.sql import Database

Subject: TypeAlias = Literal["user", "key", "agent", "workspace"]


class BudgetSpent(Problem):
    """A hard budget is used up; nothing was called."""

    status, slug, title = 402, "budget-spent", "The budget is spent"


class Budget(NamedTuple):
    """What may be spent in a period; money in nano-USD. `subject_id` is a key's id, an agent's or workspace's name."""

    id: str
    owner_id: str
    subject: Subject
    subject_id: str | None
    period: Period
    soft: int | None
    hard: int | None

    def covers(self, key_id: str | None, agent: str | None, workspace: str | None) -> bool:
        """Whether a call counts against it."""
        match self.subject:
            case "user":
                return True
            case "key":
                return self.subject_id == key_id
            case "agent":
                return self.subject_id == agent
            case "workspace":
                return self.subject_id == workspace

    def holds_back(self, spender: Spender) -> bool:
        """Whether this spender's calls are refused when it is spent."""
        return self.hard is not None and self.covers(spender.key_id, spender.agent, spender.workspace)

    def refusal(self, span: Span) -> BudgetSpent:
        """What a caller is told."""
        of = f" of the {self.subject} {self.subject_id!r}" if self.subject_id and self.subject != "key" else ""
        whose = " of this key" if self.subject == "key" else of
        return BudgetSpent(
            f"The budget{whose} of ${dollars(self.hard or 0)} a {self.period} is spent.",
            hint=f"It begins anew at {rfc3339(span.end_ms)}; raise it under Keys & budgets.",
        )


class Budgets:
    """Budgets by owner, looked up every few seconds and at once after a change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: Kept[tuple[Budget, ...]] = Kept(self._load)

    def known(self, owner_id: str) -> tuple[Budget, ...] | None:
        """The person's budgets if they are at hand; else ask `of`."""
        return self._kept.known(owner_id)

    async def of(self, owner_id: str) -> tuple[Budget, ...]:
        """The person's budgets."""
        return await self._kept.of(owner_id)

    def last(self, owner_id: str) -> tuple[Budget, ...]:
        """As they were last seen."""
        return self._kept.last(owner_id) or ()

    def changed(self, owner_id: str) -> None:
        """Call it after a change has been committed."""
        self._kept.drop(owner_id)

    async def spent(self, budget: Budget, at_ms: int | None = None) -> int:
        """What usage says was spent in the present period."""
        span = span_of(budget.period, at_ms or now_ms())
        async with self._database.read(budget.owner_id) as session:
            return int(await session.scalar(spent_query(budget, span)) or 0)

    async def _load(self, owner_id: str) -> tuple[Budget, ...]:
        async with self._database.read(owner_id) as session:
            rows = await session.scalars(select(BudgetRow).order_by(BudgetRow.id))
            return tuple(budget_of(row) for row in rows)


def budget_of(row: BudgetRow) -> Budget:
    """The row as calls meet it."""
    return Budget(
        row.id,
        row.owner_id,
        cast("Subject", row.subject),
        row.subject_id,
        cast("Period", row.period),
        row.soft_nano,
        row.hard_nano,
    )


def spent_query(budget: Budget, span: Span) -> Select[Any]:
    """The sum of what was spent, in the tables of usage."""
    column = {"key": hours.c.key_id, "agent": hours.c.agent, "workspace": hours.c.workspace}.get(budget.subject)
    query = select(func.sum(hours.c.cost_nano)).where(
        hours.c.owner_id == budget.owner_id, hours.c.hour >= span.start, hours.c.hour < span.end
    )
    return query if column is None else query.where(column == budget.subject_id)
