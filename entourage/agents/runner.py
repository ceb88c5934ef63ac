"""The run loop: history and recorded steps in, model and tools in turn, an answer out; every boundary is recorded.

A restart, a retry after a passing fault and a decision of a person are the same thing: the run is rebuilt from its
steps and goes on from there. No finished model response or tool call is done twice. What people say to a run while it
works (`control/`) is looked at between its steps, in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Literal

import structlog

from entourage.agents.accounting import usage_event
from entourage.agents.bus.stopping import StopReason
from entourage.agents.calling import follow
from entourage.agents.closing import Closing
from entourage.agents.compaction import Compaction
from entourage.agents.control.notes import Notes
from entourage.agents.ending import NotesLeft
from entourage.agents.failures import retry_after
from entourage.agents.limits import check_limits
from entourage.agents.output import answer_tool, refuse_offline
from entourage.agents.prompt import instructions
from entourage.agents.remembering.recall import Recall
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.service import Agents
from entourage.agents.showing import shown
from entourage.agents.speaking import Speaking
from entourage.agents.steps import RESPONSE, Recorded, calls_of, clean, dump_reply, response_key
from entourage.agents.tables import RunRow
from entourage.agents.turn import Turn
from entourage.agents.work import Asked, Conversation, Requests, Work
from entourage.events.log import EventLog
from entourage.events.message import TextPart
from entourage.events.types import MessageEvent, TaskStarted
from entourage.kit.clock import now_ms
from entourage.kit.errors import Problem
from entourage.kit.ids import derived_id
from entourage.llm.failures import said_nothing
from entourage.llm.inside.spending import spending
from entourage.llm.resolve import Models, Resolved
from entourage.llm.translate.neutral import Choice, Message, Reply, Request, Text, Tool, joined
from entourage.tools.offering import Offered, Offering
from entourage.tools.pipeline import Pipeline
from entourage.workspaces.folders import Folders

__all__ = ["Runner", "StopReason"]

logger = structlog.get_logger(__name__)

Outcome = Literal["answered", "parked", "paused"]
"""Where an attempt leaves a run: it is over, a person must decide first, a person let it rest."""

ATTEMPTS = 4
BACKOFF_SECONDS = (0.5, 2.0, 5.0)


class Runner:
    """Carries out one run at a time per call of `work_on`; holds no state of runs."""

    def __init__(
        self,
        log: EventLog,
        runs: Runs,
        agents: Agents,
        models: Models,
        offering: Offering,
        folders: Folders,
        conversation: Conversation,
        requests: Requests,
        closing: Closing,
        notes: Notes,
        recall: Recall,
        *,
        pipeline: Pipeline,
        delta_window_ms: int,
    ) -> None:
        self._log = log
        self._runs = runs
        self._agents = agents
        self._models = models
        self._offering = offering
        self._folders = folders
        self._conversation = conversation
        self._compaction = Compaction(runs, conversation)
        self._requests = requests
        self._closing = closing
        self._notes = notes
        self._recall = recall
        self._pipeline = pipeline
        self._delta_window_ms = delta_window_ms

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        """Work on a claimed run until it ends, parks, or `stop` says why it was interrupted. Never raises."""
        claim = Claim.of(run)
        turn: Turn | None = None
        work: Work | None = None
        try:
            asked = await self._conversation.prompt(run.owner_id, run)
            turn = Turn(self._log, run.owner_id, run.parent_run_id, asked.reply, self._delta_window_ms)
            work, resolved = await self._begin(claim, run, turn, asked, stop)
            await self._carry_out(work, resolved)
        except LeaseLost:
            if turn:
                turn.stop()
        except asyncio.CancelledError:
            await self._interrupted(claim, run, turn, work, stop)
        except Exception as error:  # whatever it was, the person is told
            if not isinstance(error, Problem):
                logger.exception("run.failed", run_id=run.id, agent=run.agent)
            stop.too_late = True
            await self._closing.fail(claim, run, turn, error)

    async def _interrupted(
        self, claim: Claim, run: RunRow, turn: Turn | None, work: Work | None, stop: StopReason
    ) -> None:
        if stop.reason == "cancelled":
            stop.too_late = True
            await self._closing.cancel(claim, run, turn)
            return
        if stop.reason == "interrupted":
            stop.too_late = True
            if work:
                await asyncio.gather(*work.recording, return_exceptions=True)
            with contextlib.suppress(LeaseLost):
                await self._closing.rest(claim, run, turn, "interrupt")
            return
        if turn:
            turn.stop()
        if stop.reason == "shutdown":
            with contextlib.suppress(LeaseLost):
                await self._runs.release(claim)

    async def _begin(
        self, claim: Claim, run: RunRow, turn: Turn, asked: Asked, stop: StopReason
    ) -> tuple[Work, Resolved]:
        agent = await self._agents.named(run.owner_id, run.agent)
        resolved = await self._models.resolve(run.owner_id, run.model or agent.model)
        if resolved.is_offline and agent.output_schema is not None:
            raise refuse_offline(agent.name)
        turn.message.model = resolved.id
        work = Work(
            claim,
            run,
            agent,
            turn,
            Recorded(),
            self._runs,
            self._pipeline,
            self._requests,
            asked.history,
            asked.prompt,
            asked.question or asked.prompt,
            asked.summary,
            stop,
            asked.workspace_id,
        )
        started = TaskStarted(run_id=run.id, agent=run.agent, message_id=run.message_id)
        turn.emit(started, derived_id(run.id, "started", claim.fence))
        return work, resolved

    async def _carry_out(self, work: Work, resolved: Resolved) -> None:
        claim, run, stop = work.claim, work.run, work.stop
        async with asyncio.timeout(work.agent.limits.max_seconds):
            with spending(run.owner_id, agent=run.agent, session_id=run.chat_id, run_id=run.id):
                outcome = await self._attempts(work, resolved)
        stop.too_late = True
        if outcome == "parked" and not stop.holding:
            await self._closing.park(claim, run, work.turn)
        elif outcome != "answered":
            await self._closing.rest(claim, run, work.turn, "pause")
        else:
            await self._succeed(work, resolved)

    async def _succeed(self, work: Work, resolved: Resolved) -> None:
        try:
            await self._closing.succeed(work)
        except NotesLeft as left:  # something was said after the last word, and the run has not ended
            work.stop.notes, work.stop.too_late = left.notes, False
            await self._carry_out(work, resolved)

    async def _attempts(self, work: Work, resolved: Resolved) -> Outcome:
        """As `_attempt`; passing faults are tried again from what is recorded."""
        for attempt in range(ATTEMPTS):
            try:
                outcome = await self._attempt(work, resolved, first=attempt == 0 and not _is_begun(work))
            except LeaseLost:
                raise
            except Exception as error:
                wait = retry_after(error)
                if wait is None or attempt == ATTEMPTS - 1:
                    raise
                logger.info("run.retry", run_id=work.run.id, attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(max(wait, BACKOFF_SECONDS[attempt]))
            else:
                return outcome
        raise AssertionError("the last attempt ends or raises")

    async def _attempt(self, work: Work, resolved: Resolved, *, first: bool) -> Outcome:
        """Go on from what is recorded, until it is over, somebody must be waited for, or it is to rest."""
        offered = await self._offering.of(work.owner_id, work.agent.name, work.agent.tools)
        if not first:
            await self._rebuild(work, offered)
        request: Request | None = None
        before: list[Message] = []
        is_due = bool(work.recorded.replies) and not work.recorded.was_told
        after = await follow(work, offered) if is_due else "open"
        while after == "open" or (after == "answered" and await self._notes.take(work)):
            if work.stop.holding:
                return "paused"
            await self._notes.take(work)
            check_limits(work)
            if request is None:
                request = await self._request(work, resolved, offered)
                before = request.messages
            request.messages = joined([*before, *work.recorded.messages()])
            await self._respond(work, resolved, request, offered)
            if work.stop.holding and calls_of(work.recorded.replies[-1]):
                return "paused"
            after = await follow(work, offered)
        return "parked" if after == "parked" else "answered"

    async def _request(self, work: Work, resolved: Resolved, offered: Offered) -> Request:
        """What the model is asked before it has said anything."""
        recalling = self._recall.begin(work)
        try:
            history = await self._compaction.history(work, resolved)
            files = self._folders.of(work.owner_id, work.run.chat_id)
            prompted = await shown(work.prompt, files, resolved.senses)
            await self._recall.finish(work, recalling)
        finally:
            if recalling:
                recalling.cancel()
        context = work.recorded.context
        prompt = Message("user", [Text(context.shown), *prompted] if context else prompted)
        told = await instructions(self._agents, work, offered.shown)
        tools = [Tool(tool.wire_name, tool.parameters, tool.description) for tool in offered.shown]
        schema, settings = work.agent.output_schema, work.agent.model_settings
        return Request(
            system=[Text(told)],
            messages=[*history, prompt],
            tools=tools if schema is None else [*tools, answer_tool(schema)],
            choice=None if schema is None else Choice("required"),
            max_tokens=settings.max_tokens,
            temperature=settings.temperature,
            stream=True,
        )

    async def _respond(self, work: Work, resolved: Resolved, request: Request, offered: Offered) -> None:
        """One response of the model, written as it comes and recorded before its calls are carried out."""
        started = time.monotonic()
        speaking = Speaking(work, offered)
        await resolved.model.answer(request, speaking)
        first_ms = None if speaking.first_at is None else _ms(started, speaking.first_at)
        reply = clean(speaking.reply)
        if not _says_something(reply, work):
            raise said_nothing(resolved.name)
        speaking.show_calls()
        ordinal = len(work.recorded.replies)
        usage = usage_event(resolved, reply, _ms(started, time.monotonic()), first_ms)
        work.turn.emit(usage, derived_id(work.run.id, "usage", ordinal))
        await self._runs.record(work.claim, RESPONSE, response_key(ordinal), ordinal, dump_reply(reply, usage))
        work.recorded.add(reply, usage, now_ms())

    async def _rebuild(self, work: Work, offered: Offered) -> None:
        recorded = Recorded.of(await self._runs.steps(work.claim))
        work.recorded = recorded
        work.turn.restart(recorded.rebuild(work.turn.message, offered.told))
        work.turn.message.status = "streaming"
        work.turn.emit(MessageEvent(message=work.turn.message.wire()))


def _is_begun(work: Work) -> bool:
    """Whether steps may be there already: of a worker before, of the run it was forked from, of the router."""
    run = work.run
    begun_with = bool(run.forked_from) or bool(run.routed and run.routed.get("first"))
    return work.claim.fence > 1 or begun_with or bool(work.recorded.replies)


def _says_something(reply: Reply, work: Work) -> bool:
    """Some models end with silence once they have said everything."""
    if calls_of(reply) or any(isinstance(part, Text) and part.text.strip() for part in reply.parts):
        return True
    return any(isinstance(part, TextPart) for part in work.turn.message.parts)


def _ms(start: float, end: float) -> int:
    return round((end - start) * 1000)
