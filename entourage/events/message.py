"""A message of a talk and the parts it is made of, and how events fold into it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from entourage.events.event import Event
from entourage.kit.clock import Time
from entourage.kit.schema import Schema

PREVIEW_CHARS = 4000
"""How much of a tool's result a message shows."""

MessageStatus = Literal["streaming", "waiting", "paused", "done", "failed", "cancelled"]
CallStatus = Literal["running", "waiting", "ok", "failed", "denied", "cancelled"]


class _Part(Schema):
    model_config = ConfigDict(extra="ignore")


class TextPart(_Part):
    """Markdown text."""

    type: Literal["text"] = "text"
    text: str


class ReasoningPart(_Part):
    """What the model thought before it answered."""

    type: Literal["reasoning"] = "reasoning"
    text: str


class AttachmentPart(_Part):
    """A file that came with the message."""

    type: Literal["attachment"] = "attachment"
    attachment_id: str
    name: str
    mime: str
    size: int


class ArtifactRef(Schema):
    """A result that a tool call made or changed."""

    id: str
    version: int
    title: str
    type: str


class MessageUsage(Schema):
    """Tokens and money of a whole turn."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: str | None = None


def total_of(usages: Iterable[MessageUsage]) -> MessageUsage:
    """What they are together; money is None when nobody knows any."""
    known = list(usages)
    costs = [Decimal(usage.cost_usd) for usage in known if usage.cost_usd is not None]
    return MessageUsage(
        input_tokens=sum(usage.input_tokens for usage in known),
        output_tokens=sum(usage.output_tokens for usage in known),
        cost_usd=str(sum(costs, Decimal())) if costs else None,
    )


class ChildRun(Schema):
    """The run of an agent that this call started, and what it used once it has ended, with those it started itself."""

    run_id: str
    agent: str
    usage: MessageUsage | None = None


class ToolCallPart(_Part):
    """One tool call with what became of it."""

    type: Literal["tool_call"] = "tool_call"
    tool_call_id: str
    tool: str
    args: dict[str, Any]
    status: CallStatus = "running"
    result: str | None = None
    error: str | None = None
    started_at: str
    duration_ms: int | None = None
    artifacts: list[ArtifactRef] = []
    approval_id: str | None = None
    child: ChildRun | None = None


class DataPart(_Part):
    """A structured answer: a value in the form that the agent's output schema asks for."""

    type: Literal["data"] = "data"
    title: str
    value: dict[str, Any]


class SummaryPart(_Part):
    """A mark: messages before this turn were too long for the model, so it was given `text` in place of the oldest."""

    type: Literal["summary"] = "summary"
    upto_message_id: str
    messages: int
    text: str


class PlanPart(_Part):
    """The plan that this turn carries out; `GET /my/plans/{plan_id}` tells how it stands."""

    type: Literal["plan"] = "plan"
    plan_id: str
    goal: str


class NotePart(_Part):
    """What the person added while the agent was working, where the agent read it."""

    type: Literal["note"] = "note"
    text: str
    at: str


class ContextItem(Schema):
    """A memory that the agent was shown; `source` says where it is from, `why` how it was found. One that is shared
    in a `workspace` says who is its `author`."""

    model_config = ConfigDict(extra="ignore")

    memory_id: str
    kind: str
    text: str
    source: dict[str, Any]
    score: float
    why: str | None = None
    workspace: str | None = None
    author: str | None = None


class ContextPart(_Part):
    """What was recalled before the agent began, in the order of its numbers: the answer cites the first as [1]."""

    type: Literal["context"] = "context"
    items: list[ContextItem]


Part = Annotated[
    TextPart
    | ReasoningPart
    | AttachmentPart
    | ToolCallPart
    | DataPart
    | SummaryPart
    | PlanPart
    | NotePart
    | ContextPart,
    Field(discriminator="type"),
]


