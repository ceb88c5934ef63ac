"""Entering a queue: order, the bound, one task a key, and starting at once."""

from __future__ import annotations

import asyncio

import pytest

from entourage.agents.runs import QueueFull
from tests.conformance.bus.conftest import Bus, claim_of, ids, task_of


async def test_equal_priorities_leave_in_the_order_they_came_even_within_a_millisecond(bus: Bus) -> None:
    queued = await bus.many(9)
    for row in queued:
        await bus.change(row, created_ms=1)
    left: list[str] = []
    while taken := await bus.runs.claim(bus.me, 1):
        left += ids(taken)
        await bus.finish(taken[0])
    assert left == ids(queued)


async def test_higher_priorities_come_first(bus: Bus) -> None:
    low, normal, high = await bus.queue(priority=-1), await bus.queue(), await bus.queue(priority=5)
    second = await bus.queue(priority=5)
    order = []
    while taken := await bus.runs.claim(bus.me, 1):
        order += ids(taken)
        await bus.finish(taken[0])
    assert order == ids([high, second, normal, low])


async def test_the_hundred_and_first_that_waits_is_refused_with_the_way_out(bus: Bus) -> None:
    await bus.many(100)
    with pytest.raises(QueueFull) as caught:
        await bus.queue()
    assert (caught.value.status, caught.value.slug) == (429, "queue-full")
    assert caught.value.headers["Retry-After"] == "5"
    assert "coder" in caught.value.detail
    await bus.queue("tester")
    await Bus(bus.database, bus.runs).queue()  # somebody else's
    await bus.runs.claim(bus.me, 1)
    await bus.queue("coder")


async def test_the_bound_holds_when_many_enter_at_once(bus: Bus) -> None:
    await bus.many(95)
    answers = await asyncio.gather(*(bus.queue() for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(answer, QueueFull) for answer in answers) == 7


async def test_what_waited_for_somebody_is_never_refused_and_keeps_its_place(bus: Bus) -> None:
    first = await bus.queue(worker=bus.me)
    child = await bus.queue("tester", worker=bus.me, parent_run_id=first.id)
    await bus.runs.park(claim_of(first))
    rest = await bus.many(100)
    await bus.finish(child)
    assert (await bus.row(first)).status == "queued"
    assert ids(await bus.runs.claim(bus.me, 2)) == ids([first, rest[0]])


async def test_one_task_a_key_until_it_ends(bus: Bus) -> None:
    first = await bus.queue(dedupe_key="report")
    assert (await bus.queue(dedupe_key="report")).id == first.id
    assert (await Bus(bus.database, bus.runs).queue(dedupe_key="report")).id != first.id
    same = await asyncio.gather(*(bus.queue(dedupe_key="chart") for _ in range(5)))
    assert len(set(ids(same))) == 1
    (taken, *_) = await bus.runs.claim(bus.me, 1)
    assert (await bus.queue(dedupe_key="report")).id == first.id
    await bus.finish(taken)
    assert (await bus.queue(dedupe_key="report")).id != first.id


async def test_a_free_worker_begins_at_once_until_three_of_the_agent_run(bus: Bus) -> None:
    rows = [await bus.queue(worker=bus.me) for _ in range(5)]
    assert [(row.status, row.worker) for row in rows] == [("running", bus.me)] * 3 + [("queued", None)] * 2
    assert (await bus.queue("tester", worker=bus.me)).status == "running"
    await bus.finish(rows[0])
    late = await bus.queue(worker=bus.me)
    assert late.status == "queued", "others wait before it"
    assert ids(await bus.runs.claim(bus.me, 9)) == [rows[3].id]


async def test_a_queue_that_stands_still_begins_nothing(bus: Bus) -> None:
    await bus.agent("coder", paused=True)
    waiting = await bus.queue(worker=bus.me)
    other = await bus.queue("tester", worker=None)
    assert waiting.status == "queued"
    assert ids(await bus.runs.claim(bus.me, 9)) == [other.id]


async def test_what_comes_after_another_begins_when_that_has_ended(bus: Bus) -> None:
    first = await bus.queue(worker=bus.me)
    after = await bus.queue(worker=bus.me, after_run_id=first.id)
    beside = await bus.queue(worker=None)
    assert ids(await bus.runs.claim(bus.me, 9)) == [beside.id]
    await bus.finish(first, "failed")
    assert ids(await bus.runs.claim(bus.me, 9)) == [after.id]


async def test_a_transaction_that_fails_leaves_nothing_and_wakes_nobody(bus: Bus) -> None:
    words: list[str] = []
    bus.runs.notices.listen(words.append)
    with pytest.raises(ZeroDivisionError):
        async with bus.database.write(bus.owner) as session:
            await bus.runs.enqueue(session, worker=None, **task_of("coder"))
            raise ZeroDivisionError
    assert await bus.runs.claim(bus.me, 9) == []
    assert words == []
    await bus.queue()
    assert words == ["wake"]
