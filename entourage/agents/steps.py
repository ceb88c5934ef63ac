"""Recorded steps: how a response and a tool's result are kept, and how a run is rebuilt from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import msgspec

from entourage.agents.output import ANSWER_TOOL
from entourage.agents.tables import StepRow
from entourage.agents.turn import ended_part
from entourage.events.message import ArtifactRef, ChildRun, Message, ReasoningPart, SummaryPart, TextPart, ToolCallPart
from entourage.events.types import Usage
from entourage.kit.clock import rfc3339
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.llm.translate import neutral
from entourage.llm.translate.neutral import Call, Ran, Reply, Result, Text, Thinking
from entourage.tools.pipeline import storable
from entourage.tools.tool import ResultStatus, ToolResult

Telling: TypeAlias = Callable[[str, dict[str, Any]], tuple[str, dict[str, Any]]]
"""A call as people are told of it: the tool's own name and arguments, from those the model gave."""

RESPONSE, TOOL, SUMMARY = "response", "tool", "summary"

CALL_AGENT = "call_agent"
UNPARSED = "_unparsed"
NO_ANSWER = "This is no answer in the form that was asked for. Try again."


class StoredResult(msgspec.Struct):
    """A tool's result as it is recorded."""

    text: str
    status: ResultStatus
    artifacts: list[dict[str, Any]]
    child: dict[str, Any] | None
    duration_ms: int

    @classmethod
    def of(cls, result: ToolResult, duration_ms: int) -> StoredResult:
        return cls(
            result.text,
            result.status,
            [artifact.model_dump() for artifact in result.artifacts],
            result.child.model_dump() if result.child else None,
            duration_ms,
        )

    def result(self) -> ToolResult:
        artifacts = tuple(ArtifactRef.model_validate(item) for item in self.artifacts)
        child = ChildRun.model_validate(self.child) if self.child else None
        return ToolResult(self.text, self.status, artifacts, child)


class StoredSummary(msgspec.Struct):
    """A summary of the oldest messages as it is recorded, with what it cost."""

    upto_message_id: str
    messages: int
    text: str
    usage: Usage

    def part(self) -> SummaryPart:
        """Its mark in the turn."""
        return SummaryPart(upto_message_id=self.upto_message_id, messages=self.messages, text=self.text)


class _StoredReply(msgspec.Struct):
    reply: Reply
    usage: Usage


def dump_reply(reply: Reply, usage: Usage) -> str:
    """A response and what it cost, as they are recorded."""
    return encode(_StoredReply(reply, usage)).decode()


def calls_of(reply: Reply) -> list[Call]:
    """The tools it calls, in order."""
    return [part for part in reply.parts if isinstance(part, Call)]


def call_key(ordinal: int, tool_call_id: str) -> str:
    """Which call of the run: ids repeat across responses with some providers, ordinals do not."""
    return f"{ordinal}:{tool_call_id}"[:256]


def child_id(key: str) -> str:
    """The run that the call of this key (`ToolCall.key`) starts when it calls an agent."""
    return derived_id(key, "child")


def child_of(run_id: str, key: str, tool: str, args: dict[str, Any]) -> ChildRun | None:
    """The run that a call will start, told before it is there."""
    agent = args.get("agent")
    if tool != CALL_AGENT or not isinstance(agent, str):
        return None
    return ChildRun(run_id=child_id(f"{run_id}:{key}"), agent=agent.removeprefix("@")[:64])


def response_key(ordinal: int) -> str:
    return f"{ordinal}"


