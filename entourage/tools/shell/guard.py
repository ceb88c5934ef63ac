"""The strict guard before a command runs somewhere: what is run is rebuilt from what was read, or nothing is run."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from entourage.tools.shell.harmless import READING, Check, why_not
from entourage.tools.shell.literal import Argv, Literal, Refused, literal
from entourage.tools.shell.place import Place


class Guarded(msgspec.Struct, frozen=True):
    """What may be run without asking anybody: nothing unless `allowed`. `reason` says why, or why not."""

    allowed: bool
    reason: str
    script: Literal | None = None

    @property
    def argv(self) -> tuple[Argv, ...]:
        """The commands that are run, in their order; none when it is not allowed."""
        return self.script.commands if self.script else ()

    @property
    def command(self) -> str:
        """The text to hand to a shell: the same commands, quoted anew. Never the text that was judged."""
        return self.script.quoted() if self.script else ""


def guard(command: str, place: Place, programs: Mapping[str, Check] = READING) -> Guarded:
    """Whether all of a command is literal and harmless in `place`. Never raises.

    Everything else is for a person to approve; see `judge_command` for what is plainly dangerous.
    """
    try:
        script = literal(command)
    except Refused as refused:
        return Guarded(allowed=False, reason=str(refused))
    except (RecursionError, UnicodeError):
        return Guarded(allowed=False, reason="It is nested too deeply, or is no text.")
    for argv in script.commands:
        if problem := why_not(argv, place, programs):
            return Guarded(allowed=False, reason=problem if problem.endswith(".") else f"{problem}.")
    return Guarded(allowed=True, reason="It only reads.", script=script)
