"""Leases: one worker at a time, three of an agent at once, agents in turn; dead workers are taken over, and fenced."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from entourage.agents.runs import LeaseLost
from entourage.kit.ids import new_id
from tests.conformance.bus.conftest import Bus, claim_of, ids


async def test_never_more_than_three_of_an_agent_at_once_over_all_workers(bus: Bus) -> None:
    queued = await bus.many(8)
    first, second = new_id(), new_id()
    mine, theirs = await bus.runs.claim(first, 2), await bus.runs.claim(second, 9)
    assert ids([*mine, *theirs]) == ids(queued[:3])
    assert {row.fence for row in (*mine, *theirs)} == {1}
    assert await bus.runs.claim(second, 9) == []
    await bus.finish(mine[0])
    assert ids(await bus.runs.claim(second, 9)) == [queued[3].id]


async def test_slots_of_a_dead_worker_free_themselves(bus: Bus) -> None:
    queued = await bus.many(5)
    dead = await bus.runs.claim(new_id(), 3)
    for row in dead:
        await bus.let_worker_die(row)
    taken = await bus.runs.claim(bus.me, 9)
    assert ids(taken) == ids(queued[:3]), "what was begun comes first: its place is older"
    assert {row.fence for row in taken} == {2}


async def test_workers_that_claim_at_once_share_and_keep_the_bound(bus: Bus) -> None:
    for number in range(6):
        await bus.many(6, f"agent{number}")
    claims = await asyncio.gather(*(bus.runs.claim(new_id(), 10) for _ in range(4)))
    while bus.runs.crowded:
        claims.append(await bus.runs.claim(new_id(), 10))
    claims.append(await bus.runs.claim(new_id(), 100))
    taken = [row for rows in claims for row in rows]
    assert len(set(ids(taken))) == len(taken)
    assert Counter(row.agent for row in taken) == {f"agent{number}": 3 for number in range(6)}


async def test_entering_and_claiming_at_once_keep_the_bound(bus: Bus) -> None:
    entered = asyncio.gather(*(bus.queue(worker=bus.me) for _ in range(10)))
    claimed = asyncio.gather(*(bus.runs.claim(new_id(), 5) for _ in range(5)))
    rows, claims = await entered, await claimed
    begun = [row for row in rows if row.status == "running" and row.fence == 1 and row.worker == bus.me]
    taken = [row for found in claims for row in found]
    assert len(begun) + len(taken) <= 3


async def test_agents_take_turns_whatever_each_has_queued(bus: Bus) -> None:
    await bus.many(60, "busy")
    for number in range(9):
        await bus.many(2, f"calm{number}")
    first = await bus.runs.claim(bus.me, 10)
    assert sorted(row.agent for row in first) == sorted(["busy", *(f"calm{number}" for number in range(9))])
    second = await bus.runs.claim(bus.me, 10)
    assert Counter(row.agent for row in second).most_common(1)[0][1] == 1
    assert Counter(row.agent for row in await bus.runs.claim(bus.me, 10)) == {"busy": 1}


async def test_a_dead_workers_late_writes_are_refused(bus: Bus) -> None:
    await bus.queue()
    (dead,) = await bus.runs.claim(new_id(), 1)
    stale = claim_of(dead)
    await bus.runs.record(stale, "response", "0", 0, "{}")
    await bus.let_worker_die(dead)
    (taken,) = await bus.runs.claim(bus.me, 1)
    for write in (
        bus.runs.record(stale, "tool", "0:x", 0, "{}"),
        bus.runs.park(stale),
        bus.runs.release(stale),
        bus.runs.pause(stale),
        bus.finish(dead),
    ):
        with pytest.raises(LeaseLost):
            await write
    fresh = claim_of(taken)
    await bus.runs.record(fresh, "tool", "0:x", 0, "{}")
    assert [(step.kind, step.key) for step in await bus.runs.steps(fresh)] == [("response", "0"), ("tool", "0:x")]
    await bus.finish(taken)
    assert (await bus.row(taken)).status == "succeeded"


async def test_what_is_recorded_stays_as_it_was_first(bus: Bus) -> None:
    row = await bus.queue(worker=bus.me)
    await bus.runs.record(claim_of(row), "tool", "0:x", 0, '"first"')
    await bus.runs.record(claim_of(row), "tool", "0:x", 0, '"again"')
    assert [step.value for step in await bus.runs.steps(claim_of(row))] == ['"first"']


async def test_renewing_keeps_a_lease_and_tells_what_is_lost_and_wanted(bus: Bus) -> None:
    rows = [await bus.queue(f"agent{number}", worker=bus.me) for number in range(4)]
    kept, lost, cancelled, held = map(claim_of, rows)
    await bus.let_worker_die(rows[1])
    await bus.runs.claim(new_id(), 9)
    await bus.runs.request_cancel(bus.owner, cancelled.run_id)
    await bus.runs.hold(bus.owner, held.run_id, "pause")
    found = await bus.runs.renew(bus.me, [kept, lost, cancelled, held])
    assert found == ({lost.run_id}, {cancelled.run_id, held.run_id})


async def test_a_lease_that_ran_out_unseen_is_renewed_while_there_is_room(bus: Bus) -> None:
    await bus.many(4)
    mine = await bus.runs.claim(bus.me, 3)
    await bus.let_worker_die(mine[0])
    assert (await bus.runs.renew(bus.me, [claim_of(row) for row in mine])).lost == set()
    await bus.let_worker_die(mine[0])
    await bus.change(mine[0], worker=bus.me, fence=1)
    other = await bus.runs.claim(new_id(), 1)
    lost = (await bus.runs.renew(bus.me, [claim_of(row) for row in mine])).lost
    assert lost == {mine[0].id}
    assert ids(other) == [mine[0].id]


async def test_leases_are_not_trusted_to_be_dead_when_nobody_could_renew_them(bus: Bus) -> None:
    await bus.many(4)
    mine = await bus.runs.claim(bus.me, 3)
    for row in mine:
        await bus.let_worker_die(row)
    assert await bus.runs.claim(new_id(), 9, take_over=False) == []
    assert len(await bus.runs.claim(new_id(), 9)) == 3


async def test_a_task_whose_workers_died_five_times_at_one_step_is_dead(bus: Bus) -> None:
    await bus.queue()
    for attempt in range(1, 6):
        (row,) = await bus.runs.claim(new_id(), 1)
        assert (row.attempts, row.dead_ms) == (attempt, None)
        await bus.let_worker_die(row)
    (dead,) = await bus.runs.claim(bus.me, 1)
    assert dead.dead_ms is not None
    await bus.finish(dead, "failed")
    assert await bus.runs.claim(bus.me, 1) == []
    assert (await bus.runs.retry(bus.owner, dead.id)).status == "queued"
    (again,) = await bus.runs.claim(bus.me, 1)
    assert (again.attempts, again.dead_ms) == (1, None)


async def test_a_new_step_starts_the_count_of_deaths_again(bus: Bus) -> None:
    await bus.queue()
    for number in range(8):
        (row,) = await bus.runs.claim(new_id(), 1)
        assert (row.attempts, row.dead_ms) == (1, None)
        await bus.runs.record(claim_of(row), "response", str(number), number, "{}")
        await bus.let_worker_die(row)


async def test_giving_back_and_waiting_are_no_deaths(bus: Bus) -> None:
    await bus.queue()
    for number in range(8):
        (row,) = await bus.runs.claim(bus.me, 1)
        assert row.attempts == 1
        await (bus.runs.release if number % 2 else bus.runs.park)(claim_of(row))


async def test_a_restart_alone_adopts_what_was_running(bus: Bus) -> None:
    row = await bus.queue(worker=new_id())
    assert await bus.runs.claim(bus.me, 9) == []
    await bus.runs.adopt()
    assert ids(await bus.runs.claim(bus.me, 9)) == [row.id]
