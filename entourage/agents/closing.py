"""How a run ends or rests: the final message, its events, its row; in an order that a crash at any point leaves whole.

Events first (their ids are derived, so a repeat changes nothing), then the rows in one transaction, then compaction.
"""

from __future__ import annotations

import contextlib
from decimal import Decimal

from entourage.agents.approvals import Approvals
from entourage.agents.bus.store import Holding
from entourage.agents.control.rows import rest
from entourage.agents.ending import NotesLeft
from entourage.agents.failures import describe
from entourage.agents.planning.beginning import parts_of
from entourage.agents.remembering.keeping import Keeping, Leaving
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.schemas import RunStatus
from entourage.agents.steps import TOOL, Recorded, StoredResult
from entourage.agents.tables import RunRow
from entourage.agents.turn import Turn
from entourage.agents.work import Conversation, Work
from entourage.events.log import EventLog
from entourage.events.message import Message, MessageUsage, NotePart, ToolCallPart
from entourage.events.types import DELTAS, EventData, MessageEvent, RunPaused, TaskCancelled, TaskCompleted, TaskFailed
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.stores.log import Filter
from entourage.stores.sql import Database
from entourage.tools.offering import Offering
from entourage.tools.tool import ResultStatus, ToolResult

_CUT_OFF = ToolResult("The user interrupted this call before it was done.", "cancelled")


