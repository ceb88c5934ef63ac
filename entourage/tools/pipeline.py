"""The pipeline every call walks: steps on the way in, the tool, the same steps on the way out, last first."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, cast

import structlog

from entourage.kit.tracing import working
from entourage.tools.path.asking import Patient
from entourage.tools.tool import ToolCall, ToolResult

logger = structlog.get_logger(__name__)


class _Again(Enum):
    AGAIN = "again"


AGAIN: Final = _Again.AGAIN
"""What a step answers to an error when the way behind it shall be walked once more."""

Again: TypeAlias = Literal[_Again.AGAIN]
Outcome: TypeAlias = "ToolResult | BaseException"


class Middleware:
    """One step of the pipeline. For each call that passed `before`, `after` or `on_error` is called once."""

    async def before(self, call: ToolCall) -> ToolResult | None:
        """On the way in. A result ends the way here."""

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """On the way out with a result."""
        return result

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        """On the way out with an error, a cancellation among them: a result in its place, or None to let it pass."""


class Pipeline:
    """Runs calls through the steps, in order."""

    def __init__(self, steps: Sequence[Middleware]) -> None:
        self._steps = tuple(steps)

    async def call(self, call: ToolCall) -> ToolResult:
        """The result of the call, whatever happens. Raises Parked when a person must decide first, CancelledError."""
        passed: list[Middleware] = []
        outcome = await self._enter(call, passed)
        while passed:
            told = await _tell(passed[-1], call, outcome)
            if told is AGAIN:
                outcome = await self._enter(call, passed)
            else:
                outcome = told
                passed.pop()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def _enter(self, call: ToolCall, passed: list[Middleware]) -> Outcome:
        """Walk the steps that are not passed yet, then run the tool."""
        try:
            for step in self._steps[len(passed) :]:
                passed.append(step)
                if (result := await step.before(call)) is not None:
                    return result
            return await _run(call)
        except BaseException as error:  # steps are told of every ending
            return error


async def _tell(step: Middleware, call: ToolCall, outcome: Outcome) -> Outcome | Again:
    try:
        if not isinstance(outcome, BaseException):
            return await step.after(call, outcome)
        told = await step.on_error(call, outcome)
    except BaseException as error:
        return error
    return outcome if told is None else told


async def _run(call: ToolCall) -> ToolResult:
    """Raises what the tool raises, TimeoutError past its deadline."""
    started = time.perf_counter()
    seconds = call.terms.timeout_seconds or call.tool.timeout_seconds
    with working(tool=call.tool.name):
        result = await _within(seconds, call)
        latency_ms = round((time.perf_counter() - started) * 1000, 2)
        logger.debug("tool.called", status=result.status, latency_ms=latency_ms, run_id=call.run_id)
    return result


async def _within(seconds: float | None, call: ToolCall) -> ToolResult:
    session = call.session
    try:
        async with asyncio.timeout(seconds) as deadline:
            if session is not None:
                call.session = Patient(session, deadline)
            return await call.tool.run(call, call.valid)
    finally:
        call.session = session


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what databases and UTF-8 refuse (NUL, lone surrogates)."""
    return _UNSTORABLE.sub("\ufffd", text)


def storable_value(value: Any) -> Any:
    """A JSON value whose texts can be stored."""
    match value:
        case str():
            return storable(value)
        case dict():
            pairs = cast("dict[str, Any]", value)
            return {storable(key): storable_value(item) for key, item in pairs.items()}
        case list():
            return [storable_value(item) for item in cast("list[Any]", value)]
        case _:
            return value
