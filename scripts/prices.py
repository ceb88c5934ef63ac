"""Write entourage/llm/money/prices.json: prices and windows of genai-prices in a form that is read in milliseconds.

`python scripts/prices.py --check` only says whether the file is that of the installed genai-prices.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices import __version__, data, types

OUT = Path(__file__).parents[1] / "entourage/llm/money/prices.json"

KEYS = {
    "input_mtok": "input",
    "cache_read_mtok": "cached",
    "cache_write_mtok": "cache_write",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
    "requests_kcount": "requests",
}
"""What is priced by tokens and calls; audio by the hour and the like has no price here."""


def main() -> int:
    table = {"source": f"genai-prices {__version__}", "providers": [_provider(one) for one in data.providers]}
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False).replace('{"id":', '\n{"id":') + "\n"
    if "--check" in sys.argv:
        same = OUT.exists() and OUT.read_text() == text
        print(f"{OUT.name} is {'up to date' if same else 'not that of genai-prices: run `make prices`'}")
        return 0 if same else 1
    OUT.write_text(text)
    return 0


def _provider(one: types.Provider) -> dict[str, Any]:
    models = [
        (_clause(model.match), prices, model.context_window) for model in one.models if (prices := _prices(model))
    ]
    return {"id": one.id, "url": one.api_pattern, "others": one.fallback_model_providers or [], "models": models}


def _prices(model: types.ModelInfo) -> list[Any]:
    """Conditions with prices, the last that holds is taken, else the first."""
    listed = model.prices if isinstance(model.prices, list) else [types.ConditionalPrice(prices=model.prices)]
    found = [[_condition(one.constraint), _price(one.prices)] for one in listed]
    return found if any(price for _, price in found) else []


def _price(price: types.ModelPrice) -> dict[str, Any]:
    said = {ours: getattr(price, theirs) for theirs, ours in KEYS.items()}
    return {name: _amount(value) for name, value in said.items() if value is not None}


def _amount(value: Decimal | types.TieredPrices) -> Any:
    if isinstance(value, types.TieredPrices):
        return [str(value.base), [[tier.start, str(tier.price)] for tier in value.tiers]]
    return str(value)


def _condition(constraint: Any) -> Any:
    if constraint is None:
        return None
    if isinstance(constraint, types.StartDateConstraint):
        return constraint.start_date.isoformat()
    return [_utc(at).strftime("%H:%M:%S") for at in (constraint.start_time, constraint.end_time)]


def _utc(at: time) -> time:
    return (
        datetime.combine(datetime(1970, 1, 1, tzinfo=UTC), at if at.tzinfo else at.replace(tzinfo=UTC))
        .astimezone(UTC)
        .time()
    )


def _clause(clause: Any) -> list[Any]:
    match clause:
        case types.ClauseEquals():
            return ["=", clause.equals.lower()]
        case types.ClauseStartsWith():
            return ["^", clause.starts_with.lower()]
        case types.ClauseEndsWith():
            return ["$", clause.ends_with.lower()]
        case types.ClauseContains():
            return ["*", clause.contains.lower()]
        case types.ClauseRegex():
            return ["~", clause.regex]
        case types.ClauseOr():
            return ["|", *map(_clause, clause.or_)]
        case types.ClauseAnd():
            return ["&", *map(_clause, clause.and_)]
    raise TypeError(f"an unknown clause: {clause!r}")


if __name__ == "__main__":
    sys.exit(main())
