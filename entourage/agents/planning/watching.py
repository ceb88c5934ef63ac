"""Plans change when their tasks start, ask and rest, without a step of the plan: who committed that tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from entourage.agents.tables import RunRow
from entourage.events.types import ApprovalRequested, ApprovalResolved, RunPaused, RunResumed, TaskStarted

if TYPE_CHECKING:
    from entourage.agents.planning.telling import Telling
    from entourage.events.event import Published
    from entourage.stores.sql import Database

logger = structlog.get_logger(__name__)

_ALWAYS = frozenset(kind.type for kind in (ApprovalRequested, ApprovalResolved, RunPaused, RunResumed))
_OF_CHILDREN = frozenset({TaskStarted.type})


class Watching:
    """A listener of the log."""

    def __init__(self, database: Database, telling: Telling) -> None:
        self._database = database
        self._telling = telling
        self._due: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, events: Sequence[Published]) -> None:
        """See `EventLog.listen`."""
        for published in events:
            record = published.record
            is_child = record.type in _OF_CHILDREN and record.parent_run_id is not None
            if record.run_id and (is_child or record.type in _ALWAYS):
                self._look_at(published.owner_id, record.run_id)

    async def close(self) -> None:
        """Let what is going on end."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _look_at(self, owner_id: str, run_id: str) -> None:
        if (owner_id, run_id) in self._due:
            return
        self._due.add((owner_id, run_id))
        task = asyncio.create_task(self._tell(owner_id, run_id), name="plan-watching")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, owner_id: str, run_id: str) -> None:
        self._due.discard((owner_id, run_id))
        try:
            async with self._database.read(owner_id) as session:
                plan_id = await session.scalar(select(RunRow.plan_id).where(RunRow.id == run_id))
            if plan_id:
                await self._telling.tell(owner_id, plan_id)
        except Exception:  # nobody waits for this; the next change tells the same
            logger.warning("plan.not_told", run_id=run_id, exc_info=True)
