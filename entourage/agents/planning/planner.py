"""From a request to tasks: the model is asked, its answer read and judged, and what is wrong told to it again.

Each answer is kept by the caller before anything is done with it, so no answer is paid for twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import msgspec

from entourage.agents.accounting import usage_event
from entourage.agents.failures import retry_after
from entourage.agents.planning.graph import Fault, Task
from entourage.agents.planning.mending import read_plan
from entourage.agents.planning.prompts import PLAN_TOOL, SCHEMA, planner_instructions, told_faults
from entourage.agents.schemas import Agent
from entourage.agents.steps import UNPARSED, args_of, calls_of
from entourage.events.types import Usage
from entourage.kit.json import encode
from entourage.llm.inside.model import ask, text_of
from entourage.llm.resolve import Resolved
from entourage.llm.translate.neutral import Call, Choice, Message, Reply, Request, Result, Text, Tool
from entourage.tools.pipeline import storable

TRIES = 3
"""The first answer, and two more after what was wrong was told."""
CALLS = 3
"""How often the model is called for one answer when faults pass."""
WAIT_SECONDS = (0.5, 2.0)
SHOWN_CHARS = 200


class Draft(msgspec.Struct, frozen=True):
    """One answer of the planner. `purpose` tells the first plan from later ones (`plan`, `replan-1`, ...)."""

    purpose: str
    answer: str
    is_call: bool
    wrong: str
    usage: Usage

    def stored(self) -> dict[str, Any]:
        """As it is kept in the plan's row."""
        usage = self.usage
        spent = {name: getattr(usage, name) for name in ("input_tokens", "output_tokens", "cost_usd")}
        return {
            "purpose": self.purpose,
            "answer": self.answer,
            "is_call": self.is_call,
            "wrong": self.wrong,
            "usage": spent,
        }


class Planned(msgspec.Struct, frozen=True):
    """What came of it: the tasks, or why there are none."""

    tasks: tuple[Task, ...] = ()
    reason: str | None = None


class Planning(msgspec.Struct, frozen=True):
    """What the planner is asked. `drafts` are its answers so far.

    `before` are keys of tasks that stay, `gone` of those that came to nothing.
    """

    purpose: str
    request: str
    history: Sequence[Message]
    team: Sequence[Agent]
    before: Collection[str]
    gone: Collection[str]
    drafts: Sequence[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        return [agent.name for agent in self.team]


async def make_plan(asked: Planning, resolved: Resolved, keep: Callable[[Draft], Awaitable[None]]) -> Planned:
    """The tasks of the first answer that is a plan. Raises Problem when the model cannot be asked."""
    drafts = [draft for draft in asked.drafts if draft["purpose"] == asked.purpose]
    while True:
        if drafts and not drafts[-1]["wrong"]:
            tasks, _ = _judged(drafts[-1]["answer"], drafts[-1]["is_call"], asked)
            return Planned(tuple(tasks))
        if len(drafts) >= TRIES:
            return Planned(reason=_why(drafts[-1]))
        draft = await _answer(asked, resolved, drafts)
        await keep(draft)
        drafts.append(draft.stored())


async def _answer(asked: Planning, resolved: Resolved, drafts: Sequence[dict[str, Any]]) -> Draft:
    started = time.monotonic()
    reply = await _ask(resolved, _request(asked, drafts))
    answer, is_call = _said(reply)
    _, faults = _judged(answer, is_call, asked)
    usage = usage_event(resolved, reply, round((time.monotonic() - started) * 1000), None)
    return Draft(asked.purpose, answer, is_call, told_faults(faults) if faults else "", usage)


async def _ask(resolved: Resolved, request: Request) -> Reply:
    """Passing faults are tried again. Raises Problem."""
    for wait in (*WAIT_SECONDS, None):
        try:
            return await ask(resolved.model, request)
        except Exception as error:
            least = retry_after(error)
            if least is None or wait is None:
                raise
            await asyncio.sleep(max(least, wait))
    raise AssertionError("the last call answers or raises")


def _request(asked: Planning, drafts: Sequence[dict[str, Any]]) -> Request:
    messages = [*asked.history, Message("user", [Text(asked.request)])]
    for number, draft in enumerate(drafts):
        messages += _exchange(number, draft)
    return Request(
        system=[Text(planner_instructions(asked.team))],
        messages=messages,
        tools=[Tool(PLAN_TOOL, SCHEMA, "Give the plan: its tasks and what each depends on.")],
        choice=Choice("required"),
        stream=True,
    )


def _exchange(number: int, draft: dict[str, Any]) -> list[Message]:
    """An answer and what was wrong with it, in a form that every provider takes back."""
    args = args_of(draft["answer"]) if draft["is_call"] else {UNPARSED: ""}
    if UNPARSED in args:
        return [Message("assistant", [Text(draft["answer"] or "(nothing)")]), Message("user", [Text(draft["wrong"])])]
    call_id = f"plan-{number}"
    return [
        Message("assistant", [Call(call_id, PLAN_TOOL, encode(args).decode())]),
        Message("user", [Result(call_id, [Text(draft["wrong"])], is_error=True)]),
    ]


def _said(reply: Reply) -> tuple[str, bool]:
    """The arguments of the call, or the words when there is none."""
    calls = [call for call in calls_of(reply) if call.name == PLAN_TOOL]
    return (storable(calls[0].arguments), True) if calls else (storable(text_of(reply)), False)


def _judged(answer: str, is_call: bool, asked: Planning) -> tuple[list[Task], list[Fault]]:
    if not is_call:  # some models write the plan down in words of JSON
        answer = answer.removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    args = args_of(answer)
    if UNPARSED in args or not answer:
        what = "its arguments are no JSON object" if is_call else f"you said {_shown(answer)} and gave no plan"
        return [], [Fault("tasks", what)]
    return read_plan(args, asked.names, asked.before, asked.gone)


def _why(draft: dict[str, Any]) -> str:
    """Why there is no plan, for the person."""
    if not draft["is_call"]:
        return f"The model gave no plan. It said: {_shown(draft['answer'])}"
    told = [line.removeprefix("- ") for line in draft["wrong"].splitlines() if line.startswith("- ")]
    return f"The model gave no usable plan in {TRIES} tries: {'; '.join(told)[:600]}."


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= SHOWN_CHARS else f"{line[: SHOWN_CHARS - 1]}…") if line else "nothing"
