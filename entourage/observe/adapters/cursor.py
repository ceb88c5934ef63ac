"""Cursor: camelCase names, a conversation for a session, a generation for a prompt, one hook per kind of tool."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from entourage.observe.adapters.base import Adapter, Body
from entourage.observe.guard import Decision, HookBody

NAMES = {
    "beforeShellExecution": "PreToolUse",
    "afterShellExecution": "PostToolUse",
    "beforeMCPExecution": "PreToolUse",
    "afterMCPExecution": "PostToolUse",
    "beforeReadFile": "PreToolUse",
    "beforeTabFileRead": "PreToolUse",
    "afterFileEdit": "PostToolUse",
    "afterTabFileEdit": "PostToolUse",
    "beforeSubmitPrompt": "UserPromptSubmit",
    "afterAgentResponse": "MessageDisplay",
    "afterAgentThought": "AgentThought",
    "preToolUse": "PreToolUse",
    "postToolUse": "PostToolUse",
    "postToolUseFailure": "PostToolUseFailure",
    "preCompact": "PreCompact",
    "sessionStart": "SessionStart",
    "sessionEnd": "SessionEnd",
    "subagentStart": "SubagentStart",
    "subagentStop": "SubagentStop",
    "stop": "Stop",
}
_TOOLS = {
    "beforeShellExecution": ("Bash", ("command", "cwd")),
    "afterShellExecution": ("Bash", ("command", "cwd")),
    "beforeReadFile": ("Read", ("file_path",)),
    "beforeTabFileRead": ("Read", ("file_path",)),
    "afterFileEdit": ("Edit", ("file_path", "edits")),
    "afterTabFileEdit": ("Edit", ("file_path", "edits")),
}


def normal(body: Body) -> Body:
    """The body with `session_id`, `prompt_id`, `cwd`, `tool_name`, `tool_input` and `duration_ms`."""
    found = dict(body)
    for ours, theirs in (
        ("session_id", "conversation_id"),
        ("prompt_id", "generation_id"),
        ("duration_ms", "duration"),
    ):
        if found.get(ours) is None and theirs in body:
            found[ours] = body[theirs]
    roots = body.get("workspace_roots")
    if not found.get("cwd") and isinstance(roots, list) and roots:
        found["cwd"] = cast("list[Any]", roots)[0]
    tool, fields = _TOOLS.get(str(body.get("hook_event_name")), (None, ()))
    if tool:
        found["tool_name"] = tool
        found["tool_input"] = {name: body[name] for name in fields if name in body}
    elif isinstance(found.get("tool_input"), str):
        found["tool_input"] = _unpacked(found["tool_input"])
    return found


def _unpacked(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return {"input": text}


def answer(_hook: HookBody, decision: Decision) -> Body:
    """`permission`, with the reason for the person and for the agent."""
    told: Body = {"permission": decision.behavior}
    if decision.reason:
        told |= {"user_message": decision.reason, "agent_message": decision.reason}
    return told


ADAPTER = Adapter(("cursor",), NAMES, normal, answer)
