"""Which of several replicas takes the next request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol, TypeVar

from entourage.tools.mcp.servers.definition import Balancing


class Candidate(Protocol):
    """What is balanced over."""

    @property
    def index(self) -> int: ...

    @property
    def weight(self) -> int: ...

    @property
    def in_flight(self) -> int: ...


C = TypeVar("C", bound=Candidate)


class Balancer:
    """Orders candidates, the one to ask first. Remembers whose turn it was."""

    def __init__(self, kind: Balancing) -> None:
        self._kind = kind
        self._turn = 0
        self._credit: dict[int, float] = {}

    def order(self, candidates: Sequence[C], affinity: str | None = None) -> list[C]:
        """All of them. The same `affinity` gives the same first one as long as that is among them."""
        if len(candidates) < 2:
            return list(candidates)
        if affinity is not None:
            return sorted(candidates, key=lambda one: _score(affinity, one), reverse=True)
        if self._kind == "least_connections":
            return sorted(self._turned(candidates), key=lambda one: one.in_flight / one.weight)
        if self._kind == "weighted":
            return self._smoothly(candidates)
        return self._turned(candidates)

    def _turned(self, candidates: Sequence[C]) -> list[C]:
        self._turn += 1
        start = self._turn % len(candidates)
        return [*candidates[start:], *candidates[:start]]

    def _smoothly(self, candidates: Sequence[C]) -> list[C]:
        """Weighted round robin as nginx does it: heavy ones come often, but not all at once."""
        total = sum(one.weight for one in candidates)
        for one in candidates:
            self._credit[one.index] = self._credit.get(one.index, 0) + one.weight
        ordered = sorted(candidates, key=lambda one: self._credit[one.index], reverse=True)
        self._credit[ordered[0].index] -= total
        return ordered


def _score(affinity: str, candidate: Candidate) -> int:
    """Rendezvous hashing: when one replica goes, only those who were with it move."""
    digest = hashlib.blake2b(f"{affinity}\x1f{candidate.index}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
