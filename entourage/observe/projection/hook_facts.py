"""Hooks of outside agents. See the notes on each kind in docs/observe.md."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import msgspec

from entourage.kit.ids import derived_id
from entourage.observe.amounts import MAX_COUNT
from entourage.observe.hooks import lane_of
from entourage.observe.parse import MAX_ID_CHARACTERS
from entourage.observe.projection.facts import Facts, Moment
from entourage.observe.projection.states import Lane, Span, State, Tokens
from entourage.observe.projection.words import words_of

MAX_CALLS = 256
AGENT_TOOLS = frozenset({"Agent", "Task"})

_MARKS = {
    "SessionStart": "start",
    "UserPromptSubmit": "prompt",
    "Stop": "stop",
    "SubagentStop": "stop",
    "Interrupt": "stop",
    "StopFailure": "failure",
    "SessionEnd": "end",
}
_STATES: dict[str, tuple[int, State]] = {
    "SessionStart": (0, "active"),
    "UserPromptSubmit": (0, "active"),
    "PreToolUse": (0, "active"),
    "Stop": (1, "idle"),
    "Interrupt": (1, "idle"),
    "StopFailure": (2, "failed"),
    "SessionEnd": (3, "ended"),
}
_RANK = {"PreToolUse": 0, "PostToolUse": 1}


class HookSeen(msgspec.Struct):
    """What is read of every hook; the body only where a kind needs it."""

    event: str = ""
    kind: str = ""
    tool: str | None = None
    tool_use_id: str | None = None
    agent_id: str | None = None
    agent_type: str | None = None
    prompt_id: str | None = None
    cwd: str | None = None
    project: str | None = None
    duration_ms: int | None = None
    error: str | None = None
    summary: str = ""
    decision: dict[str, Any] | None = None
    body: msgspec.Raw = msgspec.Raw(b"{}")


class CallSeen(msgspec.Struct):
    tool_use_id: str = ""
    tool_name: str = ""


class BatchSeen(msgspec.Struct):
    """What is read of PostToolBatch."""

    tool_calls: list[CallSeen] = []


_calls = msgspec.json.Decoder(BatchSeen).decode
_decode = msgspec.json.Decoder(HookSeen).decode
_any = msgspec.json.Decoder(dict[str, Any]).decode


def facts(moment: Moment) -> Facts:
    """What a hook says."""
    said = _decode(moment.event.data)
    spans, others = _SPANS.get(said.kind, _no_spans)(moment, said)
    failures = int(said.kind == "StopFailure")
    told = (said.kind, said.tool, moment.event.agent, said.project, said.summary, said.error)
    return Facts(
        spans=spans,
        lanes=(moment.lane(**_lane(moment, said), errors=failures), *others),
        session=moment.session(**_session(moment, said), errors=failures),
        text=" ".join([*filter(None, told), words_of(bytes(said.body).decode())]),
    )


def _lane(moment: Moment, said: HookSeen) -> dict[str, Any]:
    known: dict[str, Any] = {"agent_id": said.agent_id, "is_main": said.agent_id is None}
    mark = _MARKS.get(said.kind)
    if mark:
        known["marks"] = [(moment.at, moment.seq, mark, said.summary if mark == "prompt" else "")]
    return known


def _session(moment: Moment, said: HookSeen) -> dict[str, Any]:
    at = (moment.at, moment.seq)
    known: dict[str, Any] = {
        "cwd": (*at, said.cwd) if said.cwd and said.agent_id is None else None,
        "project": (*at, said.project) if said.project else None,
        "summary": (*at, said.summary) if said.summary else None,
    }
    if said.agent_id is None and (state := _STATES.get(said.kind)):
        known["state"] = (moment.at, *state)
    if said.kind == "UserPromptSubmit":
        known["title"] = (*at, said.summary) if said.summary else None
    if said.kind in ("SessionStart", "UserPromptSubmit", "PostModelSwitch"):
        body = _any(said.body)
        for name, field in (("named", "session_title"), ("model", "model"), ("model", "to_model")):
            text = body.get(field)
            if isinstance(text, str) and text:
                known[name] = (*at, text[:256])
    return known


def _no_spans(_moment: Moment, _said: HookSeen) -> tuple[tuple[Span, ...], tuple[Lane, ...]]:
    return (), ()


def _tool(moment: Moment, said: HookSeen) -> tuple[tuple[Span, ...], tuple[Lane, ...]]:
    at = (moment.at, moment.seq)
    known: dict[str, Any] = {"name": said.tool or "", "tool_use_id": said.tool_use_id}
    if said.summary:
        known["said"] = (_RANK.get(said.kind, 2), said.summary)
    if said.kind == "PreToolUse":
        known["starts"] = [at]
        if said.decision and said.decision.get("behavior") == "deny":
            known["denied"] = at
    elif said.kind == "PermissionDenied":
        known["denied"] = at
    else:
        duration = -1 if said.duration_ms is None else said.duration_ms
        known["ends"] = [(*at, duration, said.kind == "PostToolUseFailure")]
    span_id = _span_id(moment, said)
    if said.kind == "PostToolUse" and said.tool in AGENT_TOOLS and (child := _child(moment, said, span_id)):
        known |= {"child": child.id, "told": child.told}
        return (moment.span(span_id, **known),), (child,)
    return (moment.span(span_id, **known),), ()


def _span_id(moment: Moment, said: HookSeen) -> str:
    """By the call's id; where an agent gives none, by what is called with what in which prompt."""
    key = said.tool_use_id
    if key is None:
        given = _any(said.body)
        told = {name: given.get(name) for name in ("tool_input", "command", "file_path", "edits") if name in given}
        digest = hashlib.blake2b(msgspec.json.encode(told, order="sorted"), digest_size=12).hexdigest()
        key = f"{moment.lane_id} {said.prompt_id} {said.tool} {digest}"
    return derived_id("span", moment.source, moment.session_id, key)


