"""Replacing a piece of a text, and telling what that changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from entourage.kit.errors import Invalid
from entourage.workspaces.reading import lines_of


def replaced(text: str, old: str, new: str, path: str, *, replace_all: bool) -> tuple[str, int]:
    """The text with `new` in place of `old`, and how many places that were. Raises Invalid unless it is clear which."""
    if not old:
        raise Invalid("the text to replace is empty", hint="Write the whole file instead.")
    count = text.count(old)
    if count == 0:
        raise Invalid(f"{path!r} does not have the text to replace", hint="Read it again and copy the text exactly.")
    if count > 1 and not replace_all:
        lines = [str(number) for number in _lines_with(text, old)]
        raise Invalid(
            f"{path!r} has the text to replace {count} times, at lines {', '.join(lines)}",
            hint="Give more of the text around it, or replace all.",
        )
    return text.replace(old, new), count


def unified(before: str, after: str, path: str) -> str:
    """The unified diff of two texts."""
    lines = difflib.unified_diff(lines_of(before), lines_of(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines_with(text: str, old: str, most: int = 10) -> Iterator[int]:
    position = -1
    for _ in range(most):
        position = text.find(old, position + 1)
        if position < 0:
            return
        yield text.count("\n", 0, position) + 1
