"""Words as the word index knows them: lower case, no accents, common endings off, names in code taken apart.

One light stemmer serves English, Portuguese and Russian. It is chosen by the letters of a word and not by the language
of its text, so a question of two words is stemmed as the page that answers it.
"""

# ruff: noqa: RUF001  Russian letters are meant

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from entourage.memory.language import ANY_STOP_WORD

MAX_WORD_LETTERS = 64

_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"[A-ZА-ЯЁ]+(?![a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|\d+")
_CYRILLIC = re.compile(r"[а-яё]")

_LEAST_STEM = 3
# the longest first: an ending hides the shorter ones within it
_EN_PT_TEXT = """
izations ization ational fulness ousness iveness amentos imentos amento imento idades idade mente ations ation
acoes acao coes cao icoes icao ments ment ingly edly ness ings able ible ivel avel iveis aveis adores ador
ando endo indo ados adas ado ada idos idas ido ida aram eram iram arem erem irem amos emos imos ing ies ied
ion ers est ous ive al ais eis oes aes ar er ir ou ed es as os ly s a o e
"""
_RU_TEXT = """
иваются ываются ировать ивается ывается ающийся ованием ования ование аниями ениями ившись ывшись аемся аются
яются уются ается яется уется аться яться иться еться ость остью остями остей ости аний ений анием ением ания
ения ание ение ании ении иями иях иям ией ого его ому ему ыми ими ами ями ать ять ить еть уть ают яют ует уют
ете ите ишь ешь ала яла ила ела али яли или ели ало ило ело ыло ного ной ный ная ное ные ных ным ую юю ая яя
ое ее ый ий ой ей ые ие ых их ым им ом ем ам ям ах ях ов ев ия ию ии ье ья ет ит ут ют ат ят ла ло ли л а я о
е и ы у ю ь й
"""

_LATIN_ENDINGS = tuple(_EN_PT_TEXT.split())
_CYRILLIC_ENDINGS = tuple(_RU_TEXT.split())


def terms(text: str) -> Iterator[str]:
    """The stems of a text in turn, without stop words. A name such as `maxRetries` gives itself and its parts."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        yield from _terms_of(word[:MAX_WORD_LETTERS])


def surface_terms(text: str) -> dict[str, str]:
    """Stems of a text with the word each of them first came from, for showing."""
    found: dict[str, str] = {}
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        for one in _terms_of(word[:MAX_WORD_LETTERS]):
            found.setdefault(one, word.casefold())
    return found


@lru_cache(maxsize=50_000)
def _terms_of(word: str) -> tuple[str, ...]:
    parts = [part for part in _PARTS.findall(word) if len(part) > 1] if _is_compound(word) else []
    pieces = [piece.casefold() for piece in ((word, *parts) if len(parts) > 1 else (word,))]
    return tuple(stem(piece) for piece in pieces if piece not in ANY_STOP_WORD and not _is_noise(piece))


def stem(word: str) -> str:
    """The stem of one lower-case word."""
    if any(map(str.isdigit, word)):
        return word
    if _CYRILLIC.search(word):
        return _cut(word.replace("ё", "е").removesuffix("ся").removesuffix("сь"), _CYRILLIC_ENDINGS)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    return _undoubled(_cut(_singular(plain), _LATIN_ENDINGS))


def _cut(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


def _singular(word: str) -> str:
    """Of English and Portuguese words: policies, acoes, servers."""
    for plural, single in (("ies", "y"), ("oes", "ao"), ("aes", "ao"), ("sses", "ss"), ("s", "")):
        if (
            word.endswith(plural)
            and not word.endswith(("ss", "us", "is"))
            and len(word) > len(plural) + _LEAST_STEM - 1
        ):
            return word[: -len(plural)] + single
    return word


def _undoubled(word: str) -> str:
    """`runn` (of running) is `run`; `y` and `i` are one at the end."""
    if len(word) > _LEAST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def _is_compound(word: str) -> bool:
    return (
        "_" in word
        or (word != word.lower() and not word.isupper() and not word.istitle())
        or (not word.isalpha() and not word.isdigit())
    )


def _is_noise(word: str) -> bool:
    return len(word) == 1 and not word.isdigit() and word.isascii()
