"""run_code: a program in the conversation's sandbox. What it defines stays, what it shows becomes artifacts."""

from __future__ import annotations

from pydantic import Field

from entourage.artifacts.service import Artifacts
from entourage.kit.schema import Schema
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.interpreter.types import Execution
from entourage.sandboxes.types import ExecResult, Language
from entourage.tools.builtin.sessions import Sessions
from entourage.tools.builtin.showing import Showing
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of

MAX_CODE_CHARS = 200_000
MAX_TEXT_CHARS = 100_000
"""What a model is told of one run; its beginning and its end are kept."""

_STOPPED = {
    "timeout": "it ran too long",
    "memory": "it used too much memory",
    "output": "it printed too much",
    "disk": "it wrote too much to disk",
    "processes": "it started too many processes",
    "cancelled": "the run was stopped",
}
_EXIT_CODE = "ExitCode"


class RunCode(Schema):
    """Run code in the conversation's sandbox and see what it prints, and the value of its last expression. Variables,
    imports and functions stay for the next call in the same language. There is no network; the current folder is the
    working folder, files written there stay. Python may have numpy, pandas and matplotlib: the user sees figures and
    tables that are shown. Languages: python, bash, node (JavaScript)."""

    language: Language
    code: str = Field(min_length=1, max_length=MAX_CODE_CHARS)


class _CodeTools:
    def __init__(self, sessions: Sessions, interpreters: Interpreters, showing: Showing, wall_seconds: float) -> None:
        self._sessions = sessions
        self._interpreters = interpreters
        self._showing = showing
        self._wall_seconds = wall_seconds

    async def run(self, call: ToolCall, args: RunCode) -> ToolResult:
        async with self._sessions.working(call) as live:
            execution = await self._interpreters.run(
                live, args.code, language=args.language, timeout_seconds=self._wall_seconds
            )
        shown = await self._showing.of(call, execution)
        text = told(execution, shown.texts)
        if execution.error or execution.stopped_by:
            return ToolResult(text, "failed", artifacts=shown.artifacts)
        return ToolResult(text, artifacts=shown.artifacts)


def told(execution: Execution, shown: list[str]) -> str:
    """A run as the model reads it: what was printed and shown, then errors, then how it ended if not well."""
    error = execution.error
    complaints = [execution.stderr.rstrip()]
    ending = ""
    if error is not None and error.name == _EXIT_CODE:
        ending = f"[exit code {error.value}]"
    elif error is not None:
        complaints.append(error.traceback.rstrip() or f"{error.name}: {error.value}")
    if execution.stopped_by:
        ending = _ending(execution.stopped_by, execution.seconds)
    return _joined([execution.stdout.rstrip("\n"), *shown], "\n".join(filter(None, complaints)), ending)


def report(result: ExecResult) -> str:
    """A command as the model reads it: output first, then errors, then how it ended if not well."""
    ending = f"[exit code {result.exit_code}]" if result.exit_code else ""
    if result.stopped_by:
        ending = _ending(result.stopped_by, result.seconds)
    return _joined([result.stdout.rstrip("\n")], result.stderr.strip(), ending)


def _ending(stopped_by: str, seconds: float) -> str:
    return f"[stopped after {seconds:.1f} s: {_STOPPED[stopped_by]}]"


def _joined(output: list[str], complaints: str, ending: str) -> str:
    parts = [*output, f"[stderr]\n{complaints}" if complaints else "", ending]
    return _cut("\n".join(part for part in parts if part)) or "[no output]"


def _cut(text: str) -> str:
    """The beginning and the end of what is too long."""
    if len(text) <= MAX_TEXT_CHARS:
        return text
    half = MAX_TEXT_CHARS // 2
    return f"{text[:half]}\n[{len(text) - 2 * half:,} characters are left out]\n{text[-half:]}"


def code_tools(
    sessions: Sessions, interpreters: Interpreters, artifacts: Artifacts, *, wall_seconds: float
) -> list[Tool]:
    """run_code. Its own wall clock ends a run; the tool's only catches what hangs."""
    tools = _CodeTools(sessions, interpreters, Showing(artifacts), wall_seconds)
    return [tool_of("run_code", RunCode, tools.run, timeout_seconds=wall_seconds + 30)]
