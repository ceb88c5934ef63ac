"""The composite handler: the classified agent answers first, and the general agent goes on from its answer.

The run of the general agent begins with a response that is recorded already: a call of `call_agent`. No model was
asked for it; everything after it is as if one had.
"""

from __future__ import annotations

from collections.abc import Sequence

from entourage.agents.steps import CALL_AGENT, RESPONSE, dump_reply, response_key
from entourage.agents.tables import RunRow, StepRow
from entourage.events.types import Usage
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.llm.translate.neutral import Call, Reply

MOST_EARLIER = 6
EARLIER_CHARS = 2_000
_TASK_CHARS = 40_000
_ROUTER = "router"


def first_step(run: RunRow, first: str, text: str, earlier: Sequence[tuple[str, str]], files: Sequence[str]) -> StepRow:
    """The step that a composite run begins with. `earlier` are the last messages before: who said it, and what."""
    task = _task(text, earlier, files)
    call = Call(_call_id(run), CALL_AGENT, encode({"agent": first, "task": task}).decode())
    reply = Reply(derived_id(run.id, _ROUTER), now_ms() // 1000, [call], "tools")
    usage = Usage(
        provider=_ROUTER,
        model=_ROUTER,
        input_tokens=0,
        output_tokens=0,
        cached_tokens=0,
        reasoning_tokens=0,
        cost_usd="0",
        latency_ms=0,
        first_token_ms=None,
    )
    return StepRow(
        run_id=run.id,
        key=response_key(0),
        kind=RESPONSE,
        ordinal=0,
        value=dump_reply(reply, usage),
        created_ms=now_ms(),
    )


def is_routed(run: RunRow, tool_call_id: str) -> bool:
    """Whether it is the call that the router began the run with: it is made with the model of the person's choice."""
    return tool_call_id == _call_id(run)


def _call_id(run: RunRow) -> str:
    return f"route-{run.id}"


def _task(text: str, earlier: Sequence[tuple[str, str]], files: Sequence[str]) -> str:
    """The person's message with what it may point back to: the called agent does not see the conversation."""
    told = [text[:_TASK_CHARS]]
    if files:
        told.append("Attached files: " + ", ".join(files))
    if earlier:
        said = "\n".join(f"{who}: {_cut(what)}" for who, what in earlier[-MOST_EARLIER:])
        told.append(f"What was said before, for reference only:\n<conversation>\n{said}\n</conversation>")
    return "\n\n".join(told)


def _cut(text: str) -> str:
    return text if len(text) <= EARLIER_CHARS else f"{text[:EARLIER_CHARS]}…"
