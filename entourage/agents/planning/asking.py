"""A plan in the inbox: proposed as an approval of the kind "plan", whose arguments are its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import TypeAdapter, ValidationError

from entourage.agents.planning.beginning import PLAN
from entourage.agents.planning.graph import Task, faults
from entourage.agents.planning.prompts import team_of
from entourage.agents.planning.rows import find_plan, task_of, tasks_of
from entourage.agents.planning.schemas import TaskFields
from entourage.agents.planning.tables import PlanRow
from entourage.agents.tables import ApprovalRow, RunRow
from entourage.agents.told import decision_of, find_approval, tell_requested
from entourage.kit.clock import now_ms
from entourage.kit.errors import FieldError, Invalid
from entourage.kit.ids import derived_id

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from entourage.accounts.preferences import PreferenceStore
    from entourage.agents.service import Agents
    from entourage.events.log import EventLog
    from entourage.stores.sql import Database

_TASKS = TypeAdapter(list[TaskFields])


class Answer(msgspec.Struct, frozen=True):
    """`status` of the approval; `tasks` when they were edited with it; `reason` when it was refused."""

    status: str
    tasks: tuple[Task, ...] = ()
    reason: str | None = None


class Asking:
    """Asks for plans. Implements `PlanCheck` for the inbox."""

    def __init__(
        self, database: Database, log: EventLog, preferences: PreferenceStore, agents: Agents, *, wait_seconds: int
    ) -> None:
        self._database = database
        self._log = log
        self._preferences = preferences
        self._agents = agents
        self._wait_ms = wait_seconds * 1000

    async def is_wanted(self, run: RunRow) -> bool:
        """Whether the person wants to see the plan before it begins."""
        async with self._database.read(run.owner_id) as session:
            plan = await find_plan(session, run.plan_id or "")
        preferences, _ = await self._preferences.get(run.owner_id)
        return (plan.approval or preferences.plans) == "ask"

    async def ask(self, session: AsyncSession, plan: PlanRow, run: RunRow) -> None:
        """Put it into the inbox, in the caller's transaction."""
        plan.approval_id = derived_id(plan.id, "approval")
        now = now_ms()
        session.add(
            ApprovalRow(
                id=plan.approval_id,
                kind=PLAN,
                chat_id=plan.chat_id,
                run_id=plan.run_id,
                message_id=plan.message_id,
                part=0,
                tool_call_id=plan.id,
                agent=run.agent,
                tool=PLAN,
                args=await args_of_plan(session, plan),
                options=[],
                risk="medium",
                status="pending",
                created_ms=now,
                expires_ms=now + self._wait_ms,
            )
        )

    async def tell(self, plan: PlanRow) -> None:
        """That it waits; to tell it again changes nothing."""
        async with self._database.read(plan.owner_id) as session:
            row = await find_approval(session, plan.approval_id or "")
        await tell_requested(self._log, row)

    async def answer(self, owner_id: str, plan: PlanRow) -> Answer:
        """What was said so far."""
        async with self._database.read(owner_id) as session:
            row = await find_approval(session, plan.approval_id or "")
        decision = decision_of(row)
        edited = (decision.args or {}).get("tasks")
        tasks = tuple(one.task() for one in _TASKS.validate_python(edited)) if edited else ()
        reason = f"The plan was not approved: {decision.reason}" if decision.reason else "The plan was not approved."
        return Answer(row.status, tasks, reason)

    async def check_args(self, owner_id: str, args: dict[str, Any]) -> None:
        """Whether an edited plan is one. Raises Invalid, field by field."""
        try:
            tasks = _TASKS.validate_python(args.get("tasks"))
        except ValidationError as error:
            found: list[FieldError] = [
                {"field": ".".join(["args.tasks", *map(str, one["loc"])]), "message": one["msg"]}
                for one in error.errors()
            ]
            raise Invalid("The edited plan is none.", errors=found) from None
        await self.check(owner_id, [task.task() for task in tasks])

    async def check(self, owner_id: str, tasks: Sequence[Task]) -> None:
        """Whether these tasks are a plan for this team. Raises Invalid, field by field."""
        team = team_of(await self._agents.list(owner_id), "")
        wrong = faults(tasks, [agent.name for agent in team])
        if wrong:
            errors: list[FieldError] = [{"field": fault.field, "message": fault.message} for fault in wrong]
            raise Invalid(f"This is no plan: {wrong[0].message}.", errors=errors)


async def args_of_plan(session: AsyncSession, plan: PlanRow) -> dict[str, Any]:
    """A plan as the inbox shows it."""
    tasks = [TaskFields.model_validate(task_of(row), from_attributes=True) for row in await tasks_of(session, plan.id)]
    return {"plan_id": plan.id, "goal": plan.goal, "tasks": [task.model_dump(mode="json") for task in tasks]}
