"""Our own team: a conversation is a session, a run is a lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from entourage.kit.ids import derived_id
from entourage.observe.projection.facts import Facts, Moment
from entourage.observe.projection.states import Session, Span, State
from entourage.observe.summary import one_line
from entourage.stores.log import Record

PASSING = frozenset({"text_delta", "reasoning_delta", "heartbeat", "gap", "chat_updated"})
"""Types that say nothing about sessions: they come and go, or repeat what others say."""

_STATES: dict[str, tuple[str, State]] = {
    "task_queued": ("start", "active"),
    "task_started": ("prompt", "active"),
    "task_completed": ("stop", "idle"),
    "task_failed": ("failure", "failed"),
    "task_cancelled": ("stop", "idle"),
}


class ToolSeen(msgspec.Struct):
    """What is read of tool events."""

    tool_call_id: str
    tool: str
    duration_ms: int = -1
    status: str = ""
    args: dict[str, Any] = {}
    error: str = ""


class ApprovalSeen(msgspec.Struct):
    """What is read of approval events."""

    approval: dict[str, Any]


class PartSeen(msgspec.Struct):
    type: str = ""
    text: str = ""


class MessageSeen(msgspec.Struct):
    role: str = ""
    parts: list[PartSeen] = []


class MessageEventSeen(msgspec.Struct):
    """What is read of messages."""

    message: MessageSeen


_message = msgspec.json.Decoder(MessageEventSeen).decode
_tool = msgspec.json.Decoder(ToolSeen).decode
_approval = msgspec.json.Decoder(ApprovalSeen).decode
_any = msgspec.json.Decoder(dict[str, Any]).decode


def deleted(event: Record) -> Facts:
    """The conversation's rows go with it."""
    return Facts(forgets=str(_any(event.data).get("chat_id") or "") or None)


def facts(moment: Moment) -> Facts:
    """What an event of our team says."""
    if moment.event.run_id is None and moment.event.type not in CALLS:
        return Facts(session=_session(moment))
    spans = _READERS[moment.event.type](moment) if moment.event.type in _READERS else ()
    return Facts(spans=spans, lanes=(moment.lane(**_lane(moment)),), session=_session(moment))


def _session(moment: Moment) -> Session:
    kind = moment.event.type
    known: dict[str, Any] = {"errors": int(kind in ("error", "task_failed"))}
    if kind in _STATES and moment.event.parent_run_id is None:
        known["state"] = (moment.at, 1, _STATES[kind][1])
    if kind == "message" and (told := _asked(moment)):
        known["title"] = told
    return moment.session(**known)


def _asked(moment: Moment) -> tuple[int, int, str] | None:
    message = _message(moment.event.data).message
    texts = (part.text for part in message.parts if part.type == "text" and part.text)
    line = one_line(next(texts, "")) if message.role == "user" else ""
    return (moment.at, moment.seq, line) if line else None


def _lane(moment: Moment) -> dict[str, Any]:
    kind, parent = moment.event.type, moment.event.parent_run_id
    known: dict[str, Any] = {"parent": parent, "is_main": parent is None, "errors": int(kind == "task_failed")}
    if kind in _STATES:
        known["marks"] = [(moment.at, moment.seq, _STATES[kind][0], "")]
    return known


def _started(moment: Moment) -> tuple[Span, ...]:
    said = _tool(moment.event.data)
    line = next((text for text in said.args.values() if isinstance(text, str)), "")
    about = (0, one_line(f"{said.tool}: {line}".removesuffix(": ")))
    return (_span(moment, said, starts=[(moment.at, moment.seq)], said=about),)


def _finished(moment: Moment) -> tuple[Span, ...]:
    said = _tool(moment.event.data)
    if said.status in ("denied", "cancelled"):
        return (_span(moment, said, denied=(moment.at, moment.seq)),)
    failed = moment.event.type == "tool_failed"
    ends = [(moment.at, moment.seq, said.duration_ms, failed)]
    return (_span(moment, said, ends=ends, said=(2, one_line(said.error)) if said.error else None),)


def _span(moment: Moment, tool: ToolSeen, **known: object) -> Span:
    span_id = derived_id("span", moment.source, moment.session_id, tool.tool_call_id)
    return moment.span(span_id, name=tool.tool, tool_use_id=tool.tool_call_id, **known)


def _asks(moment: Moment) -> tuple[Span, ...]:
    approval = _approval(moment.event.data).approval
    span_id = derived_id("span", moment.source, moment.session_id, "approval", str(approval.get("id")))
    known: dict[str, Any] = {
        "kind": "approval",
        "name": str(approval.get("tool") or approval.get("kind") or "approval"),
    }
    if moment.event.type == "approval_requested":
        known["starts"] = [(moment.at, moment.seq)]
    elif approval.get("status") in ("approved", "answered"):
        known["ends"] = [(moment.at, moment.seq, -1, False)]
    else:
        known["denied"] = (moment.at, moment.seq)
    return (moment.span(span_id, **known),)


_READERS: dict[str, Callable[[Moment], tuple[Span, ...]]] = {
    "tool_started": _started,
    "tool_finished": _finished,
    "tool_failed": _finished,
    "approval_requested": _asks,
    "approval_resolved": _asks,
}

CALLS = frozenset(_READERS)
"""Types that tell of one call or approval."""
