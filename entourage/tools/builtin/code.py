"""run_code: a program in the sandbox, in the conversation's working folder, without a network."""

from __future__ import annotations

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.sandboxes.types import ExecResult, Language, Limits, Sandbox
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.folders import Folders

MAX_CODE_CHARS = 200_000

_STOPPED = {
    "timeout": "it ran too long",
    "memory": "it used too much memory",
    "output": "it printed too much",
    "disk": "it wrote too much to disk",
    "processes": "it started too many processes",
    "cancelled": "the run was stopped",
}


class RunCode(Schema):
    """Run a program in a sandbox and see what it prints. There is no network; the current folder is the working folder,
    files written there stay. Python has its standard library."""

    language: Language
    code: str = Field(min_length=1, max_length=MAX_CODE_CHARS)


class _CodeTools:
    def __init__(self, folders: Folders, sandbox: Sandbox, limits: Limits) -> None:
        self._folders = folders
        self._sandbox = sandbox
        self._limits = limits

    async def run(self, call: ToolCall, args: RunCode) -> ToolResult:
        folder = self._folders.path(call.owner_id, call.folder_id)
        result = await self._sandbox.run_code(args.language, args.code, folder, self._limits)
        text = report(result)
        ok = result.exit_code == 0 and result.stopped_by is None
        return ToolResult(text) if ok else ToolResult.failure(text)


def report(result: ExecResult) -> str:
    """A run as the model reads it: output first, then errors, then how it ended if not well."""
    parts = [result.stdout.rstrip("\n")]
    if result.stderr.strip():
        parts.append(f"[stderr]\n{result.stderr.rstrip()}")
    if result.stopped_by:
        parts.append(f"[stopped after {result.seconds:.1f} s: {_STOPPED[result.stopped_by]}]")
    elif result.exit_code:
        parts.append(f"[exit code {result.exit_code}]")
    return "\n".join(part for part in parts if part) or "[no output]"


def code_tools(folders: Folders, sandbox: Sandbox, limits: Limits) -> list[Tool]:
    """run_code over this sandbox. The sandbox's own wall clock ends a run; the tool's only catches what hangs."""
    tools = _CodeTools(folders, sandbox, limits)
    return [tool_of("run_code", RunCode, tools.run, timeout_seconds=limits.wall_seconds + 15)]
