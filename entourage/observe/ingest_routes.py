"""The ingest doors as the OpenAPI document shows them. `doors.py` answers them before any route is asked."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import Depends, Path

from entourage.accounts.identity import require_scope
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.observe.posted import APP_PATTERN
from entourage.observe.schemas import BatchTaken, EventTaken

router = Routes(tags=["ingest"], dependencies=[Depends(require_scope("ingest"))])

AppPath = Annotated[str, Path(pattern=APP_PATTERN, description="The application.", examples=["claude-code"])]
PROBLEMS = problems(401, 403, 503)

_ID = {"type": "string", "minLength": 1, "maxLength": 128}
_HOOK: dict[str, Any] = {
    "type": "object",
    "description": "A hook body as the agent sends it; whatever else it holds is kept.",
    "required": ["session_id", "hook_event_name"],
    "properties": {
        "session_id": _ID,
        "hook_event_name": _ID,
        "tool_name": {"type": "string", "maxLength": 256},
        "tool_use_id": _ID,
        "tool_input": {},
        "agent_id": _ID,
        "agent_type": _ID,
        "cwd": {"type": "string", "maxLength": 4096},
        "event_id": {**_ID, "description": "Makes sending it again harmless."},
    },
    "example": {
        "session_id": "3f0c1f0e",
        "hook_event_name": "PreToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": "ls"},
        "tool_use_id": "toolu_01",
        "cwd": "/home/ana/shop",
    },
}
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "An event, or a native hook body (one with `hook_event_name`).",
    "required": ["session_id", "type"],
    "properties": {
        "id": {**_ID, "description": "Makes sending it again harmless."},
        "session_id": _ID,
        "type": {**_ID, "pattern": "^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$"},
        "event": _ID,
        "agent": _ID,
        "agent_id": _ID,
        "run_id": _ID,
        "parent_run_id": _ID,
        "ts": {"anyOf": [{"type": "integer"}, {"type": "string", "format": "date-time"}]},
        "trace_id": _ID,
        "source_app": {"type": "string", "pattern": APP_PATTERN},
        "data": {"type": "object"},
    },
    "example": {"session_id": "build-7", "type": "deployed", "source_app": "ci", "data": {"version": "1.2"}},
}


def _takes(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


async def _outside() -> NoReturn:
    raise LookupError("IngestDoors answers this path")


@router.post(
    "/hooks/{app}",
    name="post_hook",
    openapi_extra=_takes("application/json", _HOOK),
    responses={200: {"description": "The decision in the agent's own form; `{}` is no opinion."}, **PROBLEMS},
)
async def post_hook(app: AppPath) -> dict[str, Any]:  # noqa: ARG001  the document tells it
    """A hook of a coding agent (Claude Code, Codex, Gemini CLI, Cursor, OpenHands), as it is sent.

    The event is stored before the answer; its id and seq are in `x-entourage-id` and `x-entourage-seq`.
    """
    await _outside()


@router.post(
    "/events", status_code=202, name="post_event", openapi_extra=_takes("application/json", _EVENT), responses=PROBLEMS
)
async def post_event() -> EventTaken:
    """One event of any application."""
    await _outside()


@router.post(
    "/events/batch",
    name="post_events",
    openapi_extra=_takes("application/x-ndjson", {"type": "string", "description": "One event a line."}),
    responses=PROBLEMS,
)
async def post_events() -> BatchTaken:
    """Up to 2,000 events, one a line. A line that is wrong is told and does not hold up the others."""
    await _outside()


_OTLP = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-protobuf": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}, "example": {}},
        },
    }
}


async def post_otlp() -> dict[str, Any]:
    """OTLP/HTTP, protobuf or JSON, gzip allowed. The answer has the type of the request."""
    await _outside()


for _signal in ("logs", "metrics", "traces"):
    router.add_api_route(
        f"/v1/{_signal}",
        post_otlp,
        methods=["POST"],
        name=f"post_otlp_{_signal}",
        openapi_extra=_OTLP,
        responses={200: {"description": "Taken; `partialSuccess` tells what was not."}, **PROBLEMS},
    )
