"""Waiting, pausing, ending and stopping; what depends on a run learns of it."""

from __future__ import annotations

import asyncio

import pytest

from entourage.agents.runs import LeaseLost
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.ids import new_id
from tests.conformance.bus.conftest import Bus, claim_of, ids


async def test_nothing_is_written_after_the_end(bus: Bus) -> None:
    row = await bus.queue(worker=bus.me)
    await bus.finish(row)
    with pytest.raises(LeaseLost):
        await bus.runs.record(claim_of(row), "tool", "0:x", 0, "{}")
    with pytest.raises(LeaseLost):
        await bus.finish(row, "failed")
    assert await bus.runs.claim(new_id(), 9) == []
    assert await bus.runs.seize(bus.owner, row.id, new_id()) is None


async def test_a_parent_waits_for_its_child_and_is_woken_by_its_end(bus: Bus) -> None:
    parent = await bus.queue(worker=bus.me)
    child = await bus.queue("tester", worker=bus.me, parent_run_id=parent.id)
    assert await bus.runs.park(claim_of(parent)) == "waiting"
    assert await bus.runs.claim(new_id(), 9) == []
    await bus.finish(child)
    (woken,) = await bus.runs.claim(new_id(), 9)
    assert woken.id == parent.id
    assert await bus.runs.park(claim_of(woken)) == "queued"


async def test_a_parent_that_parks_while_its_child_ends_is_never_forgotten(bus: Bus) -> None:
    for _ in range(10):
        parent = await bus.queue(worker=bus.me)
        child = await bus.queue("tester", worker=bus.me, parent_run_id=parent.id)
        await asyncio.gather(bus.runs.park(claim_of(parent)), bus.finish(child))
        (woken,) = await bus.runs.claim(bus.me, 9)
        assert woken.id == parent.id
        await bus.finish(woken)


async def test_a_given_back_run_goes_to_the_next_worker(bus: Bus) -> None:
    row = await bus.queue(worker=bus.me)
    await bus.runs.release(claim_of(row))
    (again,) = await bus.runs.claim(new_id(), 1)
    assert (again.id, again.fence) == (row.id, 2)


async def test_stopping_marks_the_whole_family(bus: Bus) -> None:
    parent = await bus.queue()
    child = await bus.queue(parent_run_id=parent.id)
    grandchild = await bus.queue(parent_run_id=child.id)
    other = await bus.queue()
    root, family = await bus.runs.request_cancel(bus.owner, parent.id)
    assert root.id == parent.id
    assert ids(family) == ids([parent, child, grandchild])
    assert (await bus.row(other)).cancelling is False


@pytest.mark.parametrize("how", ["pause", "interrupt"])
async def test_what_nobody_works_on_pauses_at_once_and_goes_on_in_its_place(bus: Bus, how) -> None:
    first, second = await bus.queue(), await bus.queue()
    assert (await bus.runs.hold(bus.owner, first.id, how)).status == "paused"
    (taken,) = await bus.runs.claim(bus.me, 1)
    assert taken.id == second.id
    third = await bus.queue()
    await bus.runs.resume(bus.owner, first.id)
    assert ids(await bus.runs.claim(bus.me, 9)) == ids([first, third])


async def test_what_is_worked_on_is_asked_to_pause_and_may_be_asked_otherwise(bus: Bus) -> None:
    words: list[str] = []
    row = await bus.queue(worker=bus.me)
    bus.runs.notices.listen(words.append)
    held = await bus.runs.hold(bus.owner, row.id, "pause")
    assert (held.status, held.holding) == ("running", "pause")
    assert (await bus.runs.resume(bus.owner, row.id)).holding is None
    assert words == [f"look {row.id}"] * 2
    await bus.runs.hold(bus.owner, row.id, "interrupt")
    await bus.runs.pause(claim_of(row))
    paused = await bus.row(row)
    assert (paused.status, paused.holding, paused.worker) == ("paused", None, None)
    with pytest.raises(LeaseLost):
        await bus.runs.record(claim_of(row), "tool", "0:x", 0, "{}")


async def test_a_paused_parent_goes_on_waiting_for_its_child(bus: Bus) -> None:
    parent = await bus.queue(worker=bus.me)
    child = await bus.queue("tester", worker=bus.me, parent_run_id=parent.id)
    await bus.runs.park(claim_of(parent))
    await bus.runs.hold(bus.owner, parent.id, "pause")
    assert (await bus.runs.resume(bus.owner, parent.id)).status == "waiting"
    await bus.runs.hold(bus.owner, parent.id, "pause")
    await bus.finish(child)
    assert (await bus.row(parent)).status == "paused"
    assert (await bus.runs.resume(bus.owner, parent.id)).status == "queued"


async def test_what_has_ended_is_neither_held_nor_resumed_and_only_failures_are_retried(bus: Bus) -> None:
    row = await bus.queue(worker=bus.me)
    with pytest.raises(Conflict, match="running"):
        await bus.runs.retry(bus.owner, row.id)
    await bus.finish(row)
    with pytest.raises(Conflict):
        await bus.runs.hold(bus.owner, row.id, "pause")
    with pytest.raises(Conflict):
        await bus.runs.resume(bus.owner, row.id)
    with pytest.raises(Conflict):
        await bus.runs.retry(bus.owner, row.id)
    with pytest.raises(NotFound):
        await bus.runs.hold(new_id(), row.id, "pause")
