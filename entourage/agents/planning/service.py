"""What people do with plans: see, edit, approve, reject and cancel them, and decide about single tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.planning.advance import nodes_of
from entourage.agents.planning.asking import args_of_plan
from entourage.agents.planning.beginning import PlanStart
from entourage.agents.planning.flow import descendants
from entourage.agents.planning.rows import find_plan, replace_tasks, tasks_of
from entourage.agents.planning.schemas import ChangePlan, NewPlan, Plan, PlanStatus
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.planning.views import plan_view, plan_views, status_of
from entourage.agents.runs import find_run, requeue
from entourage.agents.schemas import ENDED, Decide
from entourage.agents.told import find_approval
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match

if TYPE_CHECKING:
    from entourage.agents.dispatcher import Dispatcher
    from entourage.agents.inbox import Inbox
    from entourage.agents.planning.asking import Asking
    from entourage.agents.planning.beginning import Beginnings
    from entourage.agents.planning.telling import Telling
    from entourage.stores.sql import Database

CANCEL_TRIES = 20
"""A plan that is just going to sleep is asleep at one of the next tries, and ended then."""
CANCEL_PAUSE_SECONDS = 0.1

_RETRIED = ("failed", "skipped", "cancelled")
_SKIPPED = ("waiting", "queued", "failed")


def etag_of_plan(version: int) -> str:
    """The tag of a plan's version."""
    return f'"{version}"'


class Plans:
    """Plans by owner."""

    def __init__(
        self,
        database: Database,
        telling: Telling,
        asking: Asking,
        inbox: Inbox,
        beginnings: Beginnings,
        dispatcher: Dispatcher,
    ) -> None:
        self._database = database
        self._telling = telling
        self._asking = asking
        self._inbox = inbox
        self._beginnings = beginnings
        self._dispatcher = dispatcher

    async def begin(self, owner_id: str, new: NewPlan) -> Plan:
        """Begin to plan, or to carry out the tasks given. Raises NotFound, Conflict, Invalid."""
        tasks = tuple(task.task() for task in new.tasks or ())
        if tasks:
            await self._asking.check(owner_id, tasks)
        start = PlanStart(new.goal, tasks, new.approval, new.model)
        return await self.get(owner_id, await self._beginnings.begin(owner_id, new.session_id, start))

    async def list(
        self, owner_id: str, *, chat_id: str | None, status: PlanStatus | None, before: str | None, limit: int
    ) -> list[Plan]:
        """Newest first."""
        where = [
            *([PlanRow.chat_id == chat_id] if chat_id else []),
            *([status_of() == status] if status else []),
            *([PlanRow.run_id < before] if before else []),
        ]
        async with self._database.read(owner_id) as session:
            return await plan_views(session, *where, limit=limit)

    async def get(self, owner_id: str, plan_id: str) -> Plan:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return await plan_view(session, plan_id)

    async def change(self, owner_id: str, plan_id: str, change: ChangePlan, if_match: str | None) -> Plan:
        """Edit a plan that waits for approval. Raises NotFound, Stale, Conflict, Invalid."""
        tasks = [task.task() for task in change.tasks or ()]
        approval_id = (await self._proposed(owner_id, plan_id, if_match)).approval_id or ""
        if tasks:
            await self._asking.check(owner_id, tasks)
        async with self._database.write(owner_id) as session:
            approval = await find_approval(session, approval_id, lock=True)
            plan = await find_plan(session, plan_id, lock=True)
            check_if_match(if_match, etag_of_plan(plan.version))
            if plan.status != "proposed" or approval.status != "pending":
                raise _not_proposed(plan.status)
            plan.goal = change.goal or plan.goal
            if tasks:
                await replace_tasks(session, plan, tasks)
                await session.flush()
            plan.version += not tasks
            approval.args = await args_of_plan(session, plan)
        return await self._told(owner_id, plan_id)

    async def approve(self, owner_id: str, plan_id: str, if_match: str | None) -> Plan:
        """Let it begin. Raises NotFound, Stale, Conflict."""
        return await self._decide(owner_id, plan_id, if_match, Decide.model_validate({"decision": "approve"}))

    async def reject(self, owner_id: str, plan_id: str, reason: str | None) -> Plan:
        """Let it be. Raises NotFound, Conflict."""
        said = Decide.model_validate({"decision": "deny", "reason": reason})
        return await self._decide(owner_id, plan_id, None, said)

    async def cancel(self, owner_id: str, plan_id: str) -> Plan:
        """Stop it and all its tasks; nothing happens to one that has ended. Raises NotFound."""
        plan = await self.get(owner_id, plan_id)
        for _ in range(CANCEL_TRIES):
            await self._dispatcher.cancel(owner_id, plan.run_id)
            plan = await self.get(owner_id, plan_id)
            if plan.status in ENDED:
                break
            await asyncio.sleep(CANCEL_PAUSE_SECONDS)  # somebody is just taking it, or putting it down
        return plan

    async def retry_task(self, owner_id: str, plan_id: str, key: str) -> Plan:
        """Do a task again that came to nothing, and what was skipped for want of it. Raises NotFound, Conflict."""
        await self._touch(owner_id, plan_id, key, _RETRIED, _again)
        return await self._told(owner_id, plan_id)

    async def skip_task(self, owner_id: str, plan_id: str, key: str) -> Plan:
        """Go on without a task; one under way is stopped. Raises NotFound, Conflict."""
        run_id = await self._touch(owner_id, plan_id, key, _SKIPPED, _skip)
        if run_id:
            await self._dispatcher.cancel(owner_id, run_id)
        return await self._told(owner_id, plan_id)

    async def _touch(
        self,
        owner_id: str,
        plan_id: str,
        key: str,
        allowed: Sequence[str],
        change: Callable[[PlanTaskRow, Sequence[PlanTaskRow]], None],
    ) -> str | None:
        """Change a task and wake the plan; the run of a task that was under way."""
        async with self._database.write(owner_id) as session:
            task, tasks = await _task_of_running(session, plan_id, key)
            if task.status not in allowed:
                raise Conflict(
                    f"The task {key!r} is {task.status}.", hint=f"That is for tasks that are {_or(allowed)}."
                )
            run_id = task.run_id if task.status == "queued" else None
            change(task, tasks)
        self._dispatcher.wake()
        return run_id

    async def _decide(self, owner_id: str, plan_id: str, if_match: str | None, said: Decide) -> Plan:
        plan = await self._proposed(owner_id, plan_id, if_match)
        await self._inbox.decide(owner_id, plan.approval_id or "", said)
        return await self.get(owner_id, plan_id)

    async def _proposed(self, owner_id: str, plan_id: str, if_match: str | None) -> Plan:
        plan = await self.get(owner_id, plan_id)
        check_if_match(if_match, etag_of_plan(plan.version))
        if plan.status != "proposed":
            raise _not_proposed(plan.status)
        return plan

    async def _told(self, owner_id: str, plan_id: str) -> Plan:
        await self._telling.tell(owner_id, plan_id)
        return await self.get(owner_id, plan_id)


