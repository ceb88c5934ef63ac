"""Finding a few tools among many: BM25 over names, titles, descriptions and arguments.

Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from entourage.tools.tool import Tool

FIND_TOOLS, CALL_TOOL = "find_tools", "call_tool"
"""What is offered in place of a large catalogue."""

MOST_FOUND = 20

_K1, _B = 1.2, 0.75
_NAME_WEIGHT, _TITLE_WEIGHT = 4, 2
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_MOST_WORDS = 400
_ENDINGS = ("ing", "ies", "es", "ed", "s")
_SHORTEST_STEM = 3
_STOP = frozenset(["a", "an", "and", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with"])


def words(text: str) -> list[str]:
    """The words of a text or a name (`listPullRequests`, `list_pull_requests`), without their endings."""
    found = (match[0].lower() for match in _WORD.finditer(text))
    return [_stem(word) for word in found if word not in _STOP]


class ToolIndex:
    """Tools by what is said of them. `update` touches only those that are new, gone or changed."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._tools: dict[str, Tool] = {}
        self._lengths: dict[str, int] = {}
        self._postings: dict[str, dict[str, int]] = {}
        self._total = 0
        self.update(tools)

    def __len__(self) -> int:
        return len(self._tools)

    def update(self, tools: Iterable[Tool]) -> None:
        """Have exactly these tools."""
        wanted = {tool.name: tool for tool in tools}
        for name, known in list(self._tools.items()):
            tool = wanted.get(name)
            if tool is None or tool.fingerprint != known.fingerprint:
                self._remove(known)
            else:
                self._tools[name] = tool
        for name, tool in wanted.items():
            if name not in self._tools:
                self._add(tool)

    def search(self, query: str, limit: int = 5) -> list[Tool]:
        """The tools that fit best, best first; none that has no word of the query. A tool's own name finds it."""
        scores: dict[str, float] = {}
        average = self._total / max(1, len(self._tools))
        for word in dict.fromkeys(words(query)):
            postings = self._postings.get(word)
            if not postings:
                continue
            rarity = math.log(1 + (len(self._tools) - len(postings) + 0.5) / (len(postings) + 0.5))
            for name, count in postings.items():
                spread = _K1 * (1 - _B + _B * self._lengths[name] / average)
                scores[name] = scores.get(name, 0.0) + rarity * count * (_K1 + 1) / (count + spread)
        if (exact := self._named(query.strip())) is not None:
            scores[exact] = math.inf
        best = heapq.nsmallest(max(0, limit), scores.items(), key=lambda item: (-item[1], item[0]))
        return [self._tools[name] for name, _ in best]

    def _named(self, query: str) -> str | None:
        if query in self._tools:
            return query
        canonical = query.replace("__", ".")
        return canonical if canonical in self._tools else None

    def _add(self, tool: Tool) -> None:
        counts = _counts(tool)
        self._tools[tool.name] = tool
        self._lengths[tool.name] = length = sum(counts.values())
        self._total += length
        for word, count in counts.items():
            self._postings.setdefault(word, {})[tool.name] = count

    def _remove(self, tool: Tool) -> None:
        del self._tools[tool.name]
        self._total -= self._lengths.pop(tool.name)
        for word in _counts(tool):
            postings = self._postings[word]
            del postings[tool.name]
            if not postings:
                del self._postings[word]


def _counts(tool: Tool) -> Counter[str]:
    counts = Counter(words(tool.description)[:_MOST_WORDS])
    counts.update(words(tool.name) * _NAME_WEIGHT)
    counts.update(words(tool.title or "") * _TITLE_WEIGHT)
    properties = cast("dict[str, Any]", tool.parameters.get("properties") or {})
    for name, schema in properties.items():
        counts.update(words(name))
        if isinstance(schema, dict) and isinstance(told := cast("dict[str, Any]", schema).get("description"), str):
            counts.update(words(told)[:_MOST_WORDS])
    return counts


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
