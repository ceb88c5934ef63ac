"""What bash would run: commands evaluated in an empty sandbox, where every program is only written down."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from entourage.tools.shell.guard import Guarded, guard
from entourage.tools.shell.literal import Argv, Literal
from entourage.tools.shell.place import Place

PLACE = Place.of_root("/srv/app")

# Builtins are switched off, so each command is looked for in a PATH where nothing is, and told to the handler instead.
# A file that appears, or a word on stderr (a program by its path), is told as well.
SCRIPT = r"""
exec 9>&1 8>/tmp/errors
shopt -s nullglob dotglob
command_not_found_handle() { enable printf; printf '%s\0' "$i" "$#" "$@" >&9; return "$status"; }
builtins=(echo printf pwd cd true false test '[' type kill wait read export declare unset set source . trap)
i=0
while IFS= read -r -d '' status && IFS= read -r -d '' text; do
    ( enable -n "${builtins[@]}"; PATH=/none; eval "$text" ) >/dev/null 2>&8 </dev/null
    files=(/srv/app/*)
    if [[ -s /tmp/errors || ${#files[@]} != 3 ]]; then printf '%s\0' "$i" 1 '<something else>'; fi
    exec 8>/tmp/errors
    i=$((i + 1))
done
"""


class Run(NamedTuple):
    """One evaluation: what is evaluated, with what every command returns, and the argvs that may run."""

    command: str
    text: str
    status: int
    argv: Counter[Argv]


def is_possible() -> bool:
    """Whether bubblewrap and bash are here."""
    return shutil.which("bwrap") is not None and shutil.which("bash") is not None


def judged(commands: Sequence[str]) -> list[tuple[str, Guarded]]:
    """The commands that the guard allows."""
    verdicts = ((command, guard(command, PLACE)) for command in commands)
    return [(command, found) for command, found in verdicts if found.allowed]


def runs(allowed: Sequence[tuple[str, Guarded]]) -> list[Run]:
    """How each is evaluated: as it was written and as it is rebuilt, where all succeeds and, if it matters, fails."""
    found: list[Run] = []
    for command, verdict in allowed:
        assert verdict.script
        for status in (0, 1) if "||" in verdict.script.operators else (0,):
            argv = Counter(_reached(verdict.script, status))
            found += [Run(command, text, status, argv) for text in (command, verdict.command)]
    return found


def differences(evaluated: Sequence[Run]) -> list[tuple[Run, Counter[Argv]]]:
    """Runs in which anything else ran than was checked."""
    seen = _traced(evaluated)
    return [(run, seen[number]) for number, run in enumerate(evaluated) if seen[number] != run.argv]


def _reached(script: Literal, status: int) -> list[Argv]:
    """The commands that run when each of them returns `status`."""
    reached: list[Argv] = []
    runs_now = True
    for argv, before in zip(script.commands, (";", *script.operators), strict=True):
        if before != "|":
            runs_now = before == ";" or (before == "&&") == (status == 0)
        if runs_now:
            reached.append(argv)
    return reached


def _traced(evaluated: Sequence[Run]) -> list[Counter[Argv]]:
    given = b"".join(b"%d\0%b\0" % (run.status, run.text.encode()) for run in evaluated)
    out = subprocess.run(_sandbox(), input=given, capture_output=True, check=True, timeout=600).stdout
    seen: list[Counter[Argv]] = [Counter() for _ in evaluated]
    words = out.decode(errors="surrogateescape").split("\0")
    position = 0
    while position < len(words) - 1:
        number, count = int(words[position]), int(words[position + 1])
        seen[number][tuple(words[position + 2 : position + 2 + count])] += 1
        position += 2 + count
    return seen


def _sandbox() -> list[str]:
    """bash with its libraries and nothing else."""
    bash = shutil.which("bash") or "bash"
    linked = subprocess.run(["ldd", bash], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"(/\S+) \(0x", linked)
    shown = [part for path in libraries for part in ("--ro-bind", path, path)]
    files = [part for name in ("a", "b.py", "-x") for part in ("--dir", f"/srv/app/{name}")]
    return [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "HOME", "/root"),
        *(
            "--ro-bind",
            bash,
            "/bin/bash",
            *shown,
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/tmp",
            "--dir",
            "/root",
        ),
        *(*files, "--chdir", "/srv/app", "--setenv", "LC_ALL", "C.UTF-8", "/bin/bash", "-c", SCRIPT),
    ]