class Closing:
    """Ends runs, and lets them wait or rest."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        runs: Runs,
        approvals: Approvals,
        conversation: Conversation,
        offering: Offering,
        keeping: Keeping,
    ) -> None:
        self._database = database
        self._log = log
        self._runs = runs
        self._approvals = approvals
        self._conversation = conversation
        self._offering = offering
        self._keeping = keeping

    async def succeed(self, work: Work) -> None:
        """The answer is complete. Raises NotesLeft, and ends nothing, when something was said meanwhile."""
        claim, run, turn = work.claim, work.run, work.turn
        turn.message.status = "done"
        ended = TaskCompleted(
            run_id=run.id, agent=run.agent, message_id=run.message_id, duration_ms=now_ms() - run.created_ms
        )
        leaving = await self._keeping.of(work)
        await self._end(claim, run, turn, "succeeded", ended, work.recorded, leaving)
        if leaving:
            await self._keeping.added(leaving)

    async def fail(self, claim: Claim, run: RunRow, turn: Turn | None, error: BaseException) -> None:
        """The run cannot go on; the person is told why."""
        turn = turn or await self._rebuilt(claim, run)
        turn.message.status = "failed"
        turn.message.error = describe(error)
        self._close_calls(turn, "failed", "The run ended before this call did.")
        ended = TaskFailed(
            run_id=run.id, agent=run.agent, message_id=run.message_id, error=turn.message.error.model_dump()
        )
        with contextlib.suppress(LeaseLost):
            await self._end(claim, run, turn, "failed", ended)

    async def cancel(self, claim: Claim, run: RunRow, turn: Turn | None) -> None:
        """The person stopped the run."""
        turn = turn or await self._rebuilt(claim, run)
        turn.message.status = "cancelled"
        self._close_calls(turn, "cancelled", "Stopped by the user.")
        ended = TaskCancelled(run_id=run.id, agent=run.agent, message_id=run.message_id)
        with contextlib.suppress(LeaseLost):
            await self._end(claim, run, turn, "cancelled", ended)

    async def park(self, claim: Claim, run: RunRow, turn: Turn) -> None:
        """Wait for a person or for another run; or rest, when a person wants it to."""
        await turn.flush()
        status = await self._runs.park(claim)
        if status == "waiting":
            turn.message.status = "waiting"
            turn.emit(MessageEvent(message=turn.message.wire()))
            await turn.flush()
        else:
            await self._tell_resting(run, turn, status, "pause")

    async def rest(self, claim: Claim, run: RunRow, turn: Turn | None, how: Holding) -> None:
        """Rest until a person lets it go on; what it was in the midst of is recorded as cut off. Raises LeaseLost."""
        turn = turn or await self._rebuilt(claim, run)
        await turn.flush()
        if how == "interrupt":
            await self._cut_off(claim, turn)
        async with self._database.write(claim.owner_id) as session:
            status = await rest(session, self._runs, claim)
        await self._tell_resting(run, turn, status, how)

    async def _tell_resting(self, run: RunRow, turn: Turn, status: RunStatus, how: Holding) -> None:
        if status != "paused":
            self._approvals.wake()
            return
        turn.message.status = "paused"
        turn.emit(MessageEvent(message=turn.message.wire()))
        turn.emit(RunPaused(run_id=run.id, agent=run.agent, message_id=run.message_id, how=how))
        await turn.flush()

    async def _cut_off(self, claim: Claim, turn: Turn) -> None:
        """The calls of the last response that were going on end here; those that wait for somebody still do."""
        recorded = Recorded.of(await self._runs.steps(claim))
        for key in recorded.open_calls():
            part = turn.call_of(key)
            if part and (part.status == "waiting" or part.child):
                continue
            stored = encode(StoredResult.of(_CUT_OFF, 0)).decode()
            await self._runs.record(claim, TOOL, key, len(recorded.replies) - 1, stored)
            if part:
                turn.end_call(key, _CUT_OFF, 0)

    async def _end(
        self,
        claim: Claim,
        run: RunRow,
        turn: Turn,
        status: RunStatus,
        ended: EventData,
        recorded: Recorded | None = None,
        leaving: Leaving | None = None,
    ) -> None:
        message, taken = turn.message, recorded.last_note if recorded else None
        recorded = recorded or Recorded.of(await self._runs.steps(claim))
        message.usage = _usage(recorded)
        message.duration_ms = now_ms() - message.created_at
        times = (run.retries, sum(isinstance(part, NotePart) for part in message.parts))  # it may end more than once
        turn.emit(MessageEvent(message=message.wire()), derived_id(run.id, "final", *times))
        turn.emit(ended, derived_id(run.id, "ended", *times))
        await turn.flush()
        async with self._database.writing(claim.owner_id) as writing:
            output = message.wire() if run.parent_run_id else None
            notes = await self._runs.finish(writing, claim, status, output=output, usage=message.usage.model_dump())
            if taken is not None and notes > taken:
                raise NotesLeft(notes)
            await self._approvals.cancel_run(writing, run.id)
            if not run.parent_run_id:
                await self._conversation.settle(writing, message)
            if leaving:
                await self._keeping.add(writing, leaving)
        deltas = Filter(after=run.start_seq, session_ids=(run.chat_id,), run_ids=(run.id,), types=DELTAS)
        await self._log.delete(claim.owner_id, deltas)
        if not run.parent_run_id:
            await self._conversation.settled(claim.owner_id, message)

    async def _rebuilt(self, claim: Claim, run: RunRow) -> Turn:
        """The turn as far as it is recorded, for a run that nobody works on."""
        message = Message(
            id=run.message_id,
            chat_id=run.chat_id,
            parent_id=run.prompt_id,
            role="assistant",
            agent=run.agent,
            run_id=run.id,
            status="streaming",
            parts=parts_of(run),
            created_at=run.created_ms,
        )
        turn = Turn(self._log, run.owner_id, run.parent_run_id, message, 0)
        offered = await self._offering.of(run.owner_id, run.agent, {})
        turn.restart(Recorded.of(await self._runs.steps(claim)).rebuild(message, offered.told))
        return turn

    def _close_calls(self, turn: Turn, status: ResultStatus, why: str) -> None:
        for index, part in enumerate(turn.message.parts):
            if isinstance(part, ToolCallPart) and part.status in ("running", "waiting"):
                turn.close_call(index, ToolResult.failure(why, status))


def _usage(recorded: Recorded) -> MessageUsage:
    costs = [usage.cost_usd for usage in recorded.usages if usage.cost_usd is not None]
    return MessageUsage(
        input_tokens=sum(usage.input_tokens for usage in recorded.usages),
        output_tokens=sum(usage.output_tokens for usage in recorded.usages),
        cost_usd=str(sum(map(Decimal, costs), Decimal(0))) if costs else None,
    )
