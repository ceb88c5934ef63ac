"""The price table: compiled from genai-prices by `make prices`, read at the first need (milliseconds, no imports)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import msgspec

SCALE = 10**18
"""Prices are whole numbers of this part of a dollar a million tokens: the table has up to 18 decimals."""

Amount: TypeAlias = "str | tuple[str, list[tuple[int, str]]]"
_COMPACT_DATE = re.compile(r"(-)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


class Provider(msgspec.Struct):
    """A provider of the table: its name, the pattern of its URLs, and whose models it sells besides its own."""

    id: str
    url: str
    others: list[str]
    models: list[Listed]


class Listed(NamedTuple):
    """A model of the table: how its names look, its prices under their conditions, the tokens it reads at once."""

    clause: list[Any]
    prices: list[tuple[str | tuple[str, str] | None, dict[str, Amount]]]
    window: int | None


class _File(msgspec.Struct):
    source: str
    providers: list[Provider]


class Rate(NamedTuple):
    """The price of one kind of token. Above a tier's start (of all input tokens) its price holds for every token."""

    base: int
    tiers: tuple[tuple[int, int], ...] = ()

    def at(self, input_tokens: int) -> int:
        price = self.base
        for start, above in self.tiers:
            if input_tokens > start:
                price = above
        return price


class Price(NamedTuple):
    """What a model's tokens cost; None: as the kind that holds it (`cached` as `input`, `reasoning` as `output`)."""

    input: Rate | None = None
    cached: Rate | None = None
    cache_write: Rate | None = None
    output: Rate | None = None
    reasoning: Rate | None = None
    requests: Rate | None = None


Condition: TypeAlias = Callable[[datetime], bool]
Dated: TypeAlias = list[tuple[Condition, Price]]


def read_table() -> list[Provider]:
    """The providers of the table."""
    raw = files("entourage.llm.money").joinpath("prices.json").read_bytes()
    return msgspec.json.decode(raw, type=_File).providers


def find(providers: list[Provider], price_id: str | None, base_url: str, model: str) -> Listed | None:
    """A model, as genai-prices finds it: by the provider's name, else by its URL. None: not known."""
    provider = next((one for one in providers if _is(one, price_id, base_url)), None)
    if provider is None:
        return None
    wanted = model.lower()
    return _model(providers, provider, wanted) or _model(providers, provider, _COMPACT_DATE.sub(_dashed, wanted))


def dated(listed: Listed) -> Dated:
    """The prices of a model, each with its condition."""
    return [(_condition(said), _price(amounts)) for said, amounts in listed.prices]


def _is(provider: Provider, price_id: str | None, base_url: str) -> bool:
    return provider.id == price_id if price_id else re.match(provider.url, base_url) is not None


def _model(providers: list[Provider], provider: Provider, model: str) -> Listed | None:
    sellers = [provider, *(one for name in provider.others for one in providers if one.id == name)]
    return next((listed for seller in sellers for listed in seller.models if _matches(listed.clause, model)), None)


def _matches(clause: list[Any], model: str) -> bool:
    match clause:
        case ["=", text]:
            return model == text
        case ["^", text]:
            return model.startswith(text)
        case ["$", text]:
            return model.endswith(text)
        case ["*", text]:
            return text in model
        case ["~", pattern]:
            return re.search(pattern, model) is not None
        case ["|", *clauses]:
            return any(_matches(one, model) for one in clauses)
        case _:
            return all(_matches(one, model) for one in clause[1:])


def _condition(said: str | tuple[str, str] | None) -> Condition:
    if said is None:
        return lambda _: True
    if isinstance(said, str):
        start = date.fromisoformat(said)
        return lambda at: at.date() >= start
    begin, end = (time.fromisoformat(one).replace(tzinfo=UTC) for one in said)
    if end < begin:
        return lambda at: not end <= at.timetz() < begin
    return lambda at: begin <= at.timetz() < end


def _price(amounts: dict[str, Amount]) -> Price:
    return Price(**{name: _rate(amount) for name, amount in amounts.items()})


def _rate(amount: Amount) -> Rate:
    if isinstance(amount, str):
        return Rate(scaled(amount))
    base, tiers = amount
    return Rate(scaled(base), tuple((start, scaled(price)) for start, price in tiers))


def scaled(dollars: str) -> int:
    """Decimal dollars in units of 1/`SCALE`."""
    return int(Decimal(dollars) * SCALE)


def _dashed(found: re.Match[str]) -> str:
    year, month, day = found[2], found[3], found[4]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return found[0]
    return f"{found[1]}{year}-{month}-{day}"
