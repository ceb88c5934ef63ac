"""Names as they are searched: without case and accents, word by word."""

from __future__ import annotations

import re
import unicodedata

MAX_WORDS = 24
MAX_WORD_CHARS = 64
MAX_QUERY_WORDS = 8

_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W_]+?(?=(?<=[^\W\d_])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|_|$)")
_BIDI = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def folded(text: str) -> str:
    """Text without case, accents, signs of direction and runs of space."""
    plain = unicodedata.normalize("NFKD", _BIDI.sub("", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def query_words(text: str) -> list[str]:
    """The words somebody looks for, the longest (most telling) first."""
    found = dict.fromkeys(word[:MAX_WORD_CHARS] for word in _WORD.findall(folded(text)))
    return sorted(found, key=len, reverse=True)[:MAX_QUERY_WORDS]


def name_words(name: str) -> list[str]:
    """The words a name is found by; of `parseConfig` and `parse_config` also the parts."""
    found: dict[str, None] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", name)):
        for part in (word, *_PART.findall(word)):
            for one in _WORD.findall(folded(part)):
                found[one[:MAX_WORD_CHARS]] = None
    return list(found)[:MAX_WORDS]
