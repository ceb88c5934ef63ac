"""One candidate after the other, until one answers: when to go on, when to wait, when to give up."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Sequence

from entourage.llm.routing.failure import Failed
from entourage.llm.routing.upstream import Upstream

_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 8.0
_JITTER = 0.25
_LIMIT_REACHED = 429


async def first_that_answers(
    order: Sequence[Upstream],
    attempt: Callable[[Upstream], Awaitable[None]],
    *,
    retries: int,
    chance: Callable[[], float] = random.random,
) -> None:
    """Call `attempt` with candidates until it does not raise Failed. Raises the last Failed.

    After all have failed they are asked again, at most `retries` times and only those that may answer a little later,
    after the time the quickest of them asked for (with jitter, so that not all come back at once).
    """
    one = order[0]
    if len(order) == 1 and one.standing.state == "closed":  # nearly always: one call less
        try:
            await attempt(one)
        except Failed as failed:
            _tell(one, failed)
            if retries == 0:
                raise
            failures = [(one, failed)]
        else:
            return
    else:
        failures = await _one_round(order, attempt)
    for turn in range(retries + 1):
        if turn:
            failures = await _one_round(order, attempt)
        if not failures:
            return
        last = failures[-1][1]
        again = [(one, failed) for one, failed in failures if failed.falls_back and failed.is_passing]
        wait = _wait_seconds([failed for _, failed in again], turn)
        if turn == retries or not last.falls_back or not again or wait > _LONGEST_WAIT_SECONDS:
            raise last
        order = [one for one, _ in again]
        await asyncio.sleep(wait * (1 + _JITTER * chance()))


async def _one_round(
    order: Sequence[Upstream], attempt: Callable[[Upstream], Awaitable[None]]
) -> list[tuple[Upstream, Failed]]:
    closed: list[tuple[Upstream, Failed]] = []
    failures: list[tuple[Upstream, Failed]] = []
    for one in order:
        if not one.standing.admits():
            closed.append((one, _is_open(one)))
            continue
        try:
            await attempt(one)
        except Failed as failed:
            _tell(one, failed)
            failures.append((one, failed))
            if not failed.falls_back:
                break
        except BaseException:
            one.standing.abandoned()
            raise
        else:
            return []
    return [*closed, *failures]  # the last one is told: a candidate that was asked says more than a breaker


def _tell(one: Upstream, failed: Failed) -> None:
    if failed.counts:
        is_limit = failed.status == _LIMIT_REACHED
        one.standing.failed(failed.message, retry_after=failed.retry_after, is_limit=is_limit)
    else:
        one.standing.abandoned()


def _is_open(one: Upstream) -> Failed:
    seconds = math.ceil(one.standing.opens_in)
    return Failed(
        f"The provider {one.target.name!r} failed too often and is not asked for {seconds} s: "
        f"{one.standing.last_error or 'no answer.'}",
        status=503,
        kind="overloaded",
        is_passing=False,
        retry_after=float(seconds),
    )


def _wait_seconds(failures: Sequence[Failed], turn: int) -> float:
    own = _FIRST_WAIT_SECONDS * 2**turn
    return min((own if one.retry_after is None else max(one.retry_after, 0.0) for one in failures), default=own)
