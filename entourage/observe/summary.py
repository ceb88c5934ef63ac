"""One line for people about what a hook says."""

from __future__ import annotations

from typing import Any, cast

MAX_CHARACTERS = 200

_INPUTS = ("command", "file_path", "path", "pattern", "url", "query", "description", "prompt", "name", "notebook_path")
_TEXTS: dict[str, tuple[str, ...]] = {
    "UserPromptSubmit": ("prompt",),
    "UserPromptExpansion": ("prompt", "command_name"),
    "Notification": ("message", "title"),
    "Stop": ("last_assistant_message",),
    "SubagentStop": ("last_assistant_message",),
    "StopFailure": ("error_details", "error"),
    "SessionStart": ("model", "source"),
    "SessionEnd": ("reason",),
    "SubagentStart": ("agent_type",),
    "PermissionDenied": ("reason",),
    "PreCompact": ("custom_instructions", "trigger"),
    "PostCompact": ("compact_summary", "trigger"),
    "PreModelSwitch": ("to_model",),
    "PostModelSwitch": ("to_model",),
    "TaskCreated": ("task_subject",),
    "TaskCompleted": ("task_subject",),
    "Elicitation": ("message",),
    "CwdChanged": ("new_cwd",),
    "MessageDisplay": ("delta", "text"),
}
_ANY = ("message", "file_path", "directory", "worktree_path", "name", "text", "reason", "trigger")


def one_line(text: str) -> str:
    """At most 200 characters on one line."""
    line = " ".join(text[: MAX_CHARACTERS * 3].split())
    return line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1] + "…"


def summary_of(kind: str, tool: str | None, body: dict[str, Any]) -> str:
    """The line of a hook; `body` has Claude Code's field names and no secrets."""
    if tool and kind not in _TEXTS:
        said = error_of(body) if kind.endswith("Failure") else None
        return one_line(f"{tool}: {said or _input_line(body.get('tool_input'))}".removesuffix(": "))
    for name in _TEXTS.get(kind, _ANY):
        found = body.get(name)
        if isinstance(found, str) and found:
            return one_line(found)
    if isinstance(body.get("tool_calls"), list):
        return f"{len(body['tool_calls'])} tool calls"
    return ""


def error_of(body: dict[str, Any]) -> str | None:
    """What went wrong, as text."""
    found = body.get("error")
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, dict):
        message: object = cast("dict[str, Any]", found).get("message")
        return message if isinstance(message, str) else "error"
    return str(found)


def _input_line(given: object) -> str:
    if isinstance(given, str):
        return given
    if not isinstance(given, dict):
        return ""
    fields = cast("dict[str, Any]", given)
    for name in _INPUTS:
        found: object = fields.get(name)
        if isinstance(found, str) and found:
            return found
    return next((text for text in fields.values() if isinstance(text, str)), "")
