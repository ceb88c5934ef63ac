"""Hard budgets that several servers draw on: what is held stands in a table, so that each sees the others' calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, null, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.llm.money.budgets import Budget, spent_query
from entourage.llm.money.ledger import Hold
from entourage.llm.money.periods import span_of
from entourage.llm.money.recorder import Recorder
from entourage.llm.tables import HoldRow
from entourage.stores.log import Rider
from entourage.stores.sql import Database

HOLD_MS = 15 * 60_000
"""After so long the hold of a server that was killed counts no more."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))")
_GIVE_BACK = "DELETE FROM budget_holds WHERE id = :id"


class SharedLedger:
    """Holds in PostgreSQL. One call at a time is let in by a budget, so two servers cannot both see the last of it."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder
        self._ahead: dict[str, int] = {}
        """By hold: what a call that ended here cost beyond what is held for it, until its event is in the log."""
        self._pending: dict[str, str] = {}
        self._purged_ms = 0

    def hold_now(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold | None:
        del budgets, hold_id, nano
        return None

    async def hold(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold:
        now = now_ms()
        async with self._database.write(budgets[0].owner_id) as session:
            if now - self._purged_ms > HOLD_MS:
                self._purged_ms = now
                await session.execute(delete(HoldRow).where(HoldRow.expires_at <= now))
            for budget in sorted(budgets):  # in one order, so that nobody waits for each other
                await session.execute(_LOCK, {"id": budget.id})
                if await _used(session, budget, now, self._ahead.copy()) >= (budget.hard or 0):
                    raise budget.refusal(span_of(budget.period, now))
                session.add(HoldRow(id=hold_id, budget_id=budget.id, nano=nano, expires_at=now + HOLD_MS))
        return _SharedHold(self, hold_id, nano)

    def recorded(self, event_id: str) -> None:
        if hold_id := self._pending.pop(event_id, None):
            self._ahead.pop(hold_id, None)

    def pend(self, hold_id: str, event_id: str, ahead: int) -> None:
        """The call has ended; its event is on its way."""
        self._pending[event_id] = hold_id
        self._ahead[hold_id] = ahead

    def give_back(self, rider: Rider) -> None:
        """No call was made."""
        self._recorder.carry(rider)


class _SharedHold:
    """Rows that go when the call's event is stored."""

    def __init__(self, ledger: SharedLedger, hold_id: str, nano: int) -> None:
        self._ledger = ledger
        self._id = hold_id
        self._nano = nano
        self.rider: Rider | None = Rider(_GIVE_BACK, {"id": hold_id})

    def becomes(self, event_id: str, nano: int) -> None:
        self._ledger.pend(self._id, event_id, nano - self._nano)

    def drop(self) -> None:
        if self.rider:
            self._ledger.give_back(self.rider)
            self.rider = None


async def _used(session: AsyncSession, budget: Budget, now: int, ahead: Mapping[str, int]) -> int:
    """What is spent and held, in one statement: it sees a call's hold or what the call cost, and never both."""
    spent = spent_query(budget, span_of(budget.period, now)).scalar_subquery()
    held = select(HoldRow.id, HoldRow.nano).where(HoldRow.budget_id == budget.id, HoldRow.expires_at > now)
    rows: Any = await session.execute(union_all(select(null(), func.coalesce(spent, 0)), held))
    return sum(int(nano) + ahead.get(hold_id, 0) for hold_id, nano in rows)
