"""What a call costs, in whole nano-USD."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from entourage.llm.kinds import KINDS
from entourage.llm.money.call import Tokens
from entourage.llm.money.table import SCALE, Dated, Price, Provider, Rate, dated, find, read_table, scaled

NANO = 1_000_000_000
_TO_NANO = SCALE * 1_000_000 // NANO
_MAX_KNOWN = 10_000


class _Known(NamedTuple):
    prices: Dated
    window_tokens: int | None


class Prices:
    """Prices and windows by model. The table is read when it is first needed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, str, str], _Known | None] = {}

    @cached_property
    def _table(self) -> list[Provider]:
        return read_table()

    def cost(
        self,
        provider_type: str,
        base_url: str,
        model: str,
        tokens: Tokens,
        own: Price | None = None,
        at: datetime | None = None,
    ) -> int | None:
        """The price of one call, 0 for the offline model, None when the price is not known.

        `own` is a person's own price of the model, which comes first.
        """
        if own is not None:
            return cost_of(own, tokens)
        if provider_type not in KINDS:
            return 0
        known = self._find(provider_type, base_url, model)
        if known is None:
            return None
        prices = known.prices
        price = prices[0][1] if len(prices) == 1 else _now(prices, at or datetime.now(UTC))
        return cost_of(price, tokens)

    def window_tokens(self, provider_type: str, base_url: str, model: str) -> int | None:
        """How much the model reads at once; None when that is not known."""
        known = self._find(provider_type, base_url, model) if provider_type in KINDS else None
        return known.window_tokens if known else None

    def _find(self, provider_type: str, base_url: str, model: str) -> _Known | None:
        price_id = KINDS[provider_type].price_id
        key = (price_id, "" if price_id else base_url, model)
        if key not in self._known:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            listed = find(self._table, price_id, base_url, model)
            self._known[key] = _Known(dated(listed), listed.window) if listed else None
        return self._known[key]


def cost_of(price: Price, tokens: Tokens) -> int:
    """The cost in nano-USD, rounded once, half to even."""
    given, made, cached, written, thought = tokens
    total = 0
    if price.cached:
        cached = min(cached, given)
        total += price.cached.at(given) * cached
    else:
        cached = 0
    if price.cache_write:
        written = min(written, given - cached)
        total += price.cache_write.at(given) * written
    else:
        written = 0
    if price.reasoning:
        thought = min(thought, made)
        total += price.reasoning.at(given) * thought
        made -= thought
    if price.input:
        total += price.input.at(given) * (given - cached - written)
    if price.output:
        total += price.output.at(given) * made
    if price.requests:
        total += price.requests.at(given) * 1000  # a price a thousand calls, not a million
    return _divided(total, _TO_NANO)


def dollars(nano: int) -> str:
    """Nano-USD as decimal dollars without an exponent: `405000` -> `0.000405`."""
    whole, part = divmod(abs(nano), NANO)
    text = f"{whole}.{part:09}".rstrip("0") if part else str(whole)
    return f"-{text}" if nano < 0 else text


def _divided(total: int, by: int) -> int:
    quotient, rest = divmod(total, by)
    return quotient + (2 * rest > by or (2 * rest == by and quotient % 2 == 1))


def _now(dated: Dated, at: datetime) -> Price:
    """The last whose condition holds, else the first."""
    return next((price for holds, price in reversed(dated) if holds(at)), dated[0][1])


def own_price(amounts: Mapping[str, str]) -> Price:
    """A person's own price of a model: dollars a million tokens by `input`, `output`, `cached_input`, `cache_write`."""
    names = {"cached_input": "cached"}
    return Price(**{names.get(name, name): Rate(scaled(str(amount))) for name, amount in amounts.items()})
