"""From a goal to a plan that may be carried out: the planner's answer, the person's yes; and a new plan when one fails.

Each of these is one transaction that holds the plan's run, so a restart finds it done or not done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from entourage.agents.bus.rows import row_of
from entourage.agents.history import model_history, prompt_text
from entourage.agents.planning.advance import MAX_REPLANS, to_replan
from entourage.agents.planning.asking import Asking
from entourage.agents.planning.graph import Task
from entourage.agents.planning.planner import Draft, Planned, Planning, make_plan
from entourage.agents.planning.prompts import replan_request, team_of
from entourage.agents.planning.rows import find_plan, replace_tasks, task_rows, tasks_of
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.runs import Claim, Runs
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Problem
from entourage.kit.ids import derived_id
from entourage.llm.inside.spending import spending

if TYPE_CHECKING:
    from entourage.agents.planning.telling import Telling
    from entourage.agents.service import Agents
    from entourage.agents.work import Asked, Conversation
    from entourage.llm.resolve import Models
    from entourage.stores.sql import Database

Decision = Literal["pending", "approved", "refused"]

PLANNING_SECONDS = 600
HISTORY_SHARE = 0.3
DEFAULT_WINDOW_TOKENS = 128_000

_STAY = ("queued", "succeeded")

NO_MODEL = "No model is connected that could plan. Connect one under Models."
TOO_SLOW = f"The planner took more than {PLANNING_SECONDS} seconds."


class _State(msgspec.Struct, frozen=True):
    plan: PlanRow
    tasks: list[PlanTaskRow]


class Proposing:
    """Everything before the first task, and between a failed one and the plan around it."""

    def __init__(
        self,
        database: Database,
        runs: Runs,
        conversation: Conversation,
        agents: Agents,
        models: Models,
        asking: Asking,
        telling: Telling,
    ) -> None:
        self._database = database
        self._runs = runs
        self._conversation = conversation
        self._agents = agents
        self._models = models
        self._asking = asking
        self._telling = telling

    async def plan(self, claim: Claim, run: RunRow) -> None:
        """Give the plan its tasks and propose or start it, or let it fail with a reason. Raises LeaseLost."""
        state = await self._state(run)
        planned = Planned() if state.tasks else await self._planned(claim, run, state, "plan")
        if planned.reason:
            await self._fail(claim, run, planned.reason)
        else:
            await self._propose(claim, run, planned.tasks)
        await self._telling.tell(run.owner_id, state.plan.id)

    async def replan(self, claim: Claim, run: RunRow) -> None:
        """Put other tasks in place of those that have not begun; what is over or under way stays. Raises LeaseLost."""
        state = await self._state(run)
        purpose = f"replan-{state.plan.replans + 1}"
        planned = await self._planned(claim, run, state, purpose)
        async with self._database.write(run.owner_id) as session:
            await row_of(session, claim)
            plan = await find_plan(session, state.plan.id, lock=True)
            plan.replans += 1
            if planned.tasks:
                tasks = await tasks_of(session, plan.id)
                for task in tasks:
                    if task.status == "waiting":
                        await session.delete(task)
                for task in to_replan(tasks):
                    task.is_replaced = True
                await session.flush()
                session.add_all(task_rows(plan.id, planned.tasks, first=max(task.ordinal for task in tasks) + 1))
            elif plan.replans >= MAX_REPLANS:
                plan.reason = planned.reason

    async def decision(self, claim: Claim, run: RunRow) -> Decision:
        """What the person said to the plan; what follows from it is done. Raises LeaseLost."""
        state = await self._state(run)
        said = await self._asking.answer(run.owner_id, state.plan)
        if said.status == "pending":
            await self._asking.tell(state.plan)
            return "pending"
        async with self._database.write(run.owner_id) as session:
            await row_of(session, claim)
            plan = await find_plan(session, state.plan.id, lock=True)
            if said.status == "approved":
                if said.tasks:
                    await replace_tasks(session, plan, said.tasks)
                _start(plan)
            else:
                plan.reason = said.reason
                plan.version += 1
        if said.status == "approved":
            reply = (await self._conversation.prompt(run.owner_id, run)).reply
            await self._telling.message(run, reply, "streaming")
            return "approved"
        return "refused"

    async def wait(self, claim: Claim, run: RunRow) -> None:
        """Give the run's place back until the person has decided. Raises LeaseLost."""
        if await self._runs.park(claim) == "waiting":
            reply = (await self._conversation.prompt(run.owner_id, run)).reply
            await self._telling.message(run, reply, "waiting")

    async def _planned(self, claim: Claim, run: RunRow, state: _State, purpose: str) -> Planned:
        try:
            async with asyncio.timeout(PLANNING_SECONDS):
                return await self._ask(claim, run, state, purpose)
        except TimeoutError:
            return Planned(reason=TOO_SLOW)
        except Problem as problem:
            return Planned(reason=f"{problem.detail} {problem.hint or ''}".strip())

    async def _ask(self, claim: Claim, run: RunRow, state: _State, purpose: str) -> Planned:
        leader = await self._agents.named(run.owner_id, run.agent)
        resolved = await self._models.resolve(run.owner_id, run.model or leader.model)
        if resolved.is_offline:
            return Planned(reason=NO_MODEL)
        asked = await self._conversation.prompt(run.owner_id, run)
        room = round((resolved.model.window_tokens or DEFAULT_WINDOW_TOKENS) * HISTORY_SHARE)
        planning = Planning(
            purpose,
            _request(asked, state, purpose),
            model_history(asked.history, room, asked.summary),
            team_of(await self._agents.list(run.owner_id), leader.name),
            [task.key for task in state.tasks if task.status in _STAY],
            [task.key for task in state.tasks if task.status not in {*_STAY, "waiting"}],
            state.plan.drafts,
        )

        async def keep(draft: Draft) -> None:
            await self._keep(claim, run, draft)

        with spending(run.owner_id, agent=run.agent, session_id=run.chat_id, run_id=run.id):
            return await make_plan(planning, resolved, keep)

    async def _keep(self, claim: Claim, run: RunRow, draft: Draft) -> None:
        async with self._database.write(run.owner_id) as session:
            held = await row_of(session, claim)
            held.attempts = 0
            plan = await find_plan(session, run.plan_id or "", lock=True)
            plan.drafts = [*plan.drafts, draft.stored()]
            number = len(plan.drafts)
        await self._telling.event(run, draft.usage, derived_id(run.id, "usage", "plan", number))

    async def _propose(self, claim: Claim, run: RunRow, tasks: Sequence[Task]) -> None:
        is_asked = await self._asking.is_wanted(run)
        async with self._database.write(run.owner_id) as session:
            await row_of(session, claim)
            plan = await find_plan(session, run.plan_id or "", lock=True)
            session.add_all(task_rows(plan.id, tasks))
            plan.approval = "ask" if is_asked else "start"
            if is_asked:
                await session.flush()
                await self._asking.ask(session, plan, run)
                plan.status = "proposed"
                plan.version += 1
            else:
                _start(plan)

    async def _fail(self, claim: Claim, run: RunRow, reason: str) -> None:
        async with self._database.write(run.owner_id) as session:
            await row_of(session, claim)
            plan = await find_plan(session, run.plan_id or "", lock=True)
            plan.status, plan.reason = "failed", reason
            plan.version += 1

    async def _state(self, run: RunRow) -> _State:
        async with self._database.read(run.owner_id) as session:
            plan = await find_plan(session, run.plan_id or "")
            return _State(plan, await tasks_of(session, plan.id))


def _request(asked: Asked, state: _State, purpose: str) -> str:
    text = prompt_text(asked.prompt)
    return text if purpose == "plan" else replan_request(text, state.tasks)


def _start(plan: PlanRow) -> None:
    plan.status, plan.started_ms = "running", now_ms()
    plan.version += 1
