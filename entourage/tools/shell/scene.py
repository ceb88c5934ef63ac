"""What a rule sees of a judgement, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from entourage.tools.shell.verdict import Verdict
from entourage.tools.shell.words import Variables, Word


class Scene(Protocol):
    """A judgement as it goes on. `roots` are the only folders paths may lie in; empty for anywhere."""

    cwd: str
    roots: tuple[str, ...]
    variables: Variables

    def say(self, verdict: Verdict | None) -> None:
        """Take a verdict into account."""

    def path(self, text: str) -> str:
        """A path of the script, made normal."""
        ...

    def script(self, word: Word) -> None:
        """Judge what is run as a script."""

    def argv(self, words: list[Word]) -> None:
        """Judge one command."""


Rule: TypeAlias = Callable[[list[Word], Scene], "Verdict | None"]
"""What is to be said of a command by its program; None for nothing."""
