"""What a call costs, in US dollars."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_ai.usage import RequestUsage

_PROVIDER_IDS = {"openai": "openai", "anthropic": "anthropic"}


def cost_usd(provider_type: str, base_url: str, model: str, usage: RequestUsage) -> Decimal | None:
    """The price of one call, cached and reasoning tokens included; None when the model's price is not known.

    `usage.input_tokens` includes the cached ones, as pydantic-ai counts them. The table is loaded at the first
    call (0.4 s, 40 MB).
    """
    if provider_type == "offline":
        return Decimal(0)
    from genai_prices import calc_price

    try:
        if provider_id := _PROVIDER_IDS.get(provider_type):
            return calc_price(usage, model, provider_id=provider_id).total_price
        return calc_price(usage, model, provider_api_url=base_url).total_price
    except (LookupError, ValueError):
        return None