def _child(moment: Moment, said: HookSeen, span_id: str) -> Lane | None:
    """The lane of the subagent that an `Agent` call ran, as its result tells."""
    response: object = _any(said.body).get("tool_response")
    told = cast("dict[str, Any]", response) if isinstance(response, dict) else {}
    agent_id, agent_type = told.get("agentId"), told.get("agentType")
    if not isinstance(agent_id, str) or not 0 < len(agent_id) <= MAX_ID_CHARACTERS:
        return None
    duration = _whole(told.get("totalDurationMs")) or said.duration_ms or 0
    return Lane(
        id=lane_of(moment.event.owner_id, moment.source, moment.session_id, agent_id),
        source=moment.source,
        session_id=moment.session_id,
        agent_id=agent_id,
        agent=agent_type if isinstance(agent_type, str) else None,
        is_main=False,
        parent=moment.lane_id,
        parent_span=span_id,
        first_ms=moment.at - duration,
        last_ms=moment.at,
        told=_told(told),
    )


def _told(response: dict[str, Any]) -> Tokens:
    usage: object = response.get("usage")
    if not isinstance(usage, dict):
        return Tokens(output=_whole(response.get("totalTokens")))
    numbers = cast("dict[str, Any]", usage)
    fresh = _whole(numbers.get("input_tokens")) + _whole(numbers.get("cache_creation_input_tokens"))
    cached = _whole(numbers.get("cache_read_input_tokens"))
    return Tokens(fresh + cached, _whole(numbers.get("output_tokens")), cached)


def _whole(found: object) -> int:
    return int(found) if isinstance(found, int | float) and 0 <= found <= MAX_COUNT else 0


def _batch(moment: Moment, said: HookSeen) -> tuple[tuple[Span, ...], tuple[Lane, ...]]:
    at = (moment.at, moment.seq)
    calls = _calls(said.body).tool_calls[:MAX_CALLS]
    return tuple(
        moment.span(
            derived_id("span", moment.source, moment.session_id, call.tool_use_id),
            name=call.tool_name,
            tool_use_id=call.tool_use_id,
            batch=at,
        )
        for call in calls
        if call.tool_use_id
    ), ()


def _asks(moment: Moment, said: HookSeen) -> tuple[tuple[Span, ...], tuple[Lane, ...]]:
    at = (moment.at, moment.seq)
    known: dict[str, Any] = {"kind": "approval", "name": said.tool or "permission", "starts": [at]}
    if said.summary:
        known["said"] = (0, said.summary)
    behavior = said.decision.get("behavior") if said.decision else None
    if behavior == "allow":
        known["ends"] = [(*at, -1, False)]
    elif behavior == "deny":
        known["denied"] = at
    return (moment.span(moment.event.id, **known),), ()


_SPANS = {
    "PreToolUse": _tool,
    "PostToolUse": _tool,
    "PostToolUseFailure": _tool,
    "PermissionDenied": _tool,
    "PostToolBatch": _batch,
    "PermissionRequest": _asks,
}
