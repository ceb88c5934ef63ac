"""What is spent and held of hard budgets, where one server has them all in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from entourage.events.event import Published
from entourage.events.types import nano_usd
from entourage.kit.clock import now_ms
from entourage.llm.money.budgets import Budget, Budgets
from entourage.llm.money.periods import Span, span_of
from entourage.stores.log import Rider
from entourage.stores.log.spending import HOUR_MS, SOURCES
from entourage.stores.sql import Database

_MAX_ACCOUNTS = 20_000


class Hold(Protocol):
    """Money held for one call in flight."""

    rider: Rider | None
    """Gives the money back in the transaction that stores what was spent, where several servers share it."""

    def becomes(self, event_id: str, nano: int) -> None:
        """The call has ended and cost this; its event is on its way."""
        ...

    def drop(self) -> None:
        """No call was made."""
        ...


class Ledger(Protocol):
    """Lets calls through while their budgets last."""

    def hold_now(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold | None:
        """Hold `nano` of each budget; None when that needs waiting. Raises BudgetSpent."""
        ...

    async def hold(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold:
        """The same, waiting. Raises BudgetSpent."""
        ...

    def recorded(self, event_id: str) -> None:
        """The event of a call is in the log (it may have been there before)."""
        ...


class _Account:
    """One budget in its present period. `held` is what calls in flight are thought to cost."""

    __slots__ = ("budget", "held", "span", "spent")

    def __init__(self, budget: Budget, span: Span, spent: int) -> None:
        self.budget = budget
        self.span = span
        self.spent = spent
        self.held = 0

    def turn(self, hour: int) -> None:
        """Begin anew when the period is over."""
        if hour >= self.span.end:
            self.span = span_of(self.budget.period, hour * HOUR_MS)
            self.spent = 0

    def add(self, hour: int, nano: int) -> None:
        """Count what was spent in an hour."""
        self.turn(hour)
        if hour >= self.span.start:
            self.spent += nano


class _Seen(msgspec.Struct):
    """What is read of a usage event."""

    cost_usd: str | None = None
    key_id: str | None = None
    workspace: str | None = None


_read = msgspec.json.Decoder(_Seen).decode


class MemoryLedger:
    """Accounts of this process, which must be the only one that writes the log. It hears of every commit of the log."""

    def __init__(self, database: Database, budgets: Budgets) -> None:
        self._database = database
        self._budgets = budgets
        self._accounts: dict[Budget, _Account] = {}
        self._by_owner: dict[str, set[Budget]] = {}
        self._pending: dict[str, _MemoryHold] = {}

    def hold_now(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold | None:
        del hold_id
        accounts = [self._accounts[one] for one in budgets if one in self._accounts]
        if len(accounts) < len(budgets):
            return None
        hour = now_ms() // HOUR_MS
        for account in accounts:
            account.turn(hour)
            if account.spent + account.held >= (account.budget.hard or 0):
                raise account.budget.refusal(account.span)
        for account in accounts:
            account.held += nano
        return _MemoryHold(self._pending, accounts, nano)

    async def hold(self, budgets: Sequence[Budget], hold_id: str, nano: int) -> Hold:
        while (held := self.hold_now(budgets, hold_id, nano)) is None:
            for budget in budgets:
                await self._open(budget)
        return held

    def recorded(self, event_id: str) -> None:
        if hold := self._pending.pop(event_id, None):
            hold.drop()

    def listen(self, committed: Sequence[Published]) -> None:
        """What the log has just committed: whoever spent it, it is spent."""
        for item in committed:
            record = item.record
            if record.type == "usage" and record.source in SOURCES:
                if accounts := self._by_owner.get(record.owner_id):
                    seen = _read(record.data)
                    self._spend(accounts, seen, record.agent, record.ts // HOUR_MS)
                self.recorded(record.id)

    def _spend(self, budgets: set[Budget], seen: _Seen, agent: str | None, hour: int) -> None:
        for budget in budgets:
            if budget.covers(seen.key_id, agent, seen.workspace):
                self._accounts[budget].add(hour, nano_usd(seen.cost_usd))

    async def _open(self, budget: Budget) -> None:
        """Read what is spent while nothing is committed: what comes later, `listen` hears of."""
        async with self._database.gate:
            if budget in self._accounts:
                return
            spent = await self._budgets.spent(budget)
            if len(self._accounts) >= _MAX_ACCOUNTS:
                self._accounts.clear()
                self._by_owner.clear()
            self._close_former(budget)
            self._accounts[budget] = _Account(budget, span_of(budget.period, now_ms()), spent)
            self._by_owner.setdefault(budget.owner_id, set()).add(budget)

    def _close_former(self, budget: Budget) -> None:
        """A budget that was changed has a new account."""
        mine = self._by_owner.get(budget.owner_id, set())
        for former in [one for one in mine if one.id == budget.id]:
            mine.remove(former)
            del self._accounts[former]


class _MemoryHold:
    """Money held in accounts of this process."""

    rider: Rider | None = None

    def __init__(self, pending: dict[str, _MemoryHold], accounts: list[_Account], nano: int) -> None:
        self._pending = pending
        self._accounts = accounts
        self._nano = nano

    def becomes(self, event_id: str, nano: int) -> None:
        self._change(nano)
        self._pending[event_id] = self

    def drop(self) -> None:
        self._change(0)

    def _change(self, nano: int) -> None:
        for account in self._accounts:
            account.held += nano - self._nano
        self._nano = nano
