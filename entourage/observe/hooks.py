"""From a native hook body to the event that is stored. Which agent sent it is the adapters' business."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, cast

import msgspec

from entourage.kit.ids import derived_id
from entourage.observe.adapters import Adapter, adapter_of
from entourage.observe.guard import HookBody
from entourage.observe.parse import MAX_ID_CHARACTERS, plain, shaped
from entourage.observe.refusals import invalid

Given = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID_CHARACTERS)]
Text = Annotated[str, msgspec.Meta(max_length=4096)]

MAIN = "main"
RELAYED = frozenset({"id", "event_id", "ts", "source_app", "project"})
"""Keys that our own hook client adds to a body; they are read and not stored again."""


_NAMES = ("tool_name", "tool_use_id", "agent_id", "agent_type", "prompt_id")


class HookFields(msgspec.Struct):
    """What is read of a body once its adapter has put it into Claude Code's words. All else is kept as it came."""

    session_id: Given
    hook_event_name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    tool_name: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    tool_use_id: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)] | None = None
    tool_input: Any = None
    agent_id: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)] | None = None
    agent_type: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)] | None = None
    prompt_id: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)] | None = None
    cwd: Text | None = None
    project: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    permission_mode: Annotated[str, msgspec.Meta(max_length=64)] | None = None


@lru_cache(maxsize=65_536)
def lane_of(owner_id: str, source: str, session_id: str, agent_id: str) -> str:
    """The id of an agent's swim lane; `agent_id` is `main` for the session itself."""
    return derived_id("lane", owner_id, source, session_id, agent_id)


def read_hook(owner_id: str, app: str, body: dict[str, Any]) -> tuple[HookBody, Adapter]:
    """What a native body says, and the adapter of its agent. Raises Refused."""
    adapter = adapter_of(app, body)
    given = adapter.normal(body)
    fields = shaped(given, HookFields)
    session_id = plain("session_id", fields.session_id)
    event = plain("hook_event_name", fields.hook_event_name)
    for name in _NAMES:
        if text := getattr(fields, name):
            plain(name, text)
    agent_id = fields.agent_id or None
    hook = HookBody(
        kind=adapter.kind(event),
        event=event,
        session_id=session_id,
        lane_id=lane_of(owner_id, app, session_id, agent_id or MAIN),
        tool=fields.tool_name,
        tool_input=cast("dict[str, Any]", fields.tool_input) if isinstance(fields.tool_input, dict) else {},
        tool_use_id=fields.tool_use_id or None,
        agent=fields.agent_type or app,
        agent_id=agent_id,
        agent_type=fields.agent_type,
        prompt_id=fields.prompt_id or None,
        cwd=fields.cwd,
        project=fields.project or project_of(fields.cwd),
        permission_mode=fields.permission_mode,
        body=body,
    )
    return hook, adapter


def project_of(cwd: str | None) -> str | None:
    """The last part of a path, of either kind."""
    return cwd.replace("\\", "/").rstrip("/").rpartition("/")[2][:256] or None if cwd else None


def given_id(body: dict[str, Any]) -> str | None:
    """The id a client gave its event, under either name. Raises Refused."""
    found = body.get("event_id")
    if found is None:
        found = body.get("id")
    if found is None:
        return None
    if not isinstance(found, str):
        raise invalid("type", "id must be str.", "id")
    if not 0 < len(found) <= MAX_ID_CHARACTERS:
        raise invalid("length", f"id must have 1 to {MAX_ID_CHARACTERS} characters.", "id")
    return plain("id", found)
