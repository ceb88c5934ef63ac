"""Recorded steps: how a response and a tool's result are kept, and how a run is rebuilt from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import msgspec

from entourage.agents.output import ANSWER_TOOL
from entourage.agents.tables import StepRow
from entourage.agents.turn import ended_part
from entourage.events.message import (
    ArtifactRef,
    ChildRun,
    ContextItem,
    ContextPart,
    Message,
    NotePart,
    PlanPart,
    ReasoningPart,
    SummaryPart,
    TextPart,
    ToolCallPart,
    put_first,
)
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

RESPONSE, TOOL, SUMMARY, NOTE, CONTEXT = "response", "tool", "summary", "note", "context"

CALL_AGENT = "call_agent"
UNPARSED = "_unparsed"
NO_ANSWER = "This is no answer in the form that was asked for. Try again."
TAKEN = "The answer was taken."
CUT_OFF = "This call was interrupted."


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


class StoredNote(msgspec.Struct):
    """What the person said while the run went on; the model read it before its response number `ordinal`."""

    num: int
    text: str
    at: str
    ordinal: int

    def part(self) -> NotePart:
        """Its place in the turn."""
        return NotePart(text=self.text, at=self.at)


class StoredContext(msgspec.Struct):
    """What was recalled before the model was asked: as people see it, and word for word as the model was shown it."""

    items: list[dict[str, Any]]
    shown: str

    def part(self) -> ContextPart:
        """Its place in the turn."""
        return ContextPart(items=[ContextItem.model_validate(item) for item in self.items])


class StoredReply(msgspec.Struct):
    """A response as it is recorded, with what it cost."""

    reply: Reply
    usage: Usage


def dump_reply(reply: Reply, usage: Usage) -> str:
    """A response and what it cost, as they are recorded."""
    return encode(StoredReply(reply, usage)).decode()


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


def note_key(num: int) -> str:
    return f"note:{num}"


class Recorded(msgspec.Struct):
    """What is known of a run before it goes on. `usages` are of what it did itself, `copied` counts what it did not."""

    replies: list[Reply] = msgspec.field(default_factory=list[Reply])
    results: dict[str, StoredResult] = msgspec.field(default_factory=dict[str, StoredResult])
    usages: list[Usage] = msgspec.field(default_factory=list[Usage])
    times: list[int] = msgspec.field(default_factory=list[int])
    notes: list[StoredNote] = msgspec.field(default_factory=list[StoredNote])
    summary: StoredSummary | None = None
    context: StoredContext | None = None
    copied: int = 0

    @property
    def last_note(self) -> int:
        """The number of the last note that was taken, 0 before the first."""
        return self.notes[-1].num if self.notes else 0

    @property
    def was_told(self) -> bool:
        """Whether a note was taken since the last response, so that the model is to be asked next."""
        return bool(self.notes) and self.notes[-1].ordinal == len(self.replies)

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
            recorded._take(row)
        recorded.notes.sort(key=lambda note: note.num)
        return recorded

    def _take(self, row: StepRow) -> None:
        if row.kind == RESPONSE:
            stored = msgspec.json.decode(row.value, type=StoredReply)
            self.add(stored.reply, stored.usage, row.created_ms)
        elif row.kind == SUMMARY:
            self.summarised(msgspec.json.decode(row.value, type=StoredSummary))
        elif row.kind == NOTE:
            self.notes.append(msgspec.json.decode(row.value, type=StoredNote))
        elif row.kind == CONTEXT:
            self.context = msgspec.json.decode(row.value, type=StoredContext)
        else:
            self.results[row.key] = msgspec.json.decode(row.value, type=StoredResult)
        if row.copied and row.kind in (RESPONSE, SUMMARY):
            self.usages.pop()
            self.copied += row.kind == RESPONSE

    def open_calls(self) -> list[str]:
        """Keys of the calls of the last response that have no result."""
        last = len(self.replies) - 1
        calls = calls_of(self.replies[-1]) if self.replies else []
        keys = [call_key(last, call.id) for call in calls if call.name != ANSWER_TOOL]
        return [key for key in keys if key not in self.results]

    def messages(self) -> list[neutral.Message]:
        """Each response and the results of its calls, with the notes where they were read."""
        first = self._notes(0)
        history = [neutral.Message("user", first)] if first else []
        for ordinal, reply in enumerate(self.replies):
            spoken: list[neutral.Part] = [_said(part) for part in reply.parts if not isinstance(part, Ran)]
            history.append(neutral.Message("assistant", spoken))
            history.append(neutral.Message("user", self._returns(ordinal, reply)))
        return history

    def _notes(self, ordinal: int) -> list[neutral.Part]:
        return [Text(note.text) for note in self.notes if note.ordinal == ordinal]

    def _returns(self, ordinal: int, reply: Reply) -> list[neutral.Part]:
        notes = self._notes(ordinal + 1)
        calls = calls_of(reply)
        if not calls:  # it ended the run then, had it been an answer in the right form
            return notes or [Text(NO_ANSWER)]
        parts: list[neutral.Part] = []
        for call in calls:
            stored = self.results.get(call_key(ordinal, call.id))
            taken = call.name == ANSWER_TOOL and bool(notes)
            told = stored.text if stored else TAKEN if taken else CUT_OFF
            wrong = not taken if stored is None else stored.status != "ok"
            parts.append(Result(call.id, [Text(told)], is_error=wrong))
        return [*parts, *notes]

    def rebuild(self, message: Message, told: Telling) -> dict[str, int]:
        """Put the recorded parts into the message; the place of each call by its key."""
        message.parts = [part for part in message.parts if isinstance(part, PlanPart)]
        message.parts += [self.summary.part()] if self.summary else []
        if self.context:
            put_first(message, self.context.part())
        places: dict[str, int] = {}
        for ordinal, reply in enumerate(self.replies):
            message.parts += [note.part() for note in self.notes if note.ordinal == ordinal]
            for part in reply.parts:
                if isinstance(part, Text) and part.text:
                    message.parts.append(TextPart(text=part.text))
                elif isinstance(part, Thinking) and part.text:
                    message.parts.append(ReasoningPart(text=part.text))
                elif isinstance(part, Call) and part.name != ANSWER_TOOL:
                    key = call_key(ordinal, part.id)
                    places[key] = len(message.parts)
                    message.parts.append(self._shown(message.run_id or "", ordinal, key, part, told))
        message.parts += [note.part() for note in self.notes if note.ordinal >= len(self.replies)]
        return places

    def _shown(self, run_id: str, ordinal: int, key: str, call: Call, told: Telling) -> ToolCallPart:
        tool, args = told(call.name, args_of(call.arguments))
        child = child_of(run_id, key, tool, args)
        began = rfc3339(self.times[ordinal])
        shown = ToolCallPart(tool_call_id=call.id, tool=tool, args=args, started_at=began, child=child)
        stored = self.results.get(key)
        return ended_part(shown, stored.result(), stored.duration_ms) if stored else shown


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
