"""Every call leaves its mark: counts for everyone's screens, and its events unless a turn tells them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from entourage.events.event import NewEvent
from entourage.events.message import PREVIEW_CHARS
from entourage.events.types import EventData, ToolFailed, ToolFinished, ToolStarted
from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.tools.path.redaction import Redactor, known_secrets, without_secrets
from entourage.tools.path.trail import Trail
from entourage.tools.pipeline import Again, Middleware, storable
from entourage.tools.tool import ToolCall, ToolResult

ARGS_PREVIEW_CHARS = 200
MAX_ARGS_BYTES = 65_536
"""Larger arguments stand in the event by their beginning only."""


class Audit(Middleware):
    """Calls of a run are told by its turn; all others are told here, in the session of their caller."""

    def __init__(self, trail: Trail, redactor: Redactor) -> None:
        self._trail = trail
        self._redactor = redactor

    async def before(self, call: ToolCall) -> ToolResult | None:
        call.began_at = time.perf_counter()
        if not call.run_id:
            said = ToolStarted(
                message_id="",
                part=0,
                tool_call_id=call.tool_call_id,
                tool=call.tool.name,
                args=self._args(call),
                started_at=rfc3339(now_ms()),
            )
            self._tell(call, said, derived_id(call.key, "started"))
        return None

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        self._ended(call, result)
        return result

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        if isinstance(error, asyncio.CancelledError):
            self._ended(call, ToolResult.failure("The caller did not wait for the result.", "cancelled"))
        return None

    def _ended(self, call: ToolCall, result: ToolResult) -> None:
        duration_ms = round((time.perf_counter() - call.began_at) * 1000)
        self._trail.count(
            call.owner_id,
            call.tool.name,
            call.caller.source,
            failed=result.status == "failed",
            cached=result.cached,
            duration_ms=duration_ms if result.status in ("ok", "failed") else None,
        )
        if not call.run_id:
            self._tell(call, self._outcome(call, result, duration_ms), derived_id(call.key, "ended"))

    def _outcome(self, call: ToolCall, result: ToolResult, duration_ms: int) -> EventData:
        common: dict[str, Any] = {
            "message_id": "",
            "part": 0,
            "tool_call_id": call.tool_call_id,
            "tool": call.tool.name,
            "duration_ms": duration_ms,
            "args_preview": self._preview(call),
        }
        text = storable(result.text[:PREVIEW_CHARS])
        if result.status == "ok":
            artifacts = [artifact.model_dump() for artifact in result.artifacts]
            return ToolFinished(**common, result=text, artifacts=artifacts, cached=result.cached)
        return ToolFailed(**common, error=text, status=result.status)

    def _args(self, call: ToolCall) -> dict[str, Any]:
        if len(encode(call.args)) > MAX_ARGS_BYTES:
            return {"_beginning": self._preview(call)}
        return self._redactor.value(call.args)

    def _preview(self, call: ToolCall) -> str:
        return args_preview(call.args, *call.secrets)

    def _tell(self, call: ToolCall, data: EventData, event_id: str) -> None:
        caller = call.caller
        self._trail.tell(
            NewEvent(
                owner_id=caller.owner_id,
                data=data,
                id=event_id,
                session_id=caller.session_id or f"tools:{caller.source}",
                agent=caller.agent or None,
                source=caller.source,
            )
        )


def args_preview(args: dict[str, Any], *secrets: str) -> str:
    """The beginning of the arguments as JSON, without secrets."""
    text = storable(encode(args)[: 2 * ARGS_PREVIEW_CHARS].decode(errors="ignore"))
    return without_secrets(text, known_secrets(secrets))[:ARGS_PREVIEW_CHARS]
