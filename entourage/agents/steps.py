"""Recorded steps: how a response and a tool's result are kept, and how a run is rebuilt from them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage.agents.output import ANSWER_TOOL
from entourage.agents.tables import StepRow
from entourage.agents.turn import ended_part
from entourage.events.message import ArtifactRef, ChildRun, Message, ReasoningPart, SummaryPart, TextPart, ToolCallPart
from entourage.events.types import Usage
from entourage.kit.clock import rfc3339
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.tools.pipeline import storable
from entourage.tools.tool import ResultStatus, ToolResult

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse, ToolReturnPart, UserPromptPart

RESPONSE, TOOL, SUMMARY = "response", "tool", "summary"

CALL_AGENT = "call_agent"


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


class _StoredResponse(msgspec.Struct):
    messages: msgspec.Raw
    usage: Usage


def dump_response(response: ModelResponse, usage: Usage) -> str:
    """A response and what it cost, as they are recorded."""
    from pydantic_ai.messages import ModelMessagesTypeAdapter

    messages = msgspec.Raw(ModelMessagesTypeAdapter.dump_json([response]))
    return encode(_StoredResponse(messages, usage)).decode()


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

    responses: list[ModelResponse] = field(default_factory=list["ModelResponse"])
    results: dict[str, StoredResult] = field(default_factory=dict[str, StoredResult])
    usages: list[Usage] = field(default_factory=list[Usage])
    times: list[int] = field(default_factory=list[int])
    summary: StoredSummary | None = None

    def add(self, response: ModelResponse, usage: Usage, at_ms: int) -> None:
        """One more response."""
        self.responses.append(response)
        self.usages.append(usage)
        self.times.append(at_ms)

    def summarised(self, summary: StoredSummary) -> None:
        """The run began by summarising the oldest messages."""
        self.summary = summary
        self.usages.append(summary.usage)

    @classmethod
    def of(cls, rows: list[StepRow]) -> Recorded:
        from pydantic_ai.messages import ModelMessagesTypeAdapter, ModelResponse

        recorded = cls()
        for row in rows:
            if row.kind == RESPONSE:
                stored = msgspec.json.decode(row.value, type=_StoredResponse)
                (message,) = ModelMessagesTypeAdapter.validate_json(bytes(stored.messages))
                assert isinstance(message, ModelResponse)
                recorded.add(message, stored.usage, row.created_ms)
            elif row.kind == SUMMARY:
                recorded.summarised(msgspec.json.decode(row.value, type=StoredSummary))
            else:
                recorded.results[row.key] = msgspec.json.decode(row.value, type=StoredResult)
        return recorded

    def finished(self) -> bool:
        """Whether the last response was the answer: it called no tool."""
        return bool(self.responses) and not self.responses[-1].tool_calls

    def messages(self) -> list[ModelMessage]:
        """Responses with the results between them; ends with the last response, whose calls are run (or found)."""
        from pydantic_ai.messages import ModelRequest

        history: list[ModelMessage] = []
        for ordinal, response in enumerate(self.responses):
            history.append(response)
            if ordinal + 1 < len(self.responses):
                history.append(ModelRequest(parts=list(self._returns(ordinal, response))))
        return history

    def _returns(self, ordinal: int, response: ModelResponse) -> list[ToolReturnPart | UserPromptPart]:
        from pydantic_ai.messages import ToolReturnPart, UserPromptPart

        if not response.tool_calls:  # it ended the run then, had it been an answer in the right form
            return [UserPromptPart(content="This is no answer in the form that was asked for. Try again.")]
        parts: list[ToolReturnPart | UserPromptPart] = []
        for call in response.tool_calls:
            stored = self.results.get(call_key(ordinal, call.tool_call_id))
            parts.append(
                ToolReturnPart(
                    tool_name=call.tool_name,
                    content=stored.text if stored else "This call was interrupted.",
                    tool_call_id=call.tool_call_id,
                    outcome="success" if stored and stored.status == "ok" else "failed",
                )
            )
        return parts

    def rebuild(self, message: Message) -> dict[str, int]:
        """Put the recorded parts into the message; the place of each call by its key."""
        from pydantic_ai.messages import TextPart as ModelText
        from pydantic_ai.messages import ThinkingPart
        from pydantic_ai.messages import ToolCallPart as ModelCall

        message.parts = [self.summary.part()] if self.summary else []
        places: dict[str, int] = {}
        for ordinal, response in enumerate(self.responses):
            for part in response.parts:
                if isinstance(part, ModelText) and part.content:
                    message.parts.append(TextPart(text=part.content))
                elif isinstance(part, ThinkingPart) and part.content:
                    message.parts.append(ReasoningPart(text=part.content))
                elif isinstance(part, ModelCall) and part.tool_name != ANSWER_TOOL:
                    key = call_key(ordinal, part.tool_call_id)
                    places[key] = len(message.parts)
                    message.parts.append(self._call_part(message.run_id or "", key, part, self.times[ordinal]))
        return places

    def _call_part(self, run_id: str, key: str, call: Any, at: int) -> ToolCallPart:
        args = args_of(call.args)
        part = ToolCallPart(
            tool_call_id=call.tool_call_id,
            tool=call.tool_name,
            args=args,
            started_at=rfc3339(at),
            child=child_of(run_id, key, call.tool_name, args),
        )
        stored = self.results.get(key)
        return ended_part(part, stored.result(), stored.duration_ms) if stored else part


def clean(response: ModelResponse) -> ModelResponse:
    """The response with texts that can be recorded."""
    for part in response.parts:
        if isinstance(getattr(part, "content", None), str):
            part.content = storable(str(part.content))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]
    return response


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


def args_of(args: object) -> dict[str, Any]:
    """A call's arguments as a dictionary; what is no JSON object is kept under `_unparsed`."""
    if isinstance(args, dict):
        return cast("dict[str, Any]", args)
    if not args or not isinstance(args, str):
        return {}
    try:
        parsed: object = storable_json(json.loads(args))
        encode(parsed)  # refuses what could not be stored: NaN
    except (ValueError, RecursionError, TypeError):
        return {"_unparsed": args.encode(errors="replace").decode().replace("\x00", "\ufffd")[:2000]}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {"_unparsed": args[:2000]}
