"""Whose money the calls of the present work spend, and what they took: set by runs, read by the transport."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from entourage.events.types import Usage
from entourage.llm.money.call import AGENT, Spender


class Spending:
    """The spender of a piece of work, and the price of its last call until somebody takes it."""

    __slots__ = ("_last", "spender")

    def __init__(self, spender: Spender) -> None:
        self.spender = spender
        self._last: Usage | None = None

    def spent(self, usage: Usage | None) -> None:
        """A call has ended and was priced."""
        self._last = usage

    def take(self) -> Usage | None:
        """What the last call took, once."""
        last, self._last = self._last, None
        return last


_present: ContextVar[Spending | None] = ContextVar("entourage_spending", default=None)


def present_spending() -> Spending | None:
    """That of the present work, None outside of any."""
    return _present.get()


def present_spending_of(owner_id: str) -> Spending:
    """That of the present work; a new one where there is none of this person's."""
    present = _present.get()
    return present if present and present.spender.owner_id == owner_id else Spending(Spender(owner_id, source=AGENT))


@contextmanager
def spending(owner_id: str, *, agent: str | None, session_id: str | None, run_id: str | None) -> Generator[Spending]:
    """Within the block, calls to models are for this run."""
    spender = Spender(owner_id, agent=agent, session_id=session_id, run_id=run_id, source=AGENT)
    token = _present.set(Spending(spender))
    try:
        yield _present.get() or Spending(spender)
    finally:
        _present.reset(token)


@contextmanager
def spending_alone(owner_id: str) -> Generator[None]:
    """Within the block, calls to models are for nobody's run: each has a usage event of its own."""
    token = _present.set(Spending(Spender(owner_id)))
    try:
        yield
    finally:
        _present.reset(token)
