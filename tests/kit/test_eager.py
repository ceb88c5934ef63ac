"""A coroutine carried to its end: at once where it never waits, and though its caller is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from entourage.kit.eager import to_the_end


async def test_what_never_waits_is_done_without_a_task() -> None:
    async def work() -> asyncio.Task[object] | None:
        return asyncio.current_task()

    assert await to_the_end(work()) is asyncio.current_task()


async def test_what_waits_goes_on_where_it_stood() -> None:
    steps: list[int] = []

    async def work() -> str:
        steps.append(1)
        await asyncio.sleep(0)
        steps.append(2)
        await asyncio.sleep(0.001)
        with pytest.raises(ZeroDivisionError):
            await asyncio.gather(asyncio.sleep(0), failing())
        steps.append(3)
        return "done"

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    assert await to_the_end(work()) == "done"
    assert steps == [1, 2, 3]


@pytest.mark.parametrize("waits", [False, True])
async def test_its_error_is_the_callers(waits: bool) -> None:
    async def work() -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await to_the_end(work())


async def test_a_cancellation_waits_until_it_is_done() -> None:
    going, may_end = asyncio.Event(), asyncio.Event()
    ended: list[bool] = []

    async def work() -> None:
        going.set()
        await may_end.wait()
        ended.append(True)

    task = asyncio.create_task(to_the_end(work()))
    await going.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
