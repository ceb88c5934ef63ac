"""Which of our languages a text is in: by its letters, then by the small words that each language cannot do without."""

# ruff: noqa: RUF001  Russian letters are meant

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

Language = Literal["en", "pt", "ru"]

_SAMPLE_LETTERS = 4_000
_MOST_WORDS_A_HIT = 5
"""A text with fewer small words than one in so many is in none of our languages, or is a list."""

_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[а-яё]")

_ENGLISH = """
a about after all also an and any are as at be because been before but by can could did do does each for from had has
have he her his how i if in into is it its me more my no not of on once one only or our out over she should so some
such than that the their them then there these they this to up us was we were what when where which who why will with
would you your
"""
_PORTUGUESE = """
a ao aos aquela aquele as até com como da das de dela dele depois do dos e ela ele eles em entre era essa esse esta
este eu foi há isso isto já lhe mais mas me mesmo meu minha muito na nas no nos nós nossa nosso não o onde os ou para
pela pelas pelo pelos por porque quais qual quando que quem se sem ser seu são só sua suas também tem têm ter todo toda
todos todas um uma você à às é
"""
_RUSSIAN = """
а без более бы был была были было быть в вам вас весь во вот все всё вы где да для до его ее её если есть еще ещё же за
и из или им их к как какая какие какой ко когда кто ли либо мне может мы на над надо наш не него нее неё ни них но ну о
об однако он она они оно от по под при с со так также такой там то тоже того только тот у уже хотя чего чей чем что
чтобы эта эти это этот я
"""

STOP_WORDS: dict[Language, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()),
    "pt": frozenset(_PORTUGUESE.split()),
    "ru": frozenset(_RUSSIAN.split()),
}
ANY_STOP_WORD = frozenset[str]().union(*STOP_WORDS.values())


def language_of(text: str) -> Language | None:
    """`en`, `pt` or `ru`; None when it is in another language, or nothing tells."""
    sample = text[:_SAMPLE_LETTERS].casefold()
    words = _WORD.findall(sample)
    if sum(1 for word in words if _CYRILLIC.search(word)) * 2 > len(words):
        return "ru"
    hits: Counter[Language] = Counter()
    for language, stops in STOP_WORDS.items():
        hits[language] = sum(1 for word in words if word in stops)
    (first, most), (_, next_most) = hits.most_common(2)
    is_clear = most > next_most and most * _MOST_WORDS_A_HIT >= len(words)
    return first if is_clear else None
