"""A response while it comes: gathered for the record, and shown in the turn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from entourage.agents.output import ANSWER_TOOL
from entourage.agents.steps import args_of, call_key, calls_of, child_of
from entourage.llm.translate.sink import Gathered
from entourage.tools.pipeline import storable

if TYPE_CHECKING:
    from entourage.agents.work import Work
    from entourage.llm.translate.neutral import Call
    from entourage.tools.offering import Offered


class Speaking(Gathered):
    """A sink that writes into a run's turn. `first_at` is when the first content came (monotonic seconds)."""

    def __init__(self, work: Work, offered: Offered) -> None:
        super().__init__()
        self._work = work
        self._offered = offered
        self._ordinal = len(work.recorded.replies)
        self._place = 0
        self._kind_shown = ""
        self._ids: set[str] = set()
        self.first_at: float | None = None
        work.turn.begin_response()

    def thinking(self, delta: str) -> None:
        super().thinking(delta)
        self._show("thinking", delta)

    def text(self, delta: str) -> None:
        super().text(delta)
        self._show("text", delta)

    def refusal(self, delta: str) -> None:
        super().refusal(delta)
        self._show("refusal", delta)

    def call(self, key: int | str, call_id: str, name: str) -> None:
        """Some providers give two calls the same id; results are told apart by it."""
        self._came()
        call_id = storable(call_id)
        unique = call_id if call_id not in self._ids else f"{call_id}-{len(self._ids)}"
        self._ids.add(unique)
        super().call(key, unique, storable(name))
        self._kind_shown = ""

    def show_calls(self) -> None:
        """Calls are shown when their arguments are whole, in the same commit as the record of the response."""
        for call in calls_of(self.reply):
            self._show_call(call)

    def _came(self) -> None:
        if self.first_at is None:
            self.first_at = time.monotonic()

    def _show(self, kind: str, delta: str) -> None:
        self._came()
        if kind != self._kind_shown:
            self._kind_shown = kind
            self._place += 1
        self._work.turn.write(self._place, delta, reasoning=kind == "thinking")

    def _show_call(self, call: Call) -> None:
        if call.name == ANSWER_TOOL:
            return
        key = call_key(self._ordinal, call.id)
        tool, args = self._offered.told(call.name, args_of(call.arguments))
        child = child_of(self._work.run.id, key, tool, args)
        self._work.turn.start_call(key, call.id, tool, args, child)
