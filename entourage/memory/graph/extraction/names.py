"""Names in a text, without a model: what is quoted, tagged, written as code, or begins with a capital letter."""

# ruff: noqa: RUF001  Russian letters are meant

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from entourage.memory.language import ANY_STOP_WORD

MAX_TEXT_CHARS = 20_000
"""What is looked at of a text."""
MAX_NAME_CHARS = 80
_LEAST_CHARS = 2

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞА-ЯЁ", "a-zß-öø-ÿа-яё"
_WORD = rf"(?:[{_UPPER}][\w+#]*(?:[-'’.&][{_UPPER}{_LOWER}\d][\w+#]*)*)"
_NAME = rf"{_WORD}(?:(?:\ (?:de|da|do|dos|das|of|von|van|di|la))?[\ \u00a0](?:{_WORD}|\d[\d.]*))*"
_TOKEN = re.compile(
    rf"""
    (?P<fence>```.*?(?:```|\Z))
    |(?P<code>`[^`\n]{{2,80}}`)
    |(?P<link>https?://[^\s<>"')\]]+)
    |(?P<quoted>"[^"\n]{{2,80}}"|“[^”\n]{{2,80}}”|«[^»\n]{{2,80}}»|„[^“”\n]{{2,80}}[“”])
    |(?P<tag>(?<![\w&/])\#[^\W\d][\w-]{{1,59}})
    |(?P<path>(?<![\w/])(?:[\w.-]+/)+[\w-]+\.\w{{1,6}}\b)
    |(?P<symbol>(?<![\w.])(?:[^\W\d_]\w{{0,60}}\.){{0,8}}(?:[^\W\d_][^\W_]{{0,60}}_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)(?:\(\))?)
    |(?P<name>\b{_NAME})
    """,
    re.VERBOSE | re.DOTALL,
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]|\n|[-*•]|\d[.)])[\s\"“«(*_>]*$")
_ORDINARY_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
october november december today tomorrow yesterday please thanks hello note yes ok okay also however therefore
segunda terça quarta quinta sexta sábado domingo janeiro fevereiro março abril maio junho julho agosto setembro
outubro novembro dezembro hoje amanhã ontem obrigado obrigada sim olá nota também porém
понедельник вторник среда четверг пятница суббота воскресенье январь февраль март апрель май июнь июль август
сентябрь октябрь ноябрь декабрь сегодня завтра вчера спасибо привет да нет также однако пожалуйста
"""
_ORDINARY = frozenset(_ORDINARY_TEXT.split())

_TITLES_TEXT = """
project team company department service projeto equipe empresa serviço departamento dona senhor senhora
проект команда компания отдел сервис господин госпожа mr mrs ms dr sr sra
"""
_TITLES = frozenset(_TITLES_TEXT.split())
"""Words before a name that are no part of it."""
_SAINTS = frozenset({"são", "santo", "santa", "san", "los", "las", "la", "el"})
"""Words of names that mean something else elsewhere."""


class Mention(NamedTuple):
    """A name and where it stands. `is_sure`: it is written as a name, not only begun with a capital letter."""

    name: str
    start: int
    end: int
    is_sure: bool


def mentions(text: str) -> list[Mention]:
    """Names in the order of the text. A word that only begins a sentence is not sure, unless it is a name elsewhere."""
    found = [mention for match in _TOKEN.finditer(text[:MAX_TEXT_CHARS]) for mention in _of(match)]
    sure = {mention.name.casefold() for mention in found if mention.is_sure}
    return [mention._replace(is_sure=mention.is_sure or mention.name.casefold() in sure) for mention in found]


def _of(match: re.Match[str]) -> Iterator[Mention]:
    kind, text = match.lastgroup, match[0]
    if kind in {"fence", "link"}:
        return
    if kind in {"quoted", "code"}:
        name = text[1:-1].strip()
        if kind == "code" or _is_term(name):
            yield from _checked(name, match.start(), match.end(), is_sure=True)
    elif kind == "name":
        yield from _named(match)
    else:
        yield from _checked(text.lstrip("#").removesuffix("()"), match.start(), match.end(), is_sure=True)


def _named(match: re.Match[str]) -> Iterator[Mention]:
    """A name, without stop words at its ends: `The Alhambra`, `Na Praia`."""
    text, start = match[0], match.start()
    is_first = bool(_SENTENCE_START.search(match.string[max(0, start - 40) : start]))
    words = text.split()
    while words and _is_before(words):
        start += len(words[0]) + 1
        words, is_first = words[1:], False
    while words and _is_ordinary(words[-1]):
        words = words[:-1]
    if words:
        name = " ".join(words)
        is_sure = not is_first or len(words) > 1 or _is_striking(name)
        yield from _checked(name, start, start + len(name), is_sure=is_sure)


def _checked(name: str, start: int, end: int, *, is_sure: bool) -> Iterator[Mention]:
    clean = " ".join(name.split()).strip(".,;:!?'’\"()[]{}*_- ").removesuffix("'s").removesuffix("’s")
    if _LEAST_CHARS <= len(clean) <= MAX_NAME_CHARS and not clean.isdigit() and not _is_ordinary(clean):
        yield Mention(clean, start, end, is_sure)


def _is_term(text: str) -> bool:
    """Whether what is quoted is a term and no sentence."""
    return len(text.split()) <= 5 and not text.endswith((".", "!", "?", ","))


def _is_before(words: list[str]) -> bool:
    """Whether the first word is no part of the name."""
    first = words[0].casefold()
    if len(words) == 1:
        return _is_ordinary(first)
    return first in _TITLES or (_is_ordinary(first) and first not in _SAINTS)


def _is_ordinary(word: str) -> bool:
    low = word.casefold()
    return low in ANY_STOP_WORD or low in _ORDINARY


def _is_striking(word: str) -> bool:
    """All capitals, or a digit or a sign in it: `HTTP`, `Qwen3`, `C++`."""
    return (word.isupper() and len(word) > 1) or any(not char.isalpha() for char in word)
