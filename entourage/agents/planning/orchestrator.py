"""Carries out runs of the kind "plan": has a plan made, has it approved, begins its tasks, and lets the leader report.

The run gives its place back while tasks work: each task's end wakes it, and it goes on from the rows.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from entourage.agents.bus.rows import row_of
from entourage.agents.planning.advance import Advance, Step
from entourage.agents.planning.flow import OVER
from entourage.agents.planning.results import Outcome, Shelf, outcome_of
from entourage.agents.planning.rows import find_plan, tasks_of
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.errors import Problem

if TYPE_CHECKING:
    from entourage.agents.closing import Closing
    from entourage.agents.dispatcher import Dispatcher
    from entourage.agents.planning.limits import PlanLimits
    from entourage.agents.planning.proposing import Proposing
    from entourage.agents.planning.telling import Telling
    from entourage.agents.runner import Runner, StopReason
    from entourage.stores.sql import Database
    from entourage.workspaces.places import Places

logger = structlog.get_logger(__name__)


class Orchestrator:
    """Implements `Working` for plans; holds no state of them. `dispatcher` is set once it exists."""

    def __init__(
        self,
        database: Database,
        runs: Runs,
        places: Places,
        runner: Runner,
        closing: Closing,
        proposing: Proposing,
        telling: Telling,
        limits: PlanLimits,
    ) -> None:
        self._database = database
        self._runs = runs
        self._places = places
        self._runner = runner
        self._closing = closing
        self._proposing = proposing
        self._telling = telling
        self._limits = limits
        self.dispatcher: Dispatcher | None = None

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        """See `Working.work_on`. Raises what the database raises while it is away: the lease runs out then."""
        claim = Claim.of(run)
        try:
            is_due = await self._lead(claim, run, stop)
        except LeaseLost:
            return
        except asyncio.CancelledError:
            await self._interrupted(claim, run, stop)
        except Exception as error:  # whatever it was, the person is told
            if _may_pass(error):
                raise
            if not isinstance(error, Problem):
                logger.exception("plan.failed", run_id=run.id)
            stop.too_late = True
            await self._closing.fail(claim, run, None, error)
        else:
            if is_due:
                await self._runner.work_on(run, stop)

    async def _lead(self, claim: Claim, run: RunRow, stop: StopReason) -> bool:
        """Take the plan as far as it goes; whether the turn is to be written now: the report, or what stands for it."""
        plan = await self._plan(run)
        if plan.status == "planning":
            await self._telling.began(run)
            await self._proposing.plan(claim, run)
            plan = await self._plan(run)
        if plan.status == "proposed" and not await self._decided(claim, run, stop):
            return False
        plan = await self._plan(run)
        return plan.status == "failed" or await self._carry_out(claim, run, stop)

    async def _decided(self, claim: Claim, run: RunRow, stop: StopReason) -> bool:
        """Whether the plan was approved. Otherwise its run waits for that, or has ended."""
        decision = await self._proposing.decision(claim, run)
        if decision == "approved":
            return True
        stop.too_late = True
        if decision == "pending":
            await self._proposing.wait(claim, run)
        else:
            await self._closing.cancel(claim, run, None)
        return False

    async def _carry_out(self, claim: Claim, run: RunRow, stop: StopReason) -> bool:
        """Steps until tasks are waited for, or everything is over (True)."""
        while True:
            step = await self._step(claim, run)
            stop.too_late = step.next in {"parked", "cancel", "rest"}  # parked: another worker may have it already
            self._begin(step.begun)
            await self._telling.stepped(run, step.begun)
            match step.next:
                case "report":
                    return True
                case "parked":
                    return False
                case "cancel":
                    await self._closing.cancel(claim, run, None)
                    return False
                case "rest":
                    await self._closing.rest(claim, run, None, "pause")
                    return False
                case "stop":
                    await self._stop(run, step.to_stop)
                case "replan":
                    await self._proposing.replan(claim, run)
                case "again":
                    pass

    async def _step(self, claim: Claim, run: RunRow) -> Step:
        tasks, outcomes = await self._look(run)
        assert self.dispatcher
        async with self._database.write(run.owner_id) as session:
            await self._runs.lock_queues(session, run.owner_id, [task.agent for task in tasks])
            held = await row_of(session, claim)
            return await Advance(session, self._runs, self._limits, held, self.dispatcher.taker).step(outcomes)

    async def _look(self, run: RunRow) -> tuple[list[PlanTaskRow], dict[str, Outcome]]:
        """Tasks that are not over; and what came of those whose runs have ended: files, before any row says so."""
        async with self._database.read(run.owner_id) as session:
            tasks = [task for task in await tasks_of(session, run.plan_id or "") if task.status not in OVER]
            children = [await session.get(RunRow, task.run_id or "") for task in tasks]
        shelf = await Shelf.of(self._places, run.owner_id, run.chat_id)
        outcomes = {
            task.key: await outcome_of(child, task.key, task.title, shelf)
            for task, child in zip(tasks, children, strict=True)
            if child is not None and child.status in ENDED
        }
        return tasks, outcomes

    async def _stop(self, run: RunRow, children: list[str]) -> None:
        assert self.dispatcher
        for child in children:
            await self.dispatcher.cancel(run.owner_id, child)
            await self.dispatcher.settled(run.owner_id, child)

    def _begin(self, begun: list[RunRow]) -> None:
        assert self.dispatcher
        for row in begun:
            self.dispatcher.begin(row)

    async def _interrupted(self, claim: Claim, run: RunRow, stop: StopReason) -> None:
        with contextlib.suppress(LeaseLost):
            match stop.reason:
                case "cancelled":
                    stop.too_late = True
                    await self._closing.cancel(claim, run, None)
                case "interrupted":
                    stop.too_late = True
                    await self._closing.rest(claim, run, None, "interrupt")
                case "shutdown":
                    await self._runs.release(claim)
                case _:
                    pass

    async def _plan(self, run: RunRow) -> PlanRow:
        async with self._database.read(run.owner_id) as session:
            return await find_plan(session, run.plan_id or "")


def _may_pass(error: Exception) -> bool:
    """Whether the next worker that takes the run may find it gone: the plan stands in its rows, whole."""
    return isinstance(error, DBAPIError | OSError) and not isinstance(error, IntegrityError)
