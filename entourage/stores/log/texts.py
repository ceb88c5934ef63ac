"""Full text over events: FTS5 on SQLite, tsvector on PostgreSQL. Filled after the commit, so that appends stay quick.

On SQLite the row id of a text is `owner's number << 40 | seq`: a search stays within one owner and reads in order of
seq.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from entourage.stores.sql.fulltext import MAX_WORDS

SEQ_BITS = 40
MAX_TEXT_CHARS = 20_000
"""How much of an event can be found by its words."""

_WORD = re.compile(r"[^\W_]+")


def create(dialect: str) -> Iterable[str]:
    """Statements that make the index."""
    if dialect == "sqlite":
        yield "CREATE TABLE event_fts_owners (number INTEGER PRIMARY KEY, owner_id VARCHAR(36) NOT NULL UNIQUE)"
        yield "CREATE VIRTUAL TABLE event_fts USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
    else:
        yield (
            "CREATE TABLE event_texts (owner_id VARCHAR(36) NOT NULL, seq BIGINT NOT NULL, "
            "text_search tsvector NOT NULL, CONSTRAINT pk_event_texts PRIMARY KEY (owner_id, seq))"
        )
        yield "CREATE INDEX ix_event_texts_text_search ON event_texts USING gin (text_search)"


def drop(dialect: str) -> Iterable[str]:
    """Undo `create`."""
    if dialect == "sqlite":
        yield "DROP TABLE event_fts"
        yield "DROP TABLE event_fts_owners"
    else:
        yield "DROP TABLE event_texts"


def fts5_term(query: str) -> str:
    """The query of FTS5: every word, the last by its beginning. Empty when there is no word in it."""
    return " ".join(f'"{word}"' for word in _words(query)) + "*" if _words(query) else ""


def tsquery_term(query: str) -> str:
    """As `fts5_term`, for PostgreSQL."""
    return " & ".join(_words(query)) + ":*" if _words(query) else ""


def plain(text: str) -> str:
    """The words of a text alone, without accents: engines cut paths and fold letters in ways of their own."""
    return " ".join(_WORD.findall(_folded(text[:MAX_TEXT_CHARS])))


def _words(query: str) -> list[str]:
    return plain(query).lower().split()[:MAX_WORDS]


def _folded(text: str) -> str:
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