@dataclass(slots=True)
class Recorded:
    """What is known of a run before it goes on."""

    replies: list[Reply] = field(default_factory=list[Reply])
    results: dict[str, StoredResult] = field(default_factory=dict[str, StoredResult])
    usages: list[Usage] = field(default_factory=list[Usage])
    times: list[int] = field(default_factory=list[int])
    summary: StoredSummary | None = None

    def add(self, reply: Reply, usage: Usage, at_ms: int) -> None:
        """One more response."""
        self.replies.append(reply)
        self.usages.append(usage)
        self.times.append(at_ms)

    def summarised(self, summary: StoredSummary) -> None:
        """The run began by summarising the oldest messages."""
        self.summary = summary
        self.usages.append(summary.usage)

    @classmethod
    def of(cls, rows: list[StepRow]) -> Recorded:
        recorded = cls()
        for row in rows:
            if row.kind == RESPONSE:
                stored = msgspec.json.decode(row.value, type=_StoredReply)
                recorded.add(stored.reply, stored.usage, row.created_ms)
            elif row.kind == SUMMARY:
                recorded.summarised(msgspec.json.decode(row.value, type=StoredSummary))
            else:
                recorded.results[row.key] = msgspec.json.decode(row.value, type=StoredResult)
        return recorded

    def messages(self) -> list[neutral.Message]:
        """Each response and the results of its calls."""
        history: list[neutral.Message] = []
        for ordinal, reply in enumerate(self.replies):
            spoken: list[neutral.Part] = [_said(part) for part in reply.parts if not isinstance(part, Ran)]
            history.append(neutral.Message("assistant", spoken))
            history.append(neutral.Message("user", self._returns(ordinal, reply)))
        return history

    def _returns(self, ordinal: int, reply: Reply) -> list[neutral.Part]:
        calls = calls_of(reply)
        if not calls:  # it ended the run then, had it been an answer in the right form
            return [Text(NO_ANSWER)]
        parts: list[neutral.Part] = []
        for call in calls:
            stored = self.results.get(call_key(ordinal, call.id))
            told = stored.text if stored else "This call was interrupted."
            parts.append(Result(call.id, [Text(told)], is_error=stored is None or stored.status != "ok"))
        return parts

    def rebuild(self, message: Message, told: Telling) -> dict[str, int]:
        """Put the recorded parts into the message; the place of each call by its key."""
        message.parts = [self.summary.part()] if self.summary else []
        places: dict[str, int] = {}
        for ordinal, reply in enumerate(self.replies):
            for part in reply.parts:
                if isinstance(part, Text) and part.text:
                    message.parts.append(TextPart(text=part.text))
                elif isinstance(part, Thinking) and part.text:
                    message.parts.append(ReasoningPart(text=part.text))
                elif isinstance(part, Call) and part.name != ANSWER_TOOL:
                    key = call_key(ordinal, part.id)
                    places[key] = len(message.parts)
                    tool, args = told(part.name, args_of(part.arguments))
                    child = child_of(message.run_id or "", key, tool, args)
                    shown = ToolCallPart(
                        tool_call_id=part.id,
                        tool=tool,
                        args=args,
                        started_at=rfc3339(self.times[ordinal]),
                        child=child,
                    )
                    stored = self.results.get(key)
                    ended = ended_part(shown, stored.result(), stored.duration_ms) if stored else shown
                    message.parts.append(ended)
        return places


def clean(reply: Reply) -> Reply:
    """The response with texts that can be recorded, and calls that can be told apart."""
    seen: set[str] = set()
    for part in reply.parts:
        match part:
            case Text() | Thinking():
                part.text = storable(part.text)
            case Call():
                part.id, part.name, part.arguments = map(storable, (part.id, part.name, part.arguments))
                part.id = part.id if part.id not in seen else f"{part.id}-{len(seen)}"
                seen.add(part.id)
            case Ran():
                pass
    return reply


def _said(part: Text | Thinking | Call) -> neutral.Part:
    """The part as a provider takes it back: some refuse arguments that are no JSON object."""
    if isinstance(part, Call) and UNPARSED in (args := args_of(part.arguments)):
        return Call(part.id, part.name, encode(args).decode())
    return part


def storable_json(value: Any) -> Any:
    """The value with texts that can be recorded."""
    match value:
        case str():
            return storable(value)
        case dict():
            items = cast("dict[str, Any]", value).items()
            return {storable(key): storable_json(inner) for key, inner in items}
        case list():
            return [storable_json(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


def args_of(arguments: str) -> dict[str, Any]:
    """A call's arguments as a dictionary; what is no JSON object is kept under `UNPARSED`."""
    if not arguments:
        return {}
    try:
        parsed: object = storable_json(json.loads(arguments))
        encode(parsed)  # refuses what could not be stored: NaN
    except (ValueError, RecursionError, TypeError):
        return {UNPARSED: arguments.encode(errors="replace").decode().replace("\x00", "\ufffd")[:2000]}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {UNPARSED: arguments[:2000]}
