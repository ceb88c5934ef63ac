"""How a plan begins: its row, beside the run that carries it out and the turn that shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from entourage.agents.planning.graph import Task
from entourage.agents.planning.rows import task_rows
from entourage.agents.planning.schemas import PlanApproval
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.tables import RunRow
from entourage.events.message import Part, PlanPart
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id

PLAN = "plan"
"""The kind of a run that carries out a plan."""


class PlanStart(msgspec.Struct, frozen=True):
    """What a plan begins with: tasks that somebody has thought of already need no planner."""

    goal: str
    tasks: tuple[Task, ...] = ()
    approval: PlanApproval | None = None
    model: str | None = None


class Beginnings(msgspec.Struct, frozen=True):
    """`begin(owner_id, session_id, start)` begins a plan in a conversation, or in a new one; the id of the plan.

    Asked of whoever keeps conversations. Raises NotFound, Conflict.
    """

    begin: Callable[[str, str | None, PlanStart], Awaitable[str]]


def plan_id_of(run_id: str) -> str:
    """The plan that a run carries out."""
    return derived_id(run_id, "plan")


def plan_rows(run: RunRow, start: PlanStart) -> list[PlanRow | PlanTaskRow]:
    """What to add beside a run of the kind `PLAN`, whose `task` is the goal, in the same transaction."""
    plan = PlanRow(
        id=plan_id_of(run.id),
        chat_id=run.chat_id,
        run_id=run.id,
        message_id=run.message_id,
        goal=start.goal,
        status="planning",
        approval=start.approval,
        model=start.model,
        replans=0,
        drafts=[],
        version=1,
        created_ms=now_ms(),
    )
    return [plan, *task_rows(plan.id, start.tasks)]


def parts_of(run: RunRow) -> list[Part]:
    """What stands in a turn before the model says anything: the plan, of a run that carries one out."""
    return [plan_part(run.id, run.task or "")] if run.kind == PLAN else []


def plan_part(run_id: str, goal: str) -> PlanPart:
    """What the turn shows of the plan; everything else is asked for by its id."""
    return PlanPart(plan_id=plan_id_of(run_id), goal=goal)
