"""Tools of ours that run commands: what of them runs without asking, and as what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from entourage.tools.shell.guard import Guarded, guard
from entourage.tools.shell.harmless import IN_SANDBOX, READING, Check
from entourage.tools.shell.place import Place
from entourage.tools.tool import BUILTIN, Tool

RUN_COMMAND = "run_command"
SANDBOX = Place.of_root("/work")
"""The working folder, as commands in the sandbox see it."""

_ARGUMENTS = ("command", "cmd")
_SHELL_NAMES = re.compile(r"ssh|shell|exec|bash|terminal|command")


class Shell(NamedTuple):
    """The argument that is the command, where it would run, and what may run there."""

    argument: str
    place: Place
    programs: Mapping[str, Check]
    is_remote: bool

    def guarded(self, args: Mapping[str, Any]) -> Guarded:
        """What the strict guard says of a call's command."""
        return guard(str(args[self.argument]), self.place, self.programs)


def shell_of(tool: Tool, args: Mapping[str, Any], root: str) -> Shell | None:
    """The shell behind a call, None for tools of other kinds. Commands of other machines may read in `root`."""
    if tool.origin == BUILTIN:
        return Shell("command", SANDBOX, IN_SANDBOX, is_remote=False) if tool.name == RUN_COMMAND else None
    if not tool.origin.startswith("mcp:") or not _SHELL_NAMES.search(tool.name.lower()):
        return None
    argument = next((name for name in _ARGUMENTS if isinstance(args.get(name), str)), None)
    return Shell(argument, Place.of_root(root), READING, is_remote=True) if argument else None
