"""What may run in a sandbox besides: programs that change the files of its folder, and programs in that folder."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Operand, Options, first_of
from entourage.tools.shell.harmless.packages import PACKAGES
from entourage.tools.shell.place import Place


def _written(text: str, place: Place) -> str | None:
    return place.problem(text, writes=True)


def _inner(text: str, place: Place) -> str | None:
    """A path that may go: below the folder, not the folder itself."""
    if text.strip("./") == "" or text.rstrip("/") in place.roots:
        return "the whole working folder would go."
    return place.problem(text, writes=True)


def _script(args: Sequence[str], place: Place) -> str | None:
    """An interpreter with a program of the folder; what it is given is its own affair."""
    if not args or args[0][:1] == "-":
        return "its first argument is not a program in the working folder."
    return place.problem(args[0])


def _changing(letters: str, names: str, operand: Operand = _written) -> Options:
    return Options(letters, names, operand=operand)


SANDBOXED: dict[str, Check] = {
    "mkdir": _changing("pv", "parents verbose"),
    "touch": _changing("acm", "no-create"),
    "cp": _changing("abdfHlLnpPrRsTuvx", "archive force recursive no-clobber update verbose"),
    "mv": _changing("bfnTuv", "force no-clobber update verbose"),
    "rm": _changing("dfirRv", "force recursive dir verbose", _inner),
    "rmdir": _changing("pv", "parents verbose", _inner),
    **{name: first_of(PACKAGES[name], _script) for name in ("python", "python3", "node")},
}
