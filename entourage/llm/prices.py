"""What a call of an agent's costs, in US dollars."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from entourage.llm.money.call import Tokens
from entourage.llm.money.prices import NANO, Prices

if TYPE_CHECKING:
    from pydantic_ai.usage import RequestUsage


def cost_usd(provider_type: str, base_url: str, model: str, usage: RequestUsage) -> Decimal | None:
    """The price of one call, cached and reasoning tokens included; None when the model's price is not known.

    `usage.input_tokens` includes the cached ones, as pydantic-ai counts them.
    """
    nano = _prices().cost(provider_type, base_url, model, tokens_of(usage))
    return None if nano is None else Decimal(nano) / NANO


def tokens_of(usage: RequestUsage) -> Tokens:
    """The tokens as accounting counts them."""
    return Tokens(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.details.get("reasoning_tokens", 0),
    )


@cache
def _prices() -> Prices:
    return Prices()
