"""Options and operands of a command."""

from __future__ import annotations

from collections.abc import Iterable

from entourage.tools.shell.words import Word


def operands(words: list[Word], valued: str = "") -> list[Word]:
    """What is no option (nor the value of a short option in `valued`), after the program's name."""
    found: list[Word] = []
    ended = skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif ended or not word.text.startswith("-") or word.text == "-":
            found.append(word)
        elif word.text == "--":
            ended = True
        else:
            skip = len(word.text) == 2 and word.text[1] in valued
    return found


def has_flag(words: list[Word], short: str, *long: str) -> bool:
    """Whether one of these options is given: single letters also inside a bundle, long ones also abbreviated."""
    for word in words[1:]:
        text = word.text
        if text == "--":
            return False
        if text.startswith("--"):
            name = text[2:].partition("=")[0]
            if any(name == given or (len(name) > 2 and given.startswith(name)) for given in long):
                return True
        elif text.startswith("-") and any(letter in text[1:] for letter in short):
            return True
    return False


def value_of(words: list[Word], *names: str) -> Word | None:
    """The value of an option, given as `-x VALUE`, `-xVALUE`, `--name VALUE` or `--name=VALUE`."""
    for position, word in enumerate(words[1:], 1):
        for name in names:
            if word.text == name:
                return words[position + 1] if position + 1 < len(words) else None
            if name.startswith("--") and word.text.startswith(name + "="):
                return Word(word.text[len(name) + 1 :], word.is_known)
            if not name.startswith("--") and len(name) == 2 and word.text.startswith(name) and word.text[1] != "-":
                return Word(word.text[2:], word.is_known)
    return None


def starts(words: list[Word], prefixes: Iterable[str]) -> str | None:
    """The first argument that begins with one of these."""
    marks = tuple(prefixes)
    return next((word.text for word in words[1:] if word.text.startswith(marks)), None)
