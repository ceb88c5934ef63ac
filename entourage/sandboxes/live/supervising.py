"""The supervisor's files, as a sandbox gets them, and the command that starts it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from entourage.sandboxes.types import Limits

INSIDE = "/run/supervisor"
OPEN_FILES = 1024
FILES = ("__main__.py", "tasks.py", "watching.py", "forwarding.py")


@cache
def sources() -> dict[str, bytes]:
    """The contents of the supervisor's files by their paths inside."""
    folder = Path(__file__).parent / "inside"
    return {f"{INSIDE}/{name}": (folder / name).read_bytes() for name in FILES}


def arguments(python: str, control: str, limits: Limits, *, shared_account: bool = False) -> list[str]:
    """The supervisor's command. `control` is a descriptor's number or a socket's path.

    With a `shared_account` the kernel would count the processes of all sandboxes together: they are bounded otherwise.
    """
    bounds = {
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_DATA": limits.memory_bytes,
    }
    if not shared_account:
        # it is one of the processes itself
        bounds["RLIMIT_NPROC"] = limits.processes + 1
    return [python, "-I", "-S", "-B", INSIDE, control, json.dumps(bounds)]
