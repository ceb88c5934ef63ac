"""Judging shell commands by what they would do. They are parsed (tree-sitter), never matched as text.

`deny` is for what would harm the machine, lose much, or give secrets away; `ask` for what a person should see first,
and for everything that is not known to be harmless; `allow` for what only reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from entourage.tools.shell.judge import Judging, judge_script
from entourage.tools.shell.verdict import HARMLESS, UNLISTED, Behavior, Verdict, ask

__all__ = ["UNLISTED", "Behavior", "Verdict", "judge_command"]


def judge_command(command: str, *, cwd: str = "", roots: Sequence[str] = ()) -> Verdict:
    """The verdict on a command line or a whole script. Never raises; takes time linear in its length.

    `cwd` is where it would run, `roots` are the only folders its paths may lie in (none: anywhere that is not the
    system's). A verdict with the rule `UNLISTED` says only that the command is not on the list of harmless ones.
    """
    if not command.strip():
        return HARMLESS
    judging = Judging(cwd=cwd, roots=tuple(roots))
    try:
        judge_script(command, judging)
    except RecursionError:
        return ask("nested", "It is nested too deeply.")
    return judging.verdict or HARMLESS
