"""What was sent as events of the log, without secrets."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from entourage.events.event import NewEvent
from entourage.events.types import HookEvent
from entourage.kit.ids import derived_id, is_id, new_id
from entourage.kit.json import encode
from entourage.kit.redaction import may_hold_secrets, redacted
from entourage.observe.adapters import Adapter
from entourage.observe.guard import Decision, HookBody
from entourage.observe.hooks import RELAYED, given_id
from entourage.observe.summary import error_of, summary_of

_TRACE = re.compile(r"[0-9a-f]{32}").fullmatch
_MS_FROM = 100_000_000_000
"""Numbers below are seconds (until the year 5138)."""
_LATEST_MS = 253_402_300_799_999


def hook_event(owner_id: str, app: str, hook: HookBody, adapter: Adapter, decision: Decision | None = None) -> NewEvent:
    """The event of a hook."""
    body = hook.body
    text = encode(body)
    hidden = may_hold_secrets(text.decode())
    if hidden:
        body = redacted(body)
    native = adapter.normal(body)
    if hidden or not RELAYED.isdisjoint(body):
        text = encode({name: value for name, value in body.items() if name not in RELAYED})
    duration = native.get("duration_ms")
    data = HookEvent(
        event=hook.event,
        session_id=hook.session_id,
        kind=hook.kind,
        tool=hook.tool,
        tool_use_id=hook.tool_use_id,
        agent_id=hook.agent_id,
        agent_type=hook.agent_type,
        prompt_id=hook.prompt_id,
        cwd=hook.cwd,
        project=hook.project,
        permission_mode=hook.permission_mode,
        duration_ms=round(duration) if isinstance(duration, int | float) and 0 <= duration < _MS_FROM else None,
        error=error_of(native),
        summary=summary_of(hook.kind, hook.tool, native),
        decision=_told(decision, redact=hidden) if decision else None,
        body=msgspec.Raw(text),
    )
    return NewEvent(
        owner_id=owner_id,
        data=data,
        session_id=hook.session_id,
        run_id=hook.lane_id,
        agent=hook.agent,
        id=event_id(owner_id, app, hook),
        trace_id=trace_of(hook.body.get("trace_id")),
        source=app,
        client_ts=client_time(hook.body.get("ts") or hook.body.get("timestamp")),
        type=f"hook.{hook.kind}",
    )


def event_id(owner_id: str, app: str, hook: HookBody) -> str:
    """The same id for the same event sent again, where that can be told."""
    given = given_id(hook.body)
    if given is None and hook.tool_use_id:
        return derived_id(owner_id, app, hook.session_id, hook.kind, hook.tool_use_id)
    return stored_id(owner_id, app, given)


def stored_id(owner_id: str, app: str, given: str | None) -> str:
    """A client's id as ours: a UUID stays, anything else is hashed, none is new."""
    if given is None:
        return new_id()
    lowered = given.lower()
    return lowered if is_id(lowered) else derived_id(owner_id, app, given)


def client_time(given: object) -> int | None:
    """A time as a client may tell it, in epoch milliseconds: a number, or RFC 3339. None when it is neither."""
    if isinstance(given, str):
        try:
            found = datetime.fromisoformat(given)
            moment = found if found.tzinfo else found.replace(tzinfo=UTC)
            milliseconds = moment.timestamp() * 1000
        except (ValueError, OverflowError):
            return None
    elif isinstance(given, int | float) and not isinstance(given, bool):
        milliseconds = given if given >= _MS_FROM else given * 1000
    else:
        return None
    return int(milliseconds) if 0 <= milliseconds <= _LATEST_MS else None


def trace_of(given: Any) -> str | None:
    """A trace id of 32 hex digits, None for anything else."""
    if not isinstance(given, str):
        return None
    lowered = given.lower()
    return lowered if _TRACE(lowered) else None


def _told(decision: Decision, *, redact: bool) -> dict[str, Any]:
    told = msgspec.to_builtins(decision)
    return redacted(told) if redact else told
