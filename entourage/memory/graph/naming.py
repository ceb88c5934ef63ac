"""Ids of nodes: the same thing has the same id wherever it is met. `me` is the person whose graph it is."""

from __future__ import annotations

import re

from entourage.memory.stemming import stem
from entourage.stores.graph.base import MAX_ID_CHARS, MAX_NAME_CHARS
from entourage.stores.graph.texts import storable
from entourage.stores.graph.words import folded

ME = "user"

_CYRILLIC = re.compile(r"[а-я]")  # noqa: RUF001
_SPLIT = re.compile(r"[^\w+#./-]+")
_DIGEST_BYTES = 8


def session_id(id: str) -> str:
    return short(f"session:{id}")


def agent_id(name: str) -> str:
    return short(f"agent:{name}")


def tool_id(name: str) -> str:
    return short(f"tool:{name}")


def artifact_id(id: str) -> str:
    return short(f"artifact:{id}")


def document_id(id: str) -> str:
    return short(f"document:{id}")


def memory_id(id: str) -> str:
    return short(f"memory:{id}")


def file_id(path: str, session: str | None = None) -> str:
    """A file of a conversation's folder, or of another machine by its whole path."""
    return short(f"file:{session}/{path}" if session else f"file:{path}")


def concept_id(name: str) -> str:
    """Without case, accents and, in Russian, endings: `Москве` is `Москва`."""
    words = [_stemmed(word) for word in _SPLIT.split(folded(name)) if word]
    return short(f"concept:{' '.join(words)}")


def memory_of(node_id: str) -> str | None:
    """The memory that a node stands for."""
    return node_id.removeprefix("memory:") if node_id.startswith("memory:") else None


def short(node_id: str) -> str:
    """An id that is not too long: the end of a long one is its digest."""
    clean = storable(node_id)
    if len(clean) <= MAX_ID_CHARS:
        return clean
    from hashlib import blake2b

    digest = blake2b(clean.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return f"{clean[: MAX_ID_CHARS - len(digest) - 1]}~{digest}"


def shown_name(name: str, fallback: str) -> str:
    """A name of one line, never empty."""
    return " ".join(storable(name).split())[:MAX_NAME_CHARS] or fallback[:MAX_NAME_CHARS]


def _stemmed(word: str) -> str:
    return stem(word) if _CYRILLIC.search(word) else word
