"""The semantic cache, off by default: a question much like an earlier one of the same person gets its answer."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import msgspec

from entourage.llm.caching.canonical import digest
from entourage.llm.caching.likeness import guards
from entourage.llm.embeddings import Embedder, Vector, similarity

_THRESHOLDS = {"hashed-ngrams-1024": 0.9}
_E5_THRESHOLD = 0.96
_MOST_PER_GROUP = 64
_MOST_GROUPS = 2_000
_LONGEST_LETTERS = 2_000
_ONE_TURN = frozenset({"model", "messages", "input", "system", "instructions", "max_tokens", "max_completion_tokens"})
_FREE = frozenset({"temperature", "top_p", "user", "metadata", "max_output_tokens", "store"})


class Question(NamedTuple):
    """A request of a single turn: its text, and all the rest of it as `group`."""

    text: str
    group: str


class _Known(NamedTuple):
    vector: Vector
    guards: tuple[str, ...]
    key: str


class SemanticCache:
    """Remembers questions; the answers themselves are in the exact cache, under `key`."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._threshold = _THRESHOLDS.get(embedder.model, _E5_THRESHOLD)
        self._groups: OrderedDict[tuple[str, str], list[_Known]] = OrderedDict()

    async def find(self, owner_id: str, question: Question) -> str | None:
        """The key of the answer to the most alike earlier question of this owner."""
        known = self._groups.get((owner_id, question.group))
        if not known:
            return None
        (vector,) = await self._embedder.embed([question.text], "query")
        marks = guards(question.text)
        best = max(((similarity(vector, one.vector), one.key) for one in known if one.guards == marks), default=None)
        return best[1] if best and best[0] >= self._threshold else None

    async def learn(self, owner_id: str, question: Question, key: str) -> None:
        """Remember a question whose answer is kept under `key`."""
        (vector,) = await self._embedder.embed([question.text], "query")
        known = self._groups.setdefault((owner_id, question.group), [])
        self._groups.move_to_end((owner_id, question.group))
        known.append(_Known(vector, guards(question.text), key))
        del known[:-_MOST_PER_GROUP]
        while len(self._groups) > _MOST_GROUPS:
            self._groups.popitem(last=False)


def question_of(body: bytes, fingerprint: str) -> Question | None:
    """The question of a request with one turn of text and no tools; None for any other."""
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if not fields.keys() <= _ONE_TURN | _FREE | {"stream", "stream_options"}:
        return None
    text = _text(fields)
    if text is None or not text.strip() or len(text) > _LONGEST_LETTERS:
        return None
    rest = [f"{name}={bytes(fields[name]).decode()}" for name in sorted(fields) if name in {"model", "system"} | _FREE]
    system = _system(fields)
    return Question(text, digest([fingerprint.encode(), *(part.encode() for part in rest), system]))


class _Turn(msgspec.Struct):
    role: str = ""
    content: str | list[msgspec.Raw] | None = None


def _turns(fields: dict[str, msgspec.Raw]) -> list[_Turn] | str | None:
    raw = fields.get("messages") or fields.get("input")
    try:
        return None if raw is None else msgspec.json.decode(raw, type=list[_Turn] | str)
    except msgspec.DecodeError:
        return None


def _text(fields: dict[str, msgspec.Raw]) -> str | None:
    turns = _turns(fields)
    if turns is None or isinstance(turns, str):
        return turns
    said = [turn for turn in turns if turn.role not in {"system", "developer"}]
    if len(said) != 1 or said[0].role != "user":
        return None
    content = said[0].content
    return content if isinstance(content, str) else _one_text(content or [])


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None


def _one_text(parts: list[msgspec.Raw]) -> str | None:
    if len(parts) != 1:
        return None
    part = msgspec.json.decode(parts[0], type=_Part)
    return part.text if part.type in {"text", "input_text"} else None


def _system(fields: dict[str, msgspec.Raw]) -> bytes:
    turns = _turns(fields)
    told = [turn for turn in turns if turn.role in {"system", "developer"}] if isinstance(turns, list) else []
    return msgspec.json.encode([told, fields.get("instructions")])
