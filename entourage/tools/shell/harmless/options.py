"""Options and operands of a program as a list: what is not on it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

from entourage.tools.shell.place import Place

Kind = Literal["flag", "text", "number", "path", "optional"]
"""What follows an option: nothing, anything, a number, a path, or text only after `=`."""

Check: TypeAlias = Callable[[Sequence[str], Place], "str | None"]
"""Why these arguments (less the program's name) are not harmless; None when they are."""

Operand: TypeAlias = Callable[[str, Place], "str | None"]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?[A-Za-z%]{0,3}")
_MARKS: dict[str, Kind] = {"=T": "text", "=N": "number", "=P": "path", "?": "optional"}


def anything(_text: str, _place: Place) -> str | None:
    """Operands that are mere text."""


def path(text: str, place: Place) -> str | None:
    """Operands that are read."""
    return place.problem(text)


def matching(pattern: str) -> Operand:
    """Operands of a certain form."""
    match = re.compile(pattern).fullmatch

    def operand(text: str, _place: Place) -> str | None:
        return None if match(text) else f"the operand {text[:80]!r} is not of a known form."

    return operand


class Options:
    """A `Check` by lists.

    `letters` are options without a value; `names` says the others: `all` a long flag, `color?` one with an optional
    value, `n=N`, `I=T`, `from=P` those with a number, text or path (one letter: short). `numeric` allows `-20`.
    The first `texts` operands are mere text, unless an option of `instead` gives that text.
    """

    __slots__ = ("_instead", "_kinds", "_letters", "_most", "_numeric", "_operand", "_texts")

    def __init__(
        self,
        letters: str = "",
        names: str = "",
        *,
        operand: Operand = path,
        most: int = 1_000,
        texts: int = 0,
        instead: str = "",
        numeric: bool = False,
    ) -> None:
        self._kinds: dict[str, Kind] = dict.fromkeys(letters, "flag")
        self._kinds.update(_named(name) for name in names.split())
        self._letters = frozenset(name for name, kind in self._kinds.items() if len(name) == 1 and kind == "flag")
        self._operand, self._most = operand, most
        self._texts, self._instead, self._numeric = texts, frozenset(instead.split()), numeric

    def __call__(self, args: Sequence[str], place: Place) -> str | None:
        try:
            return self._look(args, place)
        except _Unlisted as unlisted:
            return str(unlisted)

    def _look(self, args: Sequence[str], place: Place) -> str | None:
        operands: list[str] = []
        texts, rest = self._texts, iter(args)
        for arg in rest:
            if arg[:1] != "-" or arg == "-":
                operands.append(arg)
            elif arg == "--":
                operands += rest
            elif not self._letters.issuperset(arg[1:]):
                name, value = self._option(arg)
                if value is None:
                    value = _next(rest, arg)
                    if operands and (problem := place.problem(value)):
                        return problem  # where options end with the first operand this is one
                if value and (problem := self._value(name, value, place)):
                    return problem
                texts = 0 if name in self._instead else texts
        return self._operands(operands, texts, place)

    def _option(self, arg: str) -> tuple[str, str | None]:
        """The option and its value: "" for none, None when it is the next argument. Raises _Unlisted."""
        if arg.startswith("--"):
            return self._long(arg)
        if self._numeric and arg[1:].isdigit():
            return "", ""
        for place, letter in enumerate(arg[1:], 1):
            kind = self._kinds.get(letter)
            if kind is None:
                raise _Unlisted(f"the option -{letter} is not on its list.")
            if kind != "flag":
                return letter, arg[place + 1 :] or ("" if kind == "optional" else None)
        return "", ""

    def _long(self, arg: str) -> tuple[str, str | None]:
        name, equals, value = arg[2:].partition("=")
        kind = self._kinds.get(name) if name[1:] else None
        if kind is None or (equals and kind == "flag"):
            raise _Unlisted(f"the option {arg[:80]!r} is not on its list.")
        return name, value if equals else "" if kind in ("flag", "optional") else None

    def _value(self, name: str, value: str, place: Place) -> str | None:
        kind = self._kinds[name]
        if kind == "number" and not _NUMBER.fullmatch(value):
            return f"{value[:80]!r} is no number."
        return place.problem(value) if kind == "path" else None

    def _operands(self, operands: list[str], texts: int, place: Place) -> str | None:
        if len(operands) > self._most:
            return "it has more operands than are harmless."
        for operand in operands[texts:]:
            if problem := self._operand(operand, place):
                return problem
        return None


class _Unlisted(Exception):
    """An option that is not on the list."""


def _next(rest: Iterator[str], option: str) -> str:
    value = next(rest, None)
    if value is None:
        raise _Unlisted(f"{option} lacks its value.")
    return value


def _named(name: str) -> tuple[str, Kind]:
    for mark, kind in _MARKS.items():
        if name.endswith(mark):
            return name.removesuffix(mark), kind
    return name, "flag"


def only(*forms: str) -> Check:
    """Exactly one of these arguments, such as `--version`."""

    def check(args: Sequence[str], _place: Place) -> str | None:
        return None if len(args) == 1 and args[0] in forms else f"only {' and '.join(forms)} are known to be harmless."

    return check


def verbs(known: dict[str, Check], *, before: str = "") -> Check:
    """A subcommand with options of its own; the flags of `before` may stand before it."""
    flags = frozenset(before.split())

    def check(args: Sequence[str], place: Place) -> str | None:
        at = next((at for at, arg in enumerate(args) if arg not in flags), len(args))
        found = known.get(args[at]) if at < len(args) else None
        if found is None:
            return f"{args[at][:80] if at < len(args) else 'nothing'!r} is not a harmless subcommand."
        return found(args[at + 1 :], place)

    return check


def first_of(*checks: Check) -> Check:
    """Harmless when it is so by one of these; else what the last one says."""

    def check(args: Sequence[str], place: Place) -> str | None:
        problem: str | None = None
        for one in checks:
            if (problem := one(args, place)) is None:
                return None
        return problem

    return check
