"""A call to the gateway from within: let in without a key, answered by the same code as everybody's."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from entourage.kit.errors import Problem
from entourage.llm.doors.asked import read_headers
from entourage.llm.doors.passage import answer, let_in
from entourage.llm.doors.specs import SPECS
from entourage.llm.failures import problem_of_failed

if TYPE_CHECKING:
    from entourage.llm.doors.ask import Ask
    from entourage.llm.doors.core import Core
    from entourage.llm.inside.exchange import InsideExchange
    from entourage.llm.inside.spending import Spending
    from entourage.llm.routing.failure import Failed

_SPECS = {f"/v1/{spec.path}": spec for spec in SPECS}


def call_inside(core: Core, exchange: InsideExchange, spending: Spending, model: str | None) -> asyncio.Task[None]:
    """Start answering `exchange`; `model` routes it in place of the name in its body.

    What goes wrong is raised where the answer is awaited, as a Problem where it is one.
    """
    task = asyncio.create_task(_call(core, exchange, spending, model), name="model call")
    task.add_done_callback(lambda done: _ended(exchange, done))
    return task


def _ended(exchange: InsideExchange, task: asyncio.Task[None]) -> None:
    """Whatever the work came to, nobody waits for ever."""
    if task.cancelled():
        exchange.fail(asyncio.CancelledError())
    elif error := task.exception():
        exchange.fail(error)


async def _call(core: Core, exchange: InsideExchange, spending: Spending, model: str | None) -> None:
    spec = _SPECS[exchange.path]
    try:
        asked = read_headers(exchange.headers)
        ask = await let_in(core, spec, exchange, asked, spending.spender, perf_counter(), model=model)
    except Problem as problem:
        exchange.fail(problem)
        return
    ask.is_inside = True
    ask.hears = lambda failed: _heard(exchange, ask, failed)
    try:
        await answer(core, ask)
    finally:
        spending.spent(ask.admission.priced)


def _heard(exchange: InsideExchange, ask: Ask, failed: Failed) -> bool:
    exchange.fail(problem_of_failed(failed, ask.source.provider_name))
    return True
