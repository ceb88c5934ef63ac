"""The pipeline every call walks: permission -> validation -> policy -> approval -> run (with a deadline) -> bounds."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence

import structlog
from pydantic import ValidationError

from entourage.kit.errors import Problem
from entourage.kit.tracing import working
from entourage.tools.tool import Grant, Parked, Question, ToolCall, ToolResult

logger = structlog.get_logger(__name__)

MAX_RESULT_CHARS = 50_000
"""How much of a result the model sees; the rest is cut with a note."""


class Middleware:
    """One step of the pipeline. `before` may end the call early by giving a result."""

    async def before(self, call: ToolCall) -> ToolResult | None:
        """Called on the way in."""

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """Called on the way out, last middleware first."""
        return result


def grant_of(call: ToolCall) -> Grant:
    """What the agent may do with this tool: its own grant, else the tool's default."""
    return call.grants.get(call.tool.name, call.tool.default_grant)


class Permission(Middleware):
    """Tools that the agent was not given are refused."""

    async def before(self, call: ToolCall) -> ToolResult | None:
        if grant_of(call) == "deny":
            return ToolResult.failure(f"The tool {call.tool.name} is not granted to {call.agent}.", "denied")
        return None


class Validation(Middleware):
    """Arguments are checked against the tool's schema; the model reads what is wrong and can mend it."""

    async def before(self, call: ToolCall) -> ToolResult | None:
        try:
            call.valid = call.tool.validate(call.args)
        except ValidationError as error:
            return ToolResult.failure(f"The arguments are not valid. {_explain(error)}")
        return None


class Approval(Middleware):
    """Calls that are granted with "ask", or that the policy wants asked, wait for a person, who may edit them."""

    def __init__(self, policy: Middleware | None = None) -> None:
        self._policy = policy

    async def before(self, call: ToolCall) -> ToolResult | None:
        if grant_of(call) != "ask" and not call.must_ask:
            return None
        risk = "high" if call.tool.destructive or call.must_ask else "medium" if call.tool.open_world else "low"
        decision = await call.team.ask(call, Question("approval", risk=risk))
        if not decision.approved:
            reason = f": {decision.reason}" if decision.reason else "."
            return ToolResult.failure(f"The user did not allow this call{reason}", "denied")
        if decision.args is not None and decision.args != call.args:
            call.args = decision.args
            return await self._edited(call)
        return None

    async def _edited(self, call: ToolCall) -> ToolResult | None:
        """Edited arguments are looked at again; the person who edited them need not be asked twice."""
        for step in (Validation(), *((self._policy,) if self._policy else ())):
            if (refused := await step.before(call)) is not None:
                return refused
        return None


class Bounds(Middleware):
    """What the model sees is bounded; control characters that databases refuse are dropped."""

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        text = storable(result.text)
        if len(text) > MAX_RESULT_CHARS:
            head, tail = MAX_RESULT_CHARS * 3 // 4, MAX_RESULT_CHARS // 4
            cut = len(text) - head - tail
            text = f"{text[:head]}\n[... {cut} characters left out ...]\n{text[-tail:]}"
        return ToolResult(text, result.status, result.artifacts, result.child)


class Pipeline:
    """Runs calls through the middleware, in order."""

    def __init__(self, middleware: Sequence[Middleware] | None = None, *, policy: Middleware | None = None) -> None:
        guards = (policy,) if policy else ()
        self._middleware = middleware or (Bounds(), Permission(), Validation(), *guards, Approval(policy))

    async def call(self, call: ToolCall) -> ToolResult:
        """The result of the call, whatever happens. Raises Parked when a person must decide first."""
        passed: list[Middleware] = []
        result: ToolResult | None = None
        for step in self._middleware:
            passed.append(step)
            result = await step.before(call)
            if result is not None:
                break
        if result is None:
            result = await _run(call)
        for step in reversed(passed):
            result = await step.after(call, result)
        return result


async def _run(call: ToolCall) -> ToolResult:
    started = time.perf_counter()
    with working(tool=call.tool.name):
        result = await _attempt(call)
        latency_ms = round((time.perf_counter() - started) * 1000, 2)
        logger.debug("tool.called", status=result.status, latency_ms=latency_ms, run_id=call.run_id)
    return result


async def _attempt(call: ToolCall) -> ToolResult:
    seconds = call.tool.timeout_seconds
    try:
        async with asyncio.timeout(seconds):
            return await call.tool.run(call, call.valid)
    except Parked:
        raise
    except TimeoutError:
        return ToolResult.failure(f"{call.tool.name} took longer than {seconds:g} s and was stopped.")
    except Problem as problem:
        return ToolResult.failure(f"{problem.detail} {problem.hint or ''}".strip())
    except Exception as error:
        logger.exception("tool.crashed", tool=call.tool.name, run_id=call.run_id)
        return ToolResult.failure(f"{call.tool.name} failed inside: {type(error).__name__}.")


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what databases and UTF-8 refuse (NUL, lone surrogates)."""
    return _UNSTORABLE.sub("\ufffd", text)


def _explain(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    )
