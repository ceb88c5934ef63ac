"""The calls of a response: side by side, each once; and whether the response was the answer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Literal

from entourage.agents.output import ANSWER_TOOL, TRIES, AnswerMisfit, misfits
from entourage.agents.steps import NO_ANSWER, TOOL, UNPARSED, StoredResult, args_of, call_key, calls_of
from entourage.kit.json import encode
from entourage.tools.tool import Parked, ToolResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entourage.agents.work import Work
    from entourage.llm.translate.neutral import Call, Reply
    from entourage.tools.offering import Offered

After = Literal["open", "parked", "answered"]
"""Where a run stands after a response: the model must be asked again, a person must decide first, it is over."""

_SIMPLER = "Simplify the schema, say more in the instructions, or choose another model."


async def follow(work: Work, offered: Offered) -> After:
    """Carry out what the last response calls, but for what is recorded already. Raises AnswerMisfit, LeaseLost."""
    reply, done = work.recorded.replies[-1], work.recorded.results
    calls = calls_of(reply)
    due = [call for call in calls if call.name != ANSWER_TOOL and call_key(work.ordinal, call.id) not in done]
    if await _run_all(work, offered, due):
        return "parked"
    if work.agent.output_schema is None:
        return "open" if calls else "answered"
    return await _judge(work, work.agent.output_schema, reply)


async def _run_all(work: Work, offered: Offered, calls: Sequence[Call]) -> bool:
    """Whether some wait for a person."""
    if len(calls) <= 1:
        return any([await _run(work, offered, call) for call in calls])
    tasks = [asyncio.create_task(_run(work, offered, call), name=f"call-{call.name}") for call in calls]
    try:
        return any(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _run(work: Work, offered: Offered, call: Call) -> bool:
    """True: it waits for a person."""
    key = call_key(work.ordinal, call.id)
    tool, args = offered.meant(call.name, args_of(call.arguments))
    started = time.monotonic()
    if UNPARSED in args:
        result = ToolResult.failure("The arguments are not a JSON object.")
    elif tool is None:
        result = ToolResult.failure(f"There is no tool {call.name!r} for this agent.")
    else:
        try:
            result = await work.pipeline.call(work.call(tool, args, key, call.id))
        except Parked:
            return True
    # a cancellation in between does not tear the record and what is shown apart
    task = asyncio.create_task(_finish(work, key, result, round((time.monotonic() - started) * 1000)))
    work.recording.add(task)
    task.add_done_callback(work.recording.discard)
    await asyncio.shield(task)
    return False


async def _finish(work: Work, key: str, result: ToolResult, duration_ms: int) -> None:
    await _record(work, key, result, duration_ms)
    work.turn.end_call(key, result, duration_ms)


async def _record(work: Work, key: str, result: ToolResult, duration_ms: int) -> None:
    stored = StoredResult.of(result, duration_ms)
    await work.runs.record(work.claim, TOOL, key, work.ordinal, encode(stored).decode())
    work.recorded.results[key] = stored


async def _judge(work: Work, schema: dict[str, Any], reply: Reply) -> After:
    """Whether the response gives the answer in its form. Raises AnswerMisfit when it was tried too often."""
    answers = [call for call in calls_of(reply) if call.name == ANSWER_TOOL]
    if not answers and calls_of(reply):
        return "open"
    told = NO_ANSWER
    if answers:
        value = args_of(answers[0].arguments)
        wrong = misfits(schema, value)
        if not wrong:
            work.turn.answer(str(schema.get("title", "")), value)
            return "answered"
        told = "The answer does not fit its schema. " + "; ".join(wrong)
    if sum(map(_is_try, work.recorded.replies)) >= TRIES:
        raise AnswerMisfit(told, hint=_SIMPLER)
    for call in answers:
        key = call_key(work.ordinal, call.id)
        if key not in work.recorded.results:
            await _record(work, key, ToolResult.failure(told), 0)
    return "open"


def _is_try(reply: Reply) -> bool:
    calls = calls_of(reply)
    return not calls or any(call.name == ANSWER_TOOL for call in calls)
