"""run_command: a command in the sandbox. What the strict guard has read runs as it was rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace
from pydantic import Field

from entourage.kit.schema import Schema
from entourage.sandboxes.types import Limits
from entourage.tools.builtin.background import Background
from entourage.tools.builtin.code import report
from entourage.tools.builtin.sessions import Sessions
from entourage.tools.policy.shells import RUN_COMMAND, SANDBOX
from entourage.tools.shell.guard import guard
from entourage.tools.shell.harmless import IN_SANDBOX
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of

MAX_COMMAND_CHARS = 20_000
_BUILTINS = frozenset({"cd", "type", "echo", "printf", "pwd", "true", "false"})


class RunCommand(Schema):
    """Run a shell command in a sandbox, in the working folder; there is no network. Plain commands (ls, cat, grep,
    find, git status, cp, mv, python3 FILE, ...) with literal arguments, joined by |, && or ;, run at once. Everything
    else (variables, redirections, wildcards, other programs) waits for the user: prefer run_code for scripts. With
    `background` it is started and goes on: background_command reads what it prints and ends it."""

    command: str = Field(min_length=1, max_length=MAX_COMMAND_CHARS)
    background: bool = False


class BackgroundCommand(Schema):
    """Look after a command that run_command started in the background: read what it has printed since the last time
    and whether it still runs, or stop it."""

    process: int = Field(ge=1, description="The number that run_command gave.")
    action: Literal["read", "stop"] = "read"


class _CommandTools:
    def __init__(self, sessions: Sessions, background: Background, limits: Limits) -> None:
        self._sessions = sessions
        self._background = background
        self._limits = limits

    async def run(self, call: ToolCall, args: RunCommand) -> ToolResult:
        argv = _argv(args.command)
        async with self._sessions.working(call) as live:
            if args.background:
                process = await self._background.start(live, argv)
                return ToolResult(f"Process {process} was started in the background.", structured={"process": process})
            limits = replace(self._limits, file_bytes=live.limits.file_bytes, files=live.limits.files)
            result = await live.exec(argv, limits=limits)
        text = report(result)
        ok = result.exit_code == 0 and result.stopped_by is None
        return ToolResult(text) if ok else ToolResult.failure(text)

    async def look(self, call: ToolCall, args: BackgroundCommand) -> ToolResult:
        async with self._sessions.working(call) as live:
            if args.action == "stop":
                return ToolResult(await self._background.stop(live, args.process))
            return ToolResult(await self._background.read(live, args.process))


def _argv(command: str) -> Sequence[str]:
    """The very words that were checked; else what a person has approved, for the policy lets nothing else come here."""
    found = guard(command, SANDBOX, IN_SANDBOX)
    if not found.allowed:
        return ["bash", "-c", command]
    is_one = len(found.argv) == 1 and found.argv[0][0] not in _BUILTINS
    return found.argv[0] if is_one else ["bash", "-c", found.command]


def command_tools(sessions: Sessions, limits: Limits) -> list[Tool]:
    """run_command; what the guard does not know is asked for by the policy, whatever is granted."""
    tools = _CommandTools(sessions, Background(), limits)
    return [
        tool_of(RUN_COMMAND, RunCommand, tools.run, timeout_seconds=limits.wall_seconds + 30),
        tool_of("background_command", BackgroundCommand, tools.look),
    ]
