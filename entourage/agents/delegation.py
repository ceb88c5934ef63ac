"""Agents that call agents: a child run per call, found again after a restart, bounded in depth, without cycles."""

from __future__ import annotations

import json

from entourage.agents.approvals import Approvals
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.routing.composite import is_routed
from entourage.agents.runs import QueueFull, Runs, find_run
from entourage.agents.schemas import ENDED
from entourage.agents.service import Agents
from entourage.agents.steps import child_id
from entourage.agents.tables import RunRow
from entourage.agents.work import MAX_DEPTH, Work
from entourage.events.log import EventLog
from entourage.events.message import ChildRun, Message, MessageUsage
from entourage.events.types import DirectAgentCall, TaskQueued
from entourage.kit.errors import NotFound, Problem
from entourage.kit.ids import derived_id
from entourage.stores.sql import Database
from entourage.tools.tool import Decision, Parked, Question, ToolCall, ToolResult


class Delegation:
    """Implements `Requests` for the run loop. `dispatcher` is set once it exists."""

    def __init__(self, database: Database, log: EventLog, runs: Runs, agents: Agents, approvals: Approvals) -> None:
        self._database = database
        self._log = log
        self._runs = runs
        self._agents = agents
        self._approvals = approvals
        self.dispatcher: Dispatcher | None = None

    async def ask(self, work: Work, call: ToolCall, question: Question) -> Decision:
        """See `Approvals.ask`."""
        return await self._approvals.ask(work, call, question)

    async def decided(self, work: Work, call: ToolCall) -> Decision | None:
        """See `Approvals.decided_before`."""
        return await self._approvals.decided_before(work, call)

    async def delegate(self, work: Work, call: ToolCall, agent: str, task: str) -> ToolResult:
        """The child's answer. Raises Parked while the child waits: for a person, or for its turn."""
        refusal = await self._refusal(work, agent)
        if refusal:
            return ToolResult.failure(refusal)
        assert self.dispatcher
        try:
            row = await self._child(work, call, agent, task)
        except QueueFull as full:
            return ToolResult.failure(f"{full.detail} {full.hint}")
        if row.status == "running":
            row = await self.dispatcher.settled(work.owner_id, row.id)
        if row.status not in ENDED:  # whoever waits for one that waits gives up its place meanwhile
            raise Parked(row.id)
        return _result(row, await self._runs.spent(work.owner_id, row.id))

    async def _refusal(self, work: Work, agent: str) -> str | None:
        path = work.run.path
        if agent in path:
            return f"{agent} is already working on this further up ({' -> '.join(path)}): that would go in a circle."
        if len(path) >= MAX_DEPTH:
            return f"Agents may call each other {MAX_DEPTH - 1} deep ({' -> '.join(path)})."
        try:
            await self._agents.named(work.owner_id, agent)
        except Problem as problem:
            return f"{problem.detail} {problem.hint or ''}".strip()
        return None

    async def _child(self, work: Work, call: ToolCall, agent: str, task: str) -> RunRow:
        run_id = child_id(call.key)
        try:
            return await self._runs.get(work.owner_id, run_id)
        except NotFound:
            pass
        assert self.dispatcher
        async with self._database.write(work.owner_id) as session:
            parent = await find_run(session, work.run.id)
            row = await self._runs.enqueue(
                session,
                worker=self.dispatcher.taker,
                priority=work.run.priority,
                id=run_id,
                chat_id=work.run.chat_id,
                message_id=derived_id(run_id, "message"),
                prompt_id=None,
                parent_run_id=work.run.id,
                agent=agent,
                model=work.run.model if is_routed(work.run, call.tool_call_id) else None,
                task=task,
                path=[*work.run.path, agent],
                cancelling=parent.cancelling,
                start_seq=work.run.start_seq,
                kind="call",
                plan_id=work.run.plan_id,
                task_key=work.run.task_key,
            )
        work.turn.emit(DirectAgentCall(run_id=run_id, agent=agent, by=work.agent.name), derived_id(run_id, "called"))
        work.turn.emit(TaskQueued(run_id=run_id, agent=agent, message_id=row.message_id), derived_id(run_id, "queued"))
        self.dispatcher.begin(row)
        return row


def _result(row: RunRow, usage: MessageUsage) -> ToolResult:
    child = ChildRun(run_id=row.id, agent=row.agent, usage=usage)
    message = Message.model_validate({**(row.output or {}), "created_at": row.created_ms})
    if row.status == "succeeded":
        data = message.data()
        answer = message.text() if data is None else json.dumps(data, ensure_ascii=False)
        return ToolResult(answer or "(no answer)", child=child)
    reason = message.error.detail if message.error else f"the run was {row.status}"
    return ToolResult(f"{row.agent} did not finish: {reason}", "failed", child=child)
