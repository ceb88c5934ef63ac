"""Commands that only read: each program with the options and operands that are known to be harmless.

What is not on these lists is not known: neither abbreviated options nor new ones pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entourage.tools.shell.harmless.files import FILES
from entourage.tools.shell.harmless.finding import FINDING
from entourage.tools.shell.harmless.git import GIT
from entourage.tools.shell.harmless.machine import MACHINE
from entourage.tools.shell.harmless.options import Check
from entourage.tools.shell.harmless.packages import PACKAGES
from entourage.tools.shell.harmless.sandboxed import SANDBOXED
from entourage.tools.shell.place import Place

READING: Mapping[str, Check] = {**FILES, **FINDING, **MACHINE, **PACKAGES, **GIT}
"""What runs on other machines without being asked for."""

IN_SANDBOX: Mapping[str, Check] = {**READING, **SANDBOXED}
"""What runs in a sandbox without being asked for: it may also change the files of its folder."""

__all__ = ["IN_SANDBOX", "READING", "Check", "why_not"]


def why_not(argv: Sequence[str], place: Place, programs: Mapping[str, Check] = READING) -> str | None:
    """Why this command is not known to be harmless; None when it is."""
    check = programs.get(argv[0])
    if check is None:
        return f"{argv[0]} is not on the list of harmless commands."
    problem = check(argv[1:], place)
    return f"{argv[0]}: {problem}" if problem else None
