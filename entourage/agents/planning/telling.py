"""What people are told of plans as they change: the whole plan, each time, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from entourage.agents.planning.views import plan_view
from entourage.agents.tables import RunRow
from entourage.events.event import NewEvent
from entourage.events.types import EventData, MessageEvent, PlanCreated, PlanUpdated, TaskQueued, TaskStarted
from entourage.kit.errors import NotFound
from entourage.kit.ids import derived_id

if TYPE_CHECKING:
    from entourage.agents.planning.schemas import Plan
    from entourage.events.log import EventLog
    from entourage.events.message import Message, MessageStatus
    from entourage.stores.sql import Database


class Telling:
    """Puts plans into the log."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def began(self, run: RunRow) -> None:
        """A worker took a plan that nobody has planned yet."""
        plan = await self._view(run.owner_id, run.plan_id or "")
        started = TaskStarted(run_id=run.id, agent=run.agent, message_id=run.message_id)
        await self.event(run, started, derived_id(run.id, "started", run.fence))
        await self.event(run, PlanCreated(plan=plan.wire()), derived_id(plan.id, "created"))

    async def stepped(self, run: RunRow, begun: Sequence[RunRow]) -> None:
        """A step was taken, and these tasks wait for their agents."""
        for row in begun:
            queued = TaskQueued(
                run_id=row.id,
                agent=row.agent,
                message_id=row.message_id,
                kind=row.kind,
                plan_id=row.plan_id,
                task_key=row.task_key,
            )
            await self.event(row, queued, derived_id(row.id, "queued"))
        await self.tell(run.owner_id, run.plan_id or "")

    async def tell(self, owner_id: str, plan_id: str) -> None:
        """How the plan stands now; nothing when it is gone."""
        lock = self._locks.setdefault(plan_id, asyncio.Lock())
        async with lock:  # what is read first is told first
            try:
                plan = await self._view(owner_id, plan_id)
            except NotFound:
                return
            told = NewEvent(
                owner_id=owner_id, data=PlanUpdated(plan=plan.wire()), session_id=plan.session_id, run_id=plan.run_id
            )
            await self._log.append(told)

    async def message(self, run: RunRow, message: Message, status: MessageStatus) -> None:
        """The turn of a plan waits for a person, or goes on."""
        message.status = status
        await self.event(run, MessageEvent(message=message.wire()), derived_id(run.id, status, run.fence))

    async def event(self, run: RunRow, data: EventData, event_id: str) -> None:
        """Something that happened in a run."""
        event = NewEvent(
            owner_id=run.owner_id,
            data=data,
            id=event_id,
            session_id=run.chat_id,
            run_id=run.id,
            parent_run_id=run.parent_run_id,
            agent=run.agent,
        )
        await self._log.append(event)

    async def _view(self, owner_id: str, plan_id: str) -> Plan:
        async with self._database.read(owner_id) as session:
            return await plan_view(session, plan_id)
