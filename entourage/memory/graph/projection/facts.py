"""What single events say about the graph."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from entourage.events.event import TEAM, Published
from entourage.memory.graph.naming import (
    ME,
    agent_id,
    artifact_id,
    concept_id,
    file_id,
    session_id,
    shown_name,
    tool_id,
)
from entourage.memory.graph.projection.window import Window

_PATH = re.compile(r'"(?:path|file_path|notebook_path)":\s*"((?:[^"\\]|\\.)*)"')
_WRITES = frozenset({"write_file", "edit_file", "Write", "Edit", "MultiEdit", "NotebookEdit"})
_READS = frozenset({"read_file", "Read"})
_SHOWN_ID = 8
_OUTSIDE_CALLS = "tools:"
"""Sessions of calls that belong to no conversation."""


class _Chat(msgspec.Struct):
    id: str
    title: str = ""


class _ChatUpdated(msgspec.Struct):
    chat: _Chat


class _ChatDeleted(msgspec.Struct):
    chat_id: str


class _Artifact(msgspec.Struct):
    id: str
    title: str = ""
    type: str = ""
    chat_id: str | None = None
    agent: str | None = None


class _ArtifactEvent(msgspec.Struct):
    artifact: _Artifact


class _ToolFinished(msgspec.Struct):
    tool: str
    artifacts: list[dict[str, Any]] = []
    args_preview: str = ""


class _TaskStarted(msgspec.Struct):
    agent: str


class _ToolInput(msgspec.Struct):
    file_path: str | None = None
    notebook_path: str | None = None


class _HookBody(msgspec.Struct):
    tool_input: _ToolInput = msgspec.field(default_factory=_ToolInput)


class _Hook(msgspec.Struct):
    session_id: str
    tool: str | None = None
    agent_type: str | None = None
    project: str | None = None
    body: msgspec.Raw = msgspec.Raw(b"{}")


def _chat_updated(window: Window, event: Published) -> None:
    chat = msgspec.json.decode(event.record.data, type=_ChatUpdated).chat
    session = session_id(chat.id)
    window.node(session, "Session", shown_name(chat.title, f"Conversation {chat.id[:_SHOWN_ID]}"))
    window.me()
    window.edge(ME, session, "HAS_SESSION")


def _chat_deleted(window: Window, event: Published) -> None:
    window.forget(session_id(msgspec.json.decode(event.record.data, type=_ChatDeleted).chat_id))


def _task_started(window: Window, event: Published) -> None:
    data = msgspec.json.decode(event.record.data, type=_TaskStarted)
    session = _session(window, event, None)
    agent = _agent(window, data.agent)
    window.me()
    window.edge(ME, agent, "USES")
    if session:
        window.edge(session, agent, "USES")


def _artifact(window: Window, event: Published) -> None:
    found = msgspec.json.decode(event.record.data, type=_ArtifactEvent).artifact
    artifact = artifact_id(found.id)
    window.node(artifact, "Artifact", shown_name(found.title, found.id), {"type": found.type, "artifact_id": found.id})
    session = _session(window, event, found.chat_id)
    if session:
        window.edge(session, artifact, "CONTAINS")
    if found.agent:
        agent = _agent(window, found.agent)
        window.edge(agent, artifact, "CREATED")
        window.edge(artifact, agent, "GENERATED_BY")


def _tool_finished(window: Window, event: Published) -> None:
    data = msgspec.json.decode(event.record.data, type=_ToolFinished)
    if not data.tool:
        return
    session = _session(window, event, None)
    user = _used(window, data.tool, session, event.record.agent)
    for one in data.artifacts:
        if isinstance(one.get("id"), str):
            artifact = artifact_id(one["id"])
            window.guess(artifact, "Artifact", shown_name(str(one.get("title") or ""), one["id"]))
            window.edge(artifact, tool_id(data.tool), "GENERATED_BY")
    path = _PATH.search(data.args_preview)
    if path and data.tool in _WRITES | _READS:
        own = event.record.session_id if event.record.source == TEAM else None
        name = msgspec.json.decode(f'"{path[1]}"', type=str)
        _file(window, file_id(name, own), name, data.tool, session, user)


def _hook_tool(window: Window, event: Published) -> None:
    data = msgspec.json.decode(event.record.data, type=_Hook)
    session, agent = _hook_session(window, event, data)
    if not data.tool:
        return
    _used(window, data.tool, session, None)
    window.edge(agent, tool_id(data.tool), "USED_TOOL")
    given = msgspec.json.decode(data.body, type=_HookBody).tool_input
    path = given.file_path or given.notebook_path
    if path and data.tool in _WRITES | _READS:
        _file(window, file_id(path), path, data.tool, session, agent)


def _hook_session_started(window: Window, event: Published) -> None:
    data = msgspec.json.decode(event.record.data, type=_Hook)
    session, _ = _hook_session(window, event, data)
    if data.project:
        project = concept_id(data.project)
        window.guess(project, "Concept", shown_name(data.project, "project"))
        window.edge(session, project, "BELONGS_TO")


def _hook_session(window: Window, event: Published, data: _Hook) -> tuple[str, str]:
    """The session of an outside agent, and the agent."""
    source = event.record.source
    session = session_id(data.session_id)
    window.guess(session, "Session", shown_name(f"{source} {data.session_id[:_SHOWN_ID]}", source))
    agent = _agent(window, f"{source}/{data.agent_type}" if data.agent_type else source)
    window.me()
    window.edge(ME, session, "HAS_SESSION")
    window.edge(session, agent, "USES")
    return session, agent


def _session(window: Window, event: Published, chat_id: str | None) -> str | None:
    """The session an event belongs to; None for calls outside of any."""
    told = chat_id or event.record.session_id
    if not told or told.startswith(_OUTSIDE_CALLS):
        return None
    session = session_id(told)
    window.guess(session, "Session", f"Conversation {told[:_SHOWN_ID]}")
    window.me()
    window.edge(ME, session, "HAS_SESSION")
    return session


def _agent(window: Window, name: str) -> str:
    agent = agent_id(name)
    window.guess(agent, "Agent", shown_name(name, "agent"))
    return agent


def _used(window: Window, name: str, session: str | None, agent: str | None) -> str:
    """That a tool was used; by whom."""
    tool = tool_id(name)
    window.guess(tool, "Tool", shown_name(name, "tool"))
    if session:
        window.edge(session, tool, "USED_TOOL")
    window.me()
    user = _agent(window, agent) if agent else ME
    window.edge(user, tool, "USED_TOOL")
    return user


def _file(window: Window, file: str, path: str, tool: str, session: str | None, user: str) -> None:
    window.guess(file, "File", shown_name(path, "file"))
    window.edge(user, file, "CREATED" if tool in _WRITES else "USES")
    if session:
        window.edge(session, file, "CONTAINS")


FACTS: dict[str, Callable[[Window, Published], None]] = {
    "chat_updated": _chat_updated,
    "chat_deleted": _chat_deleted,
    "task_started": _task_started,
    "artifact_created": _artifact,
    "artifact_updated": _artifact,
    "tool_finished": _tool_finished,
    "hook.SessionStart": _hook_session_started,
    "hook.PostToolUse": _hook_tool,
}
"""The types of events that say something, and what."""
