"""Where each coding agent keeps its hooks, what it calls them, and how one of ours looks there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

MARK = "entourage/hooks/run"
"""What every command of ours contains: entries are known by it, and nothing else is ever removed."""

ANSWER_MS = 60
"""How long a hook waits for a verdict. Starting Python takes up to 30 ms more; 100 ms are the limit."""

PERSON_SECONDS = 1_800
"""How long an agent waits for a person's decision."""

HOOK_SECONDS = 5
"""When an agent gives a hook up. A hook of ours is long done by then."""

_COMMAND = f'f="${{XDG_CONFIG_HOME:-$HOME/.config}}/{MARK}"; [ ! -x "$f" ] || exec "$f" '


@dataclass(frozen=True)
class Choice:
    """What the person chose: the name events are kept under, and which hooks wait or are noisy."""

    app: str
    approvals: bool = False
    messages: bool = False
    answer_ms: int = ANSWER_MS


@dataclass(frozen=True)
class AgentKind:
    """One coding agent. `asking` hooks wait for a verdict, `noisy` ones are put in only when asked for."""

    name: str
    folder: str
    file: str
    events: tuple[str, ...]
    asking: tuple[str, ...]
    entry: Callable[[str, int], dict[str, Any]]
    permission: str | None = None
    noisy: tuple[str, ...] = ()
    home_variable: str | None = None
    start: str = "{}\n"

    def path(self, project: Path | None) -> Path:
        """The file of this project, or the person's own."""
        if project is not None:
            return project / self.folder / self.file
        home = os.environ.get(self.home_variable or "")
        return (Path(home) if home else Path.home() / self.folder) / self.file

    def hooks(self, choice: Choice, command: str = _COMMAND) -> dict[str, dict[str, Any]]:
        """Our entry for each event."""
        events = [*self.events, *(self.noisy if choice.messages else ())]
        return {event: self.entry(*self._call(event, choice, command)) for event in events}

    def _call(self, event: str, choice: Choice, command: str) -> tuple[str, int]:
        if event == self.permission and choice.approvals:
            return f"{command}{choice.app} {PERSON_SECONDS * 1000}", PERSON_SECONDS + HOOK_SECONDS
        return command + choice.app + (f" {choice.answer_ms}" if event in self.asking else ""), HOOK_SECONDS


def is_ours(entry: Any) -> bool:
    """Whether an object of a settings file is one of our hooks."""
    if not isinstance(entry, dict):
        return False
    command = cast("dict[str, Any]", entry).get("command")
    return isinstance(command, str) and MARK in command


def _grouped(command: str, seconds: int) -> dict[str, Any]:
    return {"hooks": [{"type": "command", "command": command, "timeout": seconds}]}


def _grouped_ms(command: str, seconds: int) -> dict[str, Any]:
    return {"hooks": [{"type": "command", "name": "entourage", "command": command, "timeout": seconds * 1000}]}


def _flat(command: str, seconds: int) -> dict[str, Any]:
    return {"command": command, "timeout": seconds}


CLAUDE_CODE = AgentKind(
    "claude-code",
    ".claude",
    "settings.json",
    (
        *("SessionStart", "SessionEnd", "Setup", "UserPromptSubmit", "UserPromptExpansion", "Stop", "StopFailure"),
        *("PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "PermissionRequest", "PermissionDenied"),
        *("SubagentStart", "SubagentStop", "TeammateIdle", "TaskCreated", "TaskCompleted", "Notification"),
        *("PreCompact", "PostCompact", "PreModelSwitch", "PostModelSwitch", "Elicitation", "ElicitationResult"),
        *("ConfigChange", "InstructionsLoaded", "CwdChanged", "FileChanged", "DirectoryAdded", "WorktreeRemove"),
    ),  # never WorktreeCreate: whoever hooks it has to make the worktree
    ("PreToolUse",),
    _grouped,
    permission="PermissionRequest",
    noisy=("MessageDisplay",),
    home_variable="CLAUDE_CONFIG_DIR",
)

CODEX = AgentKind(
    "codex",
    ".codex",
    "hooks.json",
    (
        *("SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse"),
        *("PreCompact", "PostCompact", "SubagentStart", "SubagentStop", "Stop"),
    ),
    ("PreToolUse",),
    _grouped,
    permission="PermissionRequest",
    home_variable="CODEX_HOME",
)

GEMINI = AgentKind(
    "gemini",
    ".gemini",
    "settings.json",
    (
        *("SessionStart", "SessionEnd", "BeforeAgent", "AfterAgent", "BeforeTool", "AfterTool"),
        *("PreCompress", "Notification"),
    ),
    ("BeforeTool",),
    _grouped_ms,
    noisy=("BeforeModel", "AfterModel", "BeforeToolSelection"),
)

CURSOR = AgentKind(
    "cursor",
    ".cursor",
    "hooks.json",
    (
        *("sessionStart", "sessionEnd", "beforeSubmitPrompt", "beforeShellExecution", "afterShellExecution"),
        *("beforeMCPExecution", "afterMCPExecution", "beforeReadFile", "afterFileEdit", "preCompact"),
        *("subagentStart", "subagentStop", "stop"),
    ),
    ("beforeShellExecution", "beforeMCPExecution", "beforeReadFile"),
    _flat,
    noisy=("afterAgentResponse", "afterAgentThought"),
    start='{\n  "version": 1\n}\n',
)

OPENHANDS = AgentKind(
    "openhands",
    ".openhands",
    "hooks.json",
    ("SessionStart", "SessionEnd", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"),
    ("PreToolUse",),
    _grouped,
)

AGENTS = {kind.name: kind for kind in (CLAUDE_CODE, CODEX, GEMINI, CURSOR, OPENHANDS)}
