"""Rows of plans: made from tasks, read back, locked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.planning.graph import Task
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.kit.errors import NotFound


async def find_plan(session: AsyncSession, plan_id: str, *, lock: bool = False) -> PlanRow:
    """The row. Raises NotFound."""
    row = await session.get(PlanRow, plan_id, with_for_update=lock)
    if row is None:
        raise NotFound(f"There is no plan {plan_id}.")
    return row


async def tasks_of(session: AsyncSession, *plan_ids: str) -> list[PlanTaskRow]:
    """Their tasks, in order."""
    query = select(PlanTaskRow).where(PlanTaskRow.plan_id.in_(plan_ids))
    return list(await session.scalars(query.order_by(PlanTaskRow.plan_id, PlanTaskRow.ordinal)))


def task_rows(plan_id: str, tasks: Sequence[Task], *, first: int = 0) -> list[PlanTaskRow]:
    """Rows of tasks that nobody has begun; `first` is the place of the first among the tasks of the plan."""
    return [
        PlanTaskRow(
            plan_id=plan_id,
            key=task.key,
            ordinal=ordinal,
            title=task.title,
            agent=task.agent,
            instructions=task.instructions,
            depends_on=list(task.depends_on),
            on_failure=task.on_failure,
            max_attempts=task.max_attempts,
            status="waiting",
            is_replaced=False,
            attempts=0,
            artifacts=[],
        )
        for ordinal, task in enumerate(tasks, first)
    ]


async def replace_tasks(session: AsyncSession, plan: PlanRow, tasks: Sequence[Task]) -> None:
    """These tasks in place of those there are."""
    for row in await tasks_of(session, plan.id):
        await session.delete(row)
    await session.flush()
    session.add_all(task_rows(plan.id, tasks))
    plan.version += 1


def task_of(row: PlanTaskRow) -> Task:
    """The task as it was planned."""
    return Task(
        row.key,
        row.title,
        row.agent,
        row.instructions,
        tuple(row.depends_on),
        row.on_failure,  # pyright: ignore[reportArgumentType]  # one of the rules
        row.max_attempts,
    )
