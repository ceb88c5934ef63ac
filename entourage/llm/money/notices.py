"""Telling people that a budget reached its soft or its hard limit: one event each a period."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from entourage.events.event import NewEvent, Published
from entourage.events.log import EventLog
from entourage.events.types import BudgetReached
from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.ids import derived_id
from entourage.llm.money.budgets import Budget, Budgets
from entourage.llm.money.call import GATEWAY
from entourage.llm.money.periods import Span, span_of
from entourage.llm.money.prices import dollars
from entourage.stores.log.spending import SOURCES

logger = structlog.get_logger(__name__)

_MOST_TOLD = 10_000
_PAUSE_SECONDS = 0.5


class Notices:
    """Looks at the budgets of whoever has just spent something. It hears of every commit of the log."""

    def __init__(self, log: EventLog, budgets: Budgets) -> None:
        self._log = log
        self._budgets = budgets
        self._spenders: set[str] = set()
        self._told: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def listen(self, committed: Sequence[Published]) -> None:
        """What the log has just committed."""
        for item in committed:
            if item.record.type == "usage" and item.record.source in SOURCES:
                self._spenders.add(item.record.owner_id)
        if self._spenders and not self._closing and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._look(), name="budget-notices")

    async def close(self) -> None:
        """End what is going on."""
        self._closing = True
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _look(self) -> None:
        while self._spenders:
            owner_id = self._spenders.pop()
            try:
                for budget in await self._budgets.of(owner_id):
                    await self._check(budget)
            except Exception as error:  # a notice that fails must not end the next ones
                logger.warning("budget.notice_failed", owner_id=owner_id, error=str(error)[:200])
            if not self._spenders:
                await asyncio.sleep(_PAUSE_SECONDS)  # whoever spends all the time is looked at now and then

    async def _check(self, budget: Budget) -> None:
        span = span_of(budget.period, now_ms())
        limits = {"soft": budget.soft, "hard": budget.hard}
        ids = {
            level: derived_id("budget", budget.id, span.start, level, limit)
            for level, limit in limits.items()
            if limit is not None
        }
        if self._told.issuperset(ids.values()):
            return
        spent = await self._budgets.spent(budget)
        for level, event_id in ids.items():
            limit = limits[level] or 0
            if spent >= limit and event_id not in self._told:
                await self._log.append(_event(budget, span, event_id, level, spent, limit))
                if len(self._told) >= _MOST_TOLD:
                    self._told.clear()
                self._told.add(event_id)


def _event(budget: Budget, span: Span, event_id: str, level: str, spent: int, limit: int) -> NewEvent:
    data = BudgetReached(
        budget_id=budget.id,
        subject=budget.subject,
        subject_id=budget.subject_id,
        period=budget.period,
        level="hard" if level == "hard" else "soft",
        spent_usd=dollars(spent),
        limit_usd=dollars(limit),
        resets_at=rfc3339(span.end_ms),
    )
    return NewEvent(owner_id=budget.owner_id, data=data, id=event_id, source=GATEWAY)
