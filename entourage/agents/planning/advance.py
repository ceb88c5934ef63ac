"""One step of a plan, in one transaction that holds the plan's run: what ended is settled, what is ready is begun.

Everything is read off the rows, so a step after a crash, or one too many, finds what there is and goes on from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.control.notes import said_to
from entourage.agents.planning.flow import Node, after_failure, hopeless, ready
from entourage.agents.planning.prompts import task_prompt
from entourage.agents.planning.rows import find_plan, tasks_of
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.runs import QueueFull, Runs
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id

if TYPE_CHECKING:
    from entourage.agents.planning.limits import PlanLimits
    from entourage.agents.planning.results import Outcome

MAX_REPLANS = 2

Next = Literal["parked", "again", "cancel", "rest", "replan", "stop", "report"]
"""Where a step leaves a plan: its run waits for tasks; something ended in between; it is to end, or to rest; the
planner is to be asked; tasks are to be stopped; everything is over."""


class Step(msgspec.Struct):
    """What a step did: runs that it began, runs that must be stopped."""

    next: Next = "again"
    begun: list[RunRow] = msgspec.field(default_factory=list[RunRow])
    to_stop: list[str] = msgspec.field(default_factory=list[str])


class Advance:
    """Takes steps of one plan within one transaction."""

    def __init__(self, session: AsyncSession, runs: Runs, limits: PlanLimits, run: RunRow, worker: str | None) -> None:
        self._session = session
        self._runs = runs
        self._limits = limits
        self._run = run
        self._worker = worker

    async def step(self, outcomes: Mapping[str, Outcome]) -> Step:
        """`outcomes` by the key of the task."""
        plan = await find_plan(self._session, self._run.plan_id or "", lock=True)
        if self._run.cancelling:
            return Step("cancel")
        if plan.outcome:
            return Step("report")
        tasks = await tasks_of(self._session, plan.id)
        children = await self._children(plan)
        is_behind = _settle(tasks, children, outcomes)
        plan.version += 1
        if is_behind:
            return Step("again")
        reason = self._limits.reached(plan.started_ms or now_ms(), now_ms(), _costs(children)) or _given_up(tasks)
        if reason:
            return self._stop(plan, tasks, reason)
        if self._run.holding:
            return Step("rest")
        if plan.replans < MAX_REPLANS and to_replan(tasks):
            return Step("replan")
        return await self._go_on(plan, tasks)

    async def _children(self, plan: PlanRow) -> dict[str, RunRow]:
        query = select(RunRow).where(RunRow.plan_id == plan.id, RunRow.id != plan.run_id)
        return {row.id: row for row in await self._session.scalars(query)}

    def _stop(self, plan: PlanRow, tasks: Sequence[PlanTaskRow], reason: str) -> Step:
        plan.reason = reason
        for task in tasks:
            if task.status == "waiting":
                _end(task, "cancelled", reason)
        to_stop = [task.run_id for task in tasks if task.status == "queued" and task.run_id]
        if not to_stop:
            plan.outcome = "failed"
        return Step("stop" if to_stop else "report", to_stop=to_stop)

    async def _go_on(self, plan: PlanRow, tasks: Sequence[PlanTaskRow]) -> Step:
        by_key = {task.key: task for task in tasks}
        for key, blame in hopeless(nodes_of(tasks)).items():
            _end(by_key[key], "skipped", f"It needs {', '.join(blame)}, which did not succeed.")
        begun = await self._begin(plan, by_key, ready(nodes_of(tasks)))
        if any(task.status == "queued" for task in tasks):
            self._park()
            return Step("parked", begun)
        if any(task.status == "waiting" for task in tasks):  # a queue took none of them
            return Step("again")
        plan.outcome, plan.reason = _verdict(tasks)
        return Step("report")

    async def _begin(self, plan: PlanRow, tasks: dict[str, PlanTaskRow], keys: Sequence[str]) -> list[RunRow]:
        """In the order of agents: queues are locked one by one."""
        begun: list[RunRow] = []
        notes = await said_to(self._session, self._run) if keys else []
        for task in sorted((tasks[key] for key in keys), key=lambda one: one.agent):
            before = [tasks[key] for key in task.depends_on]
            try:
                begun.append(await self._enqueue(plan, task, before, notes))
            except QueueFull as full:
                if not any(other.status == "queued" for other in tasks.values()):
                    _end(task, "failed", full.detail)
        return begun

    async def _enqueue(
        self, plan: PlanRow, task: PlanTaskRow, before: Sequence[PlanTaskRow], notes: Sequence[str]
    ) -> RunRow:
        run_id = derived_id(plan.id, task.key, task.attempts + 1)
        row = await self._runs.enqueue(
            self._session,
            worker=self._worker,
            id=run_id,
            chat_id=plan.chat_id,
            message_id=derived_id(run_id, "message"),
            prompt_id=None,
            parent_run_id=plan.run_id,
            agent=task.agent,
            model=plan.model,
            task=task_prompt(plan, task, before, notes),
            path=[*self._run.path, task.agent],
            start_seq=self._run.start_seq,
            kind="task",
            plan_id=plan.id,
            task_key=task.key,
        )
        task.status, task.run_id, task.attempts = "queued", run_id, task.attempts + 1
        task.started_ms, task.ended_ms = now_ms(), None
        return row

    def _park(self) -> None:
        """Here and not by `Runs.park`: a task that ends now finds a run that waits, and wakes it."""
        self._run.status, self._run.worker, self._run.lease_ms = "waiting", None, 0
        self._run.attempts = 0


def nodes_of(tasks: Sequence[PlanTaskRow]) -> list[Node]:
    """As the flow sees them. A task that was planned around holds nothing up."""
    return [Node(task.key, task.status, task.depends_on) for task in tasks]


def to_replan(tasks: Sequence[PlanTaskRow]) -> list[PlanTaskRow]:
    """Failed tasks that the planner is to plan around."""
    return [task for task in tasks if task.status == "failed" and task.on_failure == "replan" and not task.is_replaced]


def _settle(tasks: Sequence[PlanTaskRow], children: Mapping[str, RunRow], outcomes: Mapping[str, Outcome]) -> bool:
    """Take what came of tasks under way; whether a run has ended whose outcome was not looked at yet."""
    is_behind = False
    for task in tasks:
        outcome = outcomes.get(task.key)
        child = children.get(task.run_id or "")
        if task.status != "queued" or child is None or child.status not in ENDED:
            continue
        if outcome is None or outcome.run_id != task.run_id:
            is_behind = True
        else:
            _take(task, outcome)
    return is_behind


def _take(task: PlanTaskRow, outcome: Outcome) -> None:
    task.artifacts = outcome.artifacts
    if outcome.status == "succeeded":
        task.status, task.ended_ms, task.error = "succeeded", now_ms(), None
        task.summary, task.result_path, task.result_bytes = outcome.summary, outcome.path, outcome.size
    elif outcome.status == "cancelled":
        _end(task, "cancelled", "It was stopped.")
    else:
        status = after_failure(task.on_failure, task.attempts, task.max_attempts)
        task.error = outcome.error
        task.status, task.ended_ms = status, None if status == "waiting" else now_ms()


def _end(task: PlanTaskRow, status: str, why: str) -> None:
    task.status, task.error, task.ended_ms = status, why, now_ms()


def _given_up(tasks: Sequence[PlanTaskRow]) -> str | None:
    """Why the whole plan ends with a task, if one says so."""
    for task in tasks:
        if task.status == "failed" and task.on_failure == "fail":
            return f"The task {task.title!r} failed: {task.error}"
    return None


def _verdict(tasks: Sequence[PlanTaskRow]) -> tuple[str, str | None]:
    """How a plan ended whose tasks are all over, and why when not well."""
    lost = [task for task in tasks if task.status in ("failed", "cancelled") and not task.is_replaced]
    if lost:
        return "failed", f"The task {lost[0].title!r} did not succeed: {lost[0].error}"
    if not any(task.status == "succeeded" for task in tasks):
        return "failed", "No task succeeded."
    return "succeeded", None


def _costs(children: Mapping[str, RunRow]) -> list[str]:
    spent = [row.usage or {} for row in children.values()]
    return [usage["cost_usd"] for usage in spent if usage.get("cost_usd") is not None]
