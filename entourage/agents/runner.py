"""The run loop: history and recorded steps in, model and tools in turn, an answer out; every boundary is recorded.

A restart, a retry after a passing fault and a decision of a person are the same thing: the run is rebuilt from its
steps and goes on from there. No finished model response or tool call is done twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

import structlog

from entourage.agents.accounting import usage_event
from entourage.agents.closing import Closing
from entourage.agents.compaction import Compaction
from entourage.agents.failures import retry_after
from entourage.agents.output import ANSWER_TOOL, output_types, refuse_offline, require_fit
from entourage.agents.prompt import instructions, prompt_content
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.service import Agents
from entourage.agents.steps import (
    RESPONSE,
    Recorded,
    args_of,
    call_key,
    child_of,
    clean,
    dump_response,
    response_key,
    storable_json,
)
from entourage.agents.tables import RunRow
from entourage.agents.turn import Turn
from entourage.agents.work import Asked, Conversation, Requests, Work
from entourage.events.log import EventLog
from entourage.events.types import MessageEvent, TaskStarted
from entourage.kit.clock import now_ms
from entourage.kit.errors import Problem
from entourage.kit.ids import derived_id
from entourage.llm.inside.spending import spending
from entourage.llm.resolve import Models, Resolved
from entourage.tools.pipeline import Middleware, Pipeline
from entourage.tools.registry import ToolRegistry
from entourage.tools.tool import ToolResult
from entourage.workspaces.folders import Folders

if TYPE_CHECKING:
    from pydantic_ai import AgentRun, UsageLimits
    from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import RunUsage

logger = structlog.get_logger(__name__)

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
        tools: ToolRegistry,
        folders: Folders,
        conversation: Conversation,
        requests: Requests,
        closing: Closing,
        *,
        policy: Middleware,
        delta_window_ms: int,
    ) -> None:
        self._log = log
        self._runs = runs
        self._agents = agents
        self._models = models
        self._tools = tools
        self._folders = folders
        self._conversation = conversation
        self._compaction = Compaction(runs, conversation)
        self._requests = requests
        self._closing = closing
        self._pipeline = Pipeline(policy=policy)
        self._delta_window_ms = delta_window_ms

    async def ready(self) -> None:
        """Wait until what runs need is imported."""
        await self._models.ready()

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        """Work on a claimed run until it ends, parks, or `stop` says why it was interrupted. Never raises."""
        claim = Claim(run.id, run.owner_id, run.fence)
        turn: Turn | None = None
        try:
            await self._models.ready()
            asked = await self._conversation.prompt(run.owner_id, run)
            turn = Turn(self._log, run.owner_id, run.parent_run_id, asked.reply, self._delta_window_ms)
            await self._carry_out(claim, run, turn, asked, stop)
        except LeaseLost:
            if turn:
                turn.stop()
        except asyncio.CancelledError:
            await self._interrupted(claim, run, turn, stop)
        except Exception as error:  # whatever it was, the person is told
            if not isinstance(error, Problem):
                logger.exception("run.failed", run_id=run.id, agent=run.agent)
            stop.too_late = True
            await self._closing.fail(claim, run, turn, error)

    async def _interrupted(self, claim: Claim, run: RunRow, turn: Turn | None, stop: StopReason) -> None:
        if stop.reason == "cancelled":
            stop.too_late = True
            await self._closing.cancel(claim, run, turn)
            return
        if turn:
            turn.stop()
        if stop.reason == "shutdown":
            with contextlib.suppress(LeaseLost):
                await self._runs.release(claim)

    async def _carry_out(self, claim: Claim, run: RunRow, turn: Turn, asked: Asked, stop: StopReason) -> None:
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
            asked.summary,
        )
        started = TaskStarted(run_id=run.id, agent=run.agent, message_id=run.message_id)
        turn.emit(started, derived_id(run.id, "started", claim.fence))
        async with asyncio.timeout(agent.limits.max_seconds):
            with spending(run.owner_id, agent=run.agent, session_id=run.chat_id, run_id=run.id):
                parked = await self._attempts(work, resolved)
        stop.too_late = True
        if parked:
            await self._closing.park(claim, turn)
        else:
            await self._closing.succeed(claim, run, turn, work.recorded)

    async def _attempts(self, work: Work, resolved: Resolved) -> bool:
        """As `_attempt`; passing faults are tried again from what is recorded."""
        for attempt in range(ATTEMPTS):
            try:
                parked = await self._attempt(work, resolved, first=attempt == 0 and work.claim.fence == 1)
            except LeaseLost:
                raise
            except Exception as error:
                wait = retry_after(error)
                if wait is None or attempt == ATTEMPTS - 1:
                    raise
                logger.info("run.retry", run_id=work.run.id, attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(max(wait, BACKOFF_SECONDS[attempt]))
            else:
                return parked
        raise AssertionError("the last attempt ends or raises")

    async def _attempt(self, work: Work, resolved: Resolved, *, first: bool) -> bool:
        """Go on from what is recorded; True when the run must wait for somebody."""
        if not first:
            await self._rebuild(work)
        schema = work.agent.output_schema
        if work.recorded.finished() and schema is None:
            return False
        from pydantic_ai import Agent, DeferredToolRequests

        from entourage.agents.toolset import TeamToolset

        tools = [tool for tool in self._tools.all() if work.agent.tools.get(tool.name, tool.default_grant) != "deny"]
        agent = Agent(
            resolved.model,
            name=work.agent.name,
            deps_type=Work,
            output_type=output_types(schema),
            end_strategy="graceful",
            toolsets=[TeamToolset(tools)],
            instructions=await instructions(self._agents, work, tools),
            retries=3,
        )
        if schema is not None:
            require_fit(agent, schema)
        prompt, history = await self._start(work, resolved)
        async with agent.iter(
            prompt,
            message_history=history,
            deps=work,
            usage=_usage_so_far(work.recorded),
            usage_limits=_limits(work),
            model_settings=_settings(work),
        ) as going:
            await self._drive(work, resolved, going)
        assert going.result is not None
        if isinstance(going.result.output, DeferredToolRequests):
            return True
        if schema is not None:
            await self._settle_calls(work, {})  # the answer ends the run, whatever else was called beside it
            work.turn.answer(str(schema.get("title", "")), storable_json(going.result.output))
        return False

    async def _start(self, work: Work, resolved: Resolved) -> tuple[Any, list[ModelMessage]]:
        """The prompt (None when the run goes on after a response) and the messages before."""
        history = await self._compaction.history(work, resolved)
        images = not resolved.is_offline
        content = await prompt_content(work.prompt, self._folders.of(work.owner_id, work.run.chat_id), images=images)
        if not work.recorded.responses:
            return content, history
        from pydantic_ai.messages import ModelRequest, UserPromptPart

        return None, [*history, ModelRequest(parts=[UserPromptPart(content=content)]), *work.recorded.messages()]

    async def _drive(self, work: Work, resolved: Resolved, going: AgentRun[Work, Any]) -> None:
        from pydantic_ai import Agent

        resumed = bool(work.recorded.responses)
        async for node in going:
            if Agent.is_model_request_node(node):
                await self._settle_calls(work, _told(node.request))
                started = time.monotonic()
                work.turn.begin_response()
                first: float | None = None
                async with node.stream(going.ctx) as events:
                    first = await _stream_response(work, events)
                resumed = False
                work.timing = (_ms(started, time.monotonic()), _ms(started, first) if first else None)
            elif Agent.is_call_tools_node(node) and not resumed:
                await self._keep(work, resolved, clean(node.model_response))

    async def _keep(self, work: Work, resolved: Resolved, response: ModelResponse) -> None:
        """Record a response before its calls are run, and account for it."""
        ordinal = len(work.recorded.responses)
        usage = usage_event(resolved, response, *work.timing)
        work.turn.emit(usage, derived_id(work.run.id, "usage", ordinal))
        await self._runs.record(work.claim, RESPONSE, response_key(ordinal), ordinal, dump_response(response, usage))
        work.recorded.add(response, usage, now_ms())

    async def _settle_calls(self, work: Work, told: dict[str, str]) -> None:
        """Calls that never reached a tool (an unknown name) get a result, so that no call stays open.

        An answer that did not fit is recorded with what the model was `told` of it.
        """
        from entourage.agents.toolset import finish_call, record_result

        if not work.recorded.responses:
            return
        for call in work.recorded.responses[-1].tool_calls:
            key = call_key(work.ordinal, call.tool_call_id)
            if key in work.recorded.results:
                continue
            if call.tool_name == ANSWER_TOOL:
                if call.tool_call_id in told:
                    await record_result(work, key, ToolResult.failure(told[call.tool_call_id]), 0)
            else:
                error = ToolResult.failure(f"There is no tool {call.tool_name!r} for this agent.")
                await finish_call(work, key, error, 0)

    async def _rebuild(self, work: Work) -> None:
        recorded = Recorded.of(await self._runs.steps(work.claim))
        work.recorded = recorded
        work.turn.restart(recorded.rebuild(work.turn.message))
        work.turn.message.status = "streaming"
        work.turn.emit(MessageEvent(message=work.turn.message.wire()))


class StopReason:
    """Why a worker stops working on a run; set before its task is cancelled.

    `too_late` once the run is being ended: interrupting that would leave the end half told.
    """

    __slots__ = ("reason", "too_late")

    def __init__(self) -> None:
        self.reason = "lost"
        self.too_late = False


async def _stream_response(work: Work, events: AsyncIterable[Any]) -> float | None:
    """Write the response into the turn as it comes; when its first content came."""
    from pydantic_ai.messages import (
        PartDeltaEvent,
        PartEndEvent,
        PartStartEvent,
        TextPart,
        TextPartDelta,
        ThinkingPart,
        ThinkingPartDelta,
        ToolCallPart,
    )

    turn, ordinal, first = work.turn, len(work.recorded.responses), None
    async for event in events:
        if first is None:
            first = time.monotonic()
        if isinstance(event, PartDeltaEvent):
            if isinstance(event.delta, TextPartDelta):
                turn.write(event.index, event.delta.content_delta)
            elif isinstance(event.delta, ThinkingPartDelta):
                turn.write(event.index, event.delta.content_delta or "", reasoning=True)
        elif isinstance(event, PartStartEvent):
            if isinstance(event.part, TextPart):
                turn.write(event.index, event.part.content)
            elif isinstance(event.part, ThinkingPart):
                turn.write(event.index, event.part.content, reasoning=True)
        elif isinstance(event, PartEndEvent) and isinstance(event.part, ToolCallPart):
            _show_call(work, ordinal, event.part)
    return first


def _show_call(work: Work, ordinal: int, call: ToolCallPart) -> None:
    if call.tool_name == ANSWER_TOOL:
        return
    key, args = call_key(ordinal, call.tool_call_id), args_of(call.args)
    child = child_of(work.run.id, key, call.tool_name, args)
    work.turn.start_call(key, call.tool_call_id, call.tool_name, args, child)


def _told(request: ModelRequest) -> dict[str, str]:
    """What the model reads about its calls, by their ids."""
    from pydantic_ai.messages import ToolReturnPart

    return {
        part.tool_call_id: part.content if isinstance(part.content, str) else part.model_response_str()
        for part in request.parts
        if isinstance(part, ToolReturnPart)
    }


def _ms(start: float, end: float) -> int:
    return round((end - start) * 1000)


def _usage_so_far(recorded: Recorded) -> RunUsage:
    from pydantic_ai.usage import RequestUsage, RunUsage

    usage = RunUsage(requests=len(recorded.responses))
    if recorded.summary:
        paid = recorded.summary.usage
        usage.incr(RequestUsage(input_tokens=paid.input_tokens, output_tokens=paid.output_tokens))
    for response in recorded.responses:
        usage.incr(response.usage)
    return usage


def _limits(work: Work) -> UsageLimits:
    from pydantic_ai import UsageLimits

    limits = work.agent.limits
    return UsageLimits(
        request_limit=limits.max_steps, total_tokens_limit=limits.max_tokens, cost_limit=limits.max_cost_usd
    )


def _settings(work: Work) -> ModelSettings:
    from pydantic_ai.settings import ModelSettings

    chosen = work.agent.model_settings.model_dump(exclude_none=True)
    return ModelSettings(**chosen)
