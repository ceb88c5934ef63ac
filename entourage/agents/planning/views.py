"""Plans as people see them: what the rows say, and what the rows of their runs say by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.planning.rows import tasks_of
from entourage.agents.planning.schemas import Plan, PlanTask
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.tables import ApprovalRow, RunRow
from entourage.kit.errors import NotFound

_ENDED = ("succeeded", "failed", "cancelled")
_COPIED = ("key", "title", "agent", "instructions", "depends_on", "on_failure", "max_attempts", "run_id", "attempts")
_CAME_OF_IT = ("summary", "error", "result_path", "result_bytes", "artifacts")


def status_of() -> ColumnElement[str]:
    """A plan's status. Its run may have ended, or rest, without the plan's row being told."""
    return case(
        (PlanRow.status.in_(_ENDED), PlanRow.status),
        (RunRow.status.in_(("failed", "cancelled")), RunRow.status),
        (RunRow.status == "succeeded", func.coalesce(PlanRow.outcome, "failed")),
        ((RunRow.status == "paused") & (PlanRow.status == "running"), "paused"),
        else_=PlanRow.status,
    )


class _Family(msgspec.Struct):
    """The runs of a plan, as far as its view needs them."""

    children: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    asking: set[str | None] = msgspec.field(default_factory=set[str | None])
    costs: dict[str | None, list[str]] = msgspec.field(default_factory=lambda: defaultdict(list))

    @property
    def all_costs(self) -> list[str]:
        return [cost for costs in self.costs.values() for cost in costs]


async def plan_view(session: AsyncSession, plan_id: str) -> Plan:
    """Raises NotFound."""
    found = await plan_views(session, PlanRow.id == plan_id, limit=1)
    if not found:
        raise NotFound(f"There is no plan {plan_id}.")
    return found[0]


async def plan_views(session: AsyncSession, *where: ColumnElement[bool], limit: int) -> list[Plan]:
    """Those that fit, newest first."""
    query = select(PlanRow, status_of(), RunRow.ended_ms).join(RunRow, RunRow.id == PlanRow.run_id).where(*where)
    rows = (await session.execute(query.order_by(PlanRow.run_id.desc()).limit(limit))).all()
    ids = [row[0].id for row in rows]
    families = await _families(session, ids)
    tasks: dict[str, list[PlanTaskRow]] = defaultdict(list)
    for task in await tasks_of(session, *ids):
        tasks[task.plan_id].append(task)
    return [_plan(plan, status, ended, tasks[plan.id], families[plan.id]) for plan, status, ended in rows]


async def _families(session: AsyncSession, ids: Sequence[str]) -> dict[str, _Family]:
    families: dict[str, _Family] = defaultdict(_Family)
    columns = (RunRow.plan_id, RunRow.task_key, RunRow.id, RunRow.status, RunRow.started_ms, RunRow.usage)
    for row in await session.execute(select(*columns).where(RunRow.plan_id.in_(ids))):
        family = families[str(row.plan_id)]
        family.children[row.id] = row
        if row.usage and row.usage.get("cost_usd") is not None:
            family.costs[row.task_key].append(row.usage["cost_usd"])
    asked = select(RunRow.plan_id, RunRow.task_key).join(ApprovalRow, ApprovalRow.run_id == RunRow.id)
    pending = (RunRow.plan_id.in_(ids), RunRow.task_key.is_not(None), ApprovalRow.status == "pending")
    for plan_id, key in await session.execute(asked.where(*pending)):
        families[str(plan_id)].asking.add(key)
    return families


def _plan(row: PlanRow, status: str, ended_ms: int | None, tasks: list[PlanTaskRow], family: _Family) -> Plan:
    drafts = [draft["usage"]["cost_usd"] for draft in row.drafts if draft["usage"]["cost_usd"] is not None]
    is_over = status in _ENDED
    return Plan(
        id=row.id,
        session_id=row.chat_id,
        run_id=row.run_id,
        message_id=row.message_id,
        goal=row.goal,
        status=status,  # pyright: ignore[reportArgumentType]  # one of the literals
        reason=row.reason,
        approval=row.approval or "ask",  # pyright: ignore[reportArgumentType]
        approval_id=row.approval_id if status == "proposed" else None,
        version=row.version,
        replans=row.replans,
        tasks=[_task(task, family, is_over=is_over) for task in tasks],
        created_at=row.created_ms,
        started_at=row.started_ms,
        ended_at=ended_ms if is_over else None,
        duration_ms=_between(row.started_ms, ended_ms) if is_over else None,
        cost_usd=total([*drafts, *family.all_costs]),
    )


def _task(row: PlanTaskRow, family: _Family, *, is_over: bool) -> PlanTask:
    child = family.children.get(row.run_id or "")
    started = child.started_ms if child else None
    return PlanTask.model_validate(
        {
            **{name: getattr(row, name) for name in (*_COPIED, *_CAME_OF_IT)},
            "status": _task_status(row, family, is_over=is_over),
            "started_at": started,
            "ended_at": row.ended_ms,
            "duration_ms": _between(started, row.ended_ms),
            "cost_usd": total(family.costs.get(row.key, [])),
        }
    )


def _task_status(row: PlanTaskRow, family: _Family, *, is_over: bool) -> str:
    """Of a task under way: as its run stands, or that somebody is asked."""
    if is_over and row.status in ("waiting", "queued"):
        return "cancelled"
    if row.status != "queued":
        return row.status
    if row.key in family.asking:
        return "asking"
    child = family.children.get(row.run_id or "")
    return "queued" if child is None or child.status == "queued" else "running"


def total(costs: Sequence[str]) -> str | None:
    """Their sum; None when none is known."""
    return format(sum(map(Decimal, costs), Decimal(0)), "f") if costs else None


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start
