"""run_command: a command in the sandbox. What the strict guard has read runs as it was rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.sandboxes.types import Limits, Sandbox
from entourage.tools.builtin.code import report
from entourage.tools.policy.shells import RUN_COMMAND, SANDBOX
from entourage.tools.shell.guard import guard
from entourage.tools.shell.harmless import IN_SANDBOX
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.folders import Folders

MAX_COMMAND_CHARS = 20_000
_BUILTINS = frozenset({"cd", "type", "echo", "printf", "pwd", "true", "false"})


class RunCommand(Schema):
    """Run a shell command in a sandbox, in the working folder; there is no network. Plain commands (ls, cat, grep,
    find, git status, cp, mv, python3 FILE, ...) with literal arguments, joined by |, && or ;, run at once. Everything
    else (variables, redirections, wildcards, other programs) waits for the user: prefer run_code for scripts."""

    command: str = Field(min_length=1, max_length=MAX_COMMAND_CHARS)


class _CommandTools:
    def __init__(self, folders: Folders, sandbox: Sandbox, limits: Limits) -> None:
        self._folders = folders
        self._sandbox = sandbox
        self._limits = limits

    async def run(self, call: ToolCall, args: RunCommand) -> ToolResult:
        folder = self._folders.path(call.owner_id, call.folder_id)
        result = await self._sandbox.exec(_argv(args.command), folder, self._limits)
        text = report(result)
        ok = result.exit_code == 0 and result.stopped_by is None
        return ToolResult(text) if ok else ToolResult.failure(text)


def _argv(command: str) -> Sequence[str]:
    """The very words that were checked; else what a person has approved, for the policy lets nothing else come here."""
    found = guard(command, SANDBOX, IN_SANDBOX)
    if not found.allowed:
        return ["bash", "-c", command]
    is_one = len(found.argv) == 1 and found.argv[0][0] not in _BUILTINS
    return found.argv[0] if is_one else ["bash", "-c", found.command]


def command_tools(folders: Folders, sandbox: Sandbox, limits: Limits) -> list[Tool]:
    """run_command over this sandbox; what the guard does not know is asked for by the policy, whatever is granted."""
    tools = _CommandTools(folders, sandbox, limits)
    return [tool_of(RUN_COMMAND, RunCommand, tools.run, timeout_seconds=limits.wall_seconds + 15)]
