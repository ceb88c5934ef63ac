"""Durable runs: one worker at a time, taken over when it dies, and a stale worker's writes are refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.schemas import RunStatus
from entourage.agents.tables import RunRow
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.log import open_log_store
from entourage.stores.sql import EVERYONE, Database
from tests.events.spine import Spine

ANNA = new_id()


@pytest.fixture
async def database(tmp_path: Path, database_url: str | None) -> AsyncIterator[Database]:
    opened = Database(database_url, tmp_path)
    await ensure_schema(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def runs(database: Database) -> AsyncIterator[Runs]:
    spine = Spine.over(open_log_store(database))
    yield Runs(database, spine.log, lease_seconds=5)
    await spine.close()


async def queue(database: Database, runs: Runs, **more: object) -> RunRow:
    values = {
        "id": new_id(),
        "chat_id": new_id(),
        "message_id": new_id(),
        "prompt_id": None,
        "parent_run_id": None,
        "agent": "coder",
        "model": None,
        "task": None,
        "path": ["coder"],
        "cancelling": False,
        "start_seq": 0,
    }
    row = runs.new(worker=None, **{**values, **more})
    async with database.write(ANNA) as session:
        session.add(row)
    return row


def claim_of(row: RunRow) -> Claim:
    return Claim(row.id, row.owner_id, row.fence)


async def finish(database: Database, runs: Runs, claim: Claim, status: RunStatus = "succeeded") -> None:
    async with database.write(claim.owner_id) as session:
        await runs.finish(session, claim, status, None)


async def let_lease_run_out(database: Database, run_id: str) -> None:
    async with database.write(EVERYONE) as session:
        (await session.get_one(RunRow, run_id)).lease_ms = 1


async def test_each_run_is_claimed_once_oldest_first(database: Database, runs: Runs) -> None:
    queued = [await queue(database, runs) for _ in range(5)]
    first, second = new_id(), new_id()
    mine, theirs = await runs.claim(first, 3), await runs.claim(second, 9)
    assert [row.id for row in mine] == [row.id for row in queued[:3]]
    assert [row.id for row in theirs] == [row.id for row in queued[3:]]
    assert await runs.claim(second, 9) == []
    assert {row.fence for row in (*mine, *theirs)} == {1}


async def test_a_dead_workers_run_is_taken_over_and_its_late_writes_are_refused(database: Database, runs: Runs) -> None:
    await queue(database, runs)
    (dead,) = await runs.claim(new_id(), 1)
    stale = claim_of(dead)
    await runs.record(stale, "response", "0", 0, "{}")
    await let_lease_run_out(database, dead.id)
    (taken,) = await runs.claim(new_id(), 1)
    assert taken.fence == 2
    for write in (
        runs.record(stale, "tool", "0:x", 0, "{}"),
        runs.park(stale),
        runs.release(stale),
        finish(database, runs, stale),
    ):
        with pytest.raises(LeaseLost):
            await write
    fresh = claim_of(taken)
    await runs.record(fresh, "tool", "0:x", 0, "{}")
    assert [(step.kind, step.key) for step in await runs.steps(fresh)] == [("response", "0"), ("tool", "0:x")]
    await finish(database, runs, fresh)
    assert (await runs.get(ANNA, taken.id)).status == "succeeded"


async def test_renewing_keeps_a_lease_and_tells_what_is_lost(database: Database, runs: Runs) -> None:
    for _ in range(3):
        await queue(database, runs)
    worker = new_id()
    kept, lost, cancelled = map(claim_of, await runs.claim(worker, 3))
    await let_lease_run_out(database, kept.run_id)
    await let_lease_run_out(database, lost.run_id)
    await runs.renew(worker, [kept])
    (taken,) = await runs.claim(new_id(), 9)
    assert taken.id == lost.run_id
    await runs.request_cancel(ANNA, cancelled.run_id)
    assert await runs.renew(worker, [kept, lost, cancelled]) == ({lost.run_id}, {cancelled.run_id})


async def test_nothing_is_written_after_the_end(database: Database, runs: Runs) -> None:
    await queue(database, runs)
    (row,) = await runs.claim(new_id(), 1)
    claim = claim_of(row)
    await finish(database, runs, claim)
    with pytest.raises(LeaseLost):
        await runs.record(claim, "tool", "0:x", 0, "{}")
    with pytest.raises(LeaseLost):
        await finish(database, runs, claim, "failed")
    assert await runs.claim(new_id(), 9) == []
    assert await runs.seize(ANNA, row.id, new_id()) is None


async def test_a_parent_waits_for_its_child_and_is_woken_by_its_end(database: Database, runs: Runs) -> None:
    await queue(database, runs)
    (parent,) = await runs.claim(new_id(), 1)
    await queue(database, runs, parent_run_id=parent.id, path=["coder", "architect"])
    (child,) = await runs.claim(new_id(), 1)
    assert await runs.park(claim_of(parent)) == "waiting"
    assert await runs.claim(new_id(), 9) == []
    await finish(database, runs, claim_of(child))
    (woken,) = await runs.claim(new_id(), 9)
    assert woken.id == parent.id
    assert await runs.park(claim_of(woken)) == "queued"


async def test_stopping_marks_the_whole_family(database: Database, runs: Runs) -> None:
    parent = await queue(database, runs)
    child = await queue(database, runs, parent_run_id=parent.id)
    grandchild = await queue(database, runs, parent_run_id=child.id)
    other = await queue(database, runs)
    root, family = await runs.request_cancel(ANNA, parent.id)
    assert root.id == parent.id
    assert {row.id for row in family} == {parent.id, child.id, grandchild.id}
    assert (await runs.get(ANNA, other.id)).cancelling is False


async def test_a_given_back_run_goes_to_the_next_worker(database: Database, runs: Runs) -> None:
    await queue(database, runs)
    (row,) = await runs.claim(new_id(), 1)
    await runs.release(claim_of(row))
    (again,) = await runs.claim(new_id(), 1)
    assert (again.id, again.fence) == (row.id, 2)


async def test_a_restart_alone_adopts_what_was_running(database: Database, runs: Runs) -> None:
    await queue(database, runs)
    await runs.claim(new_id(), 1)
    assert await runs.claim(new_id(), 9) == []
    await runs.adopt()
    assert len(await runs.claim(new_id(), 9)) == 1
