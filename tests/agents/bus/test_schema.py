"""Back to the version before and up again, with runs that wait inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from entourage import migrate
from entourage.stores.sql import EVERYONE
from tests.conformance.bus.conftest import Bus, claim_of, open_bus


@pytest.fixture
async def bus(tmp_path: Path, database_url: str | None) -> AsyncIterator[Bus]:
    async with open_bus(database_url, tmp_path) as opened:
        yield opened


async def test_a_run_that_waits_for_a_person_survives_going_back_and_up_again(bus: Bus) -> None:
    parked = await bus.queue(worker=bus.me)
    child = await bus.queue("tester", parent_run_id=parked.id)
    await bus.runs.park(claim_of(parked))
    await bus.runs.record(claim_of((await bus.runs.claim(bus.me, 1))[0]), "response", "0", 0, "{}")
    await migrate.downgrade(bus.database, "0010")
    async with bus.database.read(EVERYONE) as session:
        status = await session.scalar(text("SELECT status FROM runs WHERE id = :id"), {"id": parked.id})
    assert status == "waiting"
    await migrate.upgrade(bus.database)
    await migrate.check(bus.database)
    found = await bus.row(parked)
    assert (found.status, found.kind, found.fence) == ("waiting", "turn", 1)
    await bus.let_worker_die(child)
    (again,) = await bus.runs.claim(bus.me, 9)
    assert (again.id, await bus.steps(again)) == (child.id, ["0"])
    await bus.finish(again)
    (woken,) = await bus.runs.claim(bus.me, 9)
    assert woken.id == parked.id
    assert (await bus.queue()).place > 0


async def test_going_back_says_which_runs_the_version_before_would_not_know(bus: Bus) -> None:
    paused = await bus.queue()
    await bus.runs.hold(bus.owner, paused.id, "pause")
    plan = await bus.queue("orchestrator", kind="plan")
    with pytest.raises(RuntimeError, match="2 runs are paused or belong to a plan that is going on") as told:
        await migrate.downgrade(bus.database, "0010")
    assert paused.id in str(told.value)
    assert plan.id in str(told.value)
    assert (await bus.row(paused)).status == "paused"
    assert await migrate.revision(bus.database) == migrate.head()
