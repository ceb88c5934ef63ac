"""In which order the candidates of an alias are asked."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from entourage.llm.catalogue import Strategy, Target
from entourage.llm.routing.upstream import Upstream

PriceOf: TypeAlias = Callable[[Target, str], tuple[int, int] | None]
"""Nano-USD for a token in and one out; None when the price is not known."""

_UNKNOWN_PRICE = float("inf")


class Strategies:
    """Orders by strategy. The first is asked first; the others are what is fallen back on."""

    def __init__(self, price_of: PriceOf, chance: random.Random | None = None) -> None:
        self._price_of = price_of
        self._chance = chance or random.Random()  # noqa: S311  no secret hangs on it

    def order(self, strategy: Strategy, upstreams: Sequence[Upstream], sticky: str) -> Sequence[Upstream]:
        """`sticky` names who asks: an A/B experiment gives the same name the same candidate."""
        match strategy:
            case "weighted":
                ordered = self._drawn(upstreams, self._chance.random)
            case "ab":
                ordered = self._drawn(upstreams, _fixed(sticky))
            case "latency":
                ordered = sorted(upstreams, key=_pace)
            case "cost":
                ordered = sorted(upstreams, key=self._price)
            case "priority":
                ordered = upstreams
        return sorted(ordered, key=_is_cooling)

    @staticmethod
    def _drawn(upstreams: Sequence[Upstream], chance: Callable[[], float]) -> list[Upstream]:
        """One by weight; the others behind it as they stand."""
        point = chance() * sum(one.weight for one in upstreams)
        for place, one in enumerate(upstreams):
            point -= one.weight
            if point < 0:
                return [one, *upstreams[:place], *upstreams[place + 1 :]]
        return list(upstreams)

    def _price(self, upstream: Upstream) -> float:
        price = self._price_of(upstream.target, upstream.model)
        return sum(price) if price else _UNKNOWN_PRICE


def _fixed(sticky: str) -> Callable[[], float]:
    digest = hashlib.blake2b(sticky.encode("utf-8", "replace"), digest_size=8).digest()
    return lambda: int.from_bytes(digest, "big") / 2**64


def _pace(upstream: Upstream) -> float:
    """Who was never asked comes first: nobody knows how quick it is."""
    return upstream.standing.pace_ms or 0.0


def _is_cooling(upstream: Upstream) -> bool:
    return upstream.standing.is_cooling