async def _task_of_running(session: AsyncSession, plan_id: str, key: str) -> tuple[PlanTaskRow, list[PlanTaskRow]]:
    """A task of a plan that is being carried out, which is locked and will look at its tasks again."""
    run_id = (await find_plan(session, plan_id)).run_id
    run = await find_run(session, run_id, lock=True)
    plan = await find_plan(session, plan_id, lock=True)
    tasks = await tasks_of(session, plan_id)
    task = next((task for task in tasks if task.key == key), None)
    if task is None:
        raise NotFound(f"There is no task {key!r} in this plan.")
    if plan.status != "running" or plan.outcome or run.status in ENDED:
        raise Conflict("The plan is not being carried out.", hint="Edit it while it is proposed, or ask for a new one.")
    plan.version += 1
    await requeue(session, run_id)
    return task, tasks


def _again(task: PlanTaskRow, tasks: Sequence[PlanTaskRow]) -> None:
    needing = descendants(nodes_of(tasks), task.key)
    for one in (task, *(one for one in tasks if one.key in needing and one.status == "skipped")):
        one.status, one.error, one.ended_ms, one.is_replaced = "waiting", None, None, False
        one.max_attempts = max(one.max_attempts, one.attempts + 1)


def _skip(task: PlanTaskRow, _tasks: Sequence[PlanTaskRow]) -> None:
    task.status, task.error, task.ended_ms = "skipped", "You skipped it.", now_ms()


def _not_proposed(status: str) -> Conflict:
    return Conflict(f"The plan is {status}.", hint="This is for plans that wait for your approval.")


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
