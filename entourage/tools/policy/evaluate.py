"""Applying a policy to a call."""

from __future__ import annotations

import shlex
from typing import Any, cast

import msgspec

from entourage.tools.policy.rules import PolicyIn, Ruling
from entourage.tools.shell import UNLISTED, Verdict, judge_command
from entourage.tools.shell.paths import normal, reading, writing

SHELL_TOOLS = frozenset(
    {
        *("Bash", "bash", "shell", "Shell", "run_shell_command", "run_command", "execute_bash", "exec_command"),
        *("terminal", "TerminalTool", "local_shell", "ExecuteBash", "CmdRunAction", "run_code", "unified_exec"),
    }
)
"""Tools that run a shell command, of every agent we know."""

READING_TOOLS = frozenset({"Read", "read_file", "read_many_files", "NotebookRead", "view", "beforeReadFile", "Grep"})
WRITING_TOOLS = frozenset(
    {
        *("Write", "Edit", "MultiEdit", "NotebookEdit", "write_file", "edit_file", "replace", "create_file"),
        *("str_replace", "file_editor", "FileEditorTool", "apply_patch", "save_file", "delete_file", "Delete"),
    }
)
_COMMANDS = ("command", "cmd", "script")
_PATHS = ("file_path", "path", "notebook_path", "absolute_path", "filename", "target_file")
_SHELLS = ("bash", "sh", "shell")

NO_OPINION = Ruling(verdict=None)


class ToolUse(msgspec.Struct, frozen=True):
    """A call that somebody's agent wants to make."""

    tool: str
    args: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    app: str = "team"
    cwd: str = ""
    command_in: str | None = None
    """The argument that is known to be a shell command; None: as the tool's name says."""


def evaluate(policy: PolicyIn, use: ToolUse) -> Ruling:
    """The ruling on a call: the first of the person's rules that applies, else the guards."""
    for rule in policy.rules:
        if rule.applies(use.app, use.tool, use.args):
            reason = rule.reason or f"Your rule {rule.name} says so."
            return Ruling(verdict=rule.verdict, rule=rule.name, reason=reason, is_own=True)
    command = command_of(use)
    if policy.shell and command is not None:
        return _of_command(policy, judge_command(command, cwd=use.cwd))
    return _of_paths(use) if policy.files else NO_OPINION


def command_of(use: ToolUse) -> str | None:
    """The shell command of this call, None for calls of another kind."""
    if use.command_in is not None:
        return str(use.args.get(use.command_in, ""))
    if use.tool not in SHELL_TOOLS:
        return None
    if use.tool == "run_code":
        code = use.args.get("code")
        return code if use.args.get("language") in _SHELLS and isinstance(code, str) else None
    for name in _COMMANDS:
        found: object = use.args.get(name)
        if isinstance(found, str):
            return found
        if isinstance(found, list):
            return shlex.join(str(word) for word in cast("list[object]", found))
    return None


def _of_command(policy: PolicyIn, verdict: Verdict) -> Ruling:
    if verdict.rule == UNLISTED and policy.unlisted == "pass":
        return NO_OPINION
    return Ruling(verdict=verdict.behavior, rule=verdict.rule, reason=verdict.reason)


def _of_paths(use: ToolUse) -> Ruling:
    look = reading if use.tool in READING_TOOLS else writing if use.tool in WRITING_TOOLS else None
    if look is None:
        return NO_OPINION
    for name in _PATHS:
        path = use.args.get(name)
        if isinstance(path, str) and (verdict := look(normal(path[:4096], use.cwd))):
            rule = verdict.rule.replace("shell.", "files.")
            return Ruling(verdict=verdict.behavior, rule=rule, reason=verdict.reason)
    return NO_OPINION
