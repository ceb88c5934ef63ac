"""What agents of other programs say in their files, in our words: names of tools, models, colours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from entourage.tools.tool import Grant

TOOLS: dict[str, tuple[str, ...]] = {
    "Read": ("read_file",),
    "Write": ("write_file",),
    "Edit": ("edit_file",),
    "MultiEdit": ("edit_file",),
    "Glob": ("list_files",),
    "LS": ("list_files",),
    "Grep": ("search_files",),
    "Bash": ("run_command", "run_code"),
    "WebFetch": ("http_fetch",),
    "Task": ("call_agent",),
    "Agent": ("call_agent",),
    "AskUserQuestion": ("ask_user",),
}
"""Tools of Claude Code and which of ours do the same."""

ASKED = frozenset({"http_fetch", "run_command"})
"""What a file from elsewhere is not granted without a question."""

HUES = {
    "red": 15,
    "orange": 35,
    "yellow": 65,
    "green": 150,
    "cyan": 195,
    "blue": 230,
    "purple": 300,
    "pink": 340,
}
MODELS = frozenset({"inherit", "sonnet", "opus", "haiku", "default"})
"""Names that mean a model of another program: here the agent gets the default one."""

_MCP = re.compile(r"^mcp__([A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)__(.+)$")
_OURS = re.compile(r"^[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_.*-]+)?$")


def grants_of(tools: Iterable[str]) -> tuple[dict[str, Grant], list[str]]:
    """The grants that a list of tools means (these and no others), and the names that mean nothing here."""
    grants: dict[str, Grant] = {"*": "deny"}
    unknown: list[str] = []
    for name in tools:
        bare = name.partition("(")[0].strip()  # `Bash(git log:*)`
        names = _ours(bare)
        if not names:
            unknown.append(bare)
        for one in names:
            grants[one] = "ask" if one in ASKED or "." in one else "allow"
    return grants, unknown


def tool_names(value: object) -> list[str] | None:
    """The names in `Read, Grep` or in a list; None for anything else."""
    if isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    if isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value)):
        return [name.strip() for name in cast("list[str]", value) if name.strip()]
    return None


def _ours(name: str) -> tuple[str, ...]:
    if name in TOOLS:
        return TOOLS[name]
    if name == "*":
        return ("*",)
    if found := _MCP.match(name):
        return (f"{found[1]}.{found[2]}",)
    return (name,) if _OURS.match(name) else ()