class MessageError(Schema):
    """Why a turn failed."""

    title: str
    detail: str
    hint: str | None = None


class Message(Schema):
    """One message: of a person, or the turn of an agent."""

    id: str
    chat_id: str
    parent_id: str | None
    role: Literal["user", "assistant"]
    agent: str | None = None
    run_id: str | None = None
    status: MessageStatus
    parts: list[Part] = []
    model: str | None = None
    usage: MessageUsage | None = None
    error: MessageError | None = None
    siblings: list[str] = []
    created_at: Time
    duration_ms: int | None = None

    def text(self) -> str:
        """All text parts, joined by blank lines."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))

    def data(self) -> dict[str, Any] | None:
        """The structured answer, if the agent gives one."""
        return next((part.value for part in self.parts if isinstance(part, DataPart)), None)

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json")

    def call(self, index: int) -> ToolCallPart | None:
        """The tool call at this index, if that is what stands there."""
        part = self.parts[index] if index < len(self.parts) else None
        return part if isinstance(part, ToolCallPart) else None


def fold(message: Message, event: Event) -> Message:
    """The message after the event; events of other messages and unknown types change nothing."""
    data = event.read()
    if event.type == "message":
        found = data["message"]
        if found["id"] != message.id:
            return message
        return Message.model_validate({**found, "created_at": message.created_at})
    if data.get("message_id") != message.id:
        return message
    match event.type:
        case "text_delta" | "reasoning_delta":
            _fold_delta(message, event.type, data)
        case "context_retrieved":
            put_first(message, ContextPart(items=data["items"]))
        case "note_added":
            _place(message, data["part"], NotePart(**_only(data, "text", "at")))
        case kind:
            _fold_call(message, kind, data)
    return message


def put_first(message: Message, context: ContextPart) -> bool:
    """Let the message begin with what was recalled; whether its other parts moved on by one place."""
    if message.parts and isinstance(message.parts[0], ContextPart):
        message.parts[0] = context
        return False
    message.parts.insert(0, context)
    return True


def _fold_call(message: Message, kind: str, data: dict[str, Any]) -> None:
    match kind:
        case "tool_started":
            call = _only(data, "tool_call_id", "tool", "args", "started_at")
            _place(message, data["part"], ToolCallPart(**call, child=data.get("child")))
        case "tool_finished":
            _update(message, data["part"], status="ok", **_only(data, "result", "duration_ms", "artifacts", "child"))
        case "tool_failed":
            changes = _only(data, "status", "error", "duration_ms")
            _update(message, data["part"], **changes, child=data.get("child"))
        case "approval_requested":
            _update(message, data["part"], status="waiting", approval_id=data["approval"]["id"])
        case "approval_resolved":
            _update(message, data["part"], status="running")
        case _:
            pass


def _fold_delta(message: Message, kind: str, data: dict[str, Any]) -> None:
    index: int = data["part"]
    part_type = TextPart if kind == "text_delta" else ReasoningPart
    there: Part | None = message.parts[index] if index < len(message.parts) else None
    before = there.text if isinstance(there, TextPart | ReasoningPart) else ""
    _place(message, index, part_type(text=cut_utf16(before, data["offset"]) + data["text"]))


def _place(message: Message, index: int, part: Part) -> None:
    """Put a part at `index`; a restart that begins again there makes what follows void."""
    if index < len(message.parts):
        message.parts[index] = part
    elif index == len(message.parts):
        message.parts.append(part)


def _update(message: Message, index: int, **changes: Any) -> None:
    call = message.call(index)
    if call:
        message.parts[index] = ToolCallPart.model_validate({**call.model_dump(), **changes})


def _only(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


def utf16_length(text: str) -> int:
    """Length as JavaScript counts it."""
    return len(text.encode("utf-16-le")) // 2


def cut_utf16(text: str, units: int) -> str:
    """The first `units` UTF-16 code units of the text."""
    if text.isascii():
        return text[:units]
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
