"""How a run ends: the final message, its events, its row; in an order that a crash at any point leaves whole.

Events first (their ids are derived, so a repeat changes nothing), then the rows in one transaction, then compaction.
"""

from __future__ import annotations

import contextlib
from decimal import Decimal

from entourage.agents.approvals import Approvals
from entourage.agents.failures import describe
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.schemas import RunStatus
from entourage.agents.steps import Recorded
from entourage.agents.tables import RunRow
from entourage.agents.turn import Turn
from entourage.agents.work import Conversation
from entourage.events.log import EventLog
from entourage.events.message import Message, MessageUsage, ToolCallPart
from entourage.events.types import DELTAS, EventData, MessageEvent, TaskCancelled, TaskCompleted, TaskFailed
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.stores.log import Filter
from entourage.stores.sql import Database
from entourage.tools.offering import Offering
from entourage.tools.tool import ResultStatus, ToolResult


class Closing:
    """Ends runs."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        runs: Runs,
        approvals: Approvals,
        conversation: Conversation,
        offering: Offering,
    ) -> None:
        self._database = database
        self._log = log
        self._runs = runs
        self._approvals = approvals
        self._conversation = conversation
        self._offering = offering

    async def succeed(self, claim: Claim, run: RunRow, turn: Turn, recorded: Recorded) -> None:
        """The answer is complete."""
        turn.message.status = "done"
        turn.message.usage = _usage(recorded)
        ended = TaskCompleted(
            run_id=run.id, agent=run.agent, message_id=run.message_id, duration_ms=now_ms() - run.created_ms
        )
        await self._end(claim, run, turn, "succeeded", ended)

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

    async def park(self, claim: Claim, turn: Turn) -> None:
        """Wait for a person or for another run."""
        await turn.flush()
        status = await self._runs.park(claim)
        if status == "waiting":
            turn.message.status = "waiting"
            turn.emit(MessageEvent(message=turn.message.wire()))
            await turn.flush()
        else:
            self._approvals.wake()

    async def _end(self, claim: Claim, run: RunRow, turn: Turn, status: RunStatus, ended: EventData) -> None:
        message = turn.message
        message.duration_ms = now_ms() - message.created_at
        turn.emit(MessageEvent(message=message.wire()), derived_id(run.id, "final"))
        turn.emit(ended, derived_id(run.id, "ended"))
        await turn.flush()
        async with self._database.write(claim.owner_id) as session:
            output = message.wire() if run.parent_run_id else None
            await self._runs.finish(session, claim, status, output)
            await self._approvals.cancel_run(session, run.id)
            if not run.parent_run_id:
                await self._conversation.settle(session, message)
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
