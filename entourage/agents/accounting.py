"""What a model call took: tokens, money, time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from entourage.events.types import Usage
from entourage.llm.inside.spending import present_spending

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

    from entourage.llm.resolve import Resolved


def usage_event(resolved: Resolved, response: ModelResponse, latency_ms: int, first_token_ms: int | None) -> Usage:
    """The `usage` event of one response. `input_tokens` includes cached ones.

    The gateway has priced the call already; only what never went through it (the offline model) is counted here.
    """
    spending = present_spending()
    priced = spending.take() if spending else None
    if priced:
        return msgspec.structs.replace(priced, latency_ms=latency_ms, first_token_ms=first_token_ms)
    usage = response.usage
    cost = resolved.cost_usd(usage)
    return Usage(
        provider=resolved.provider or "offline",
        model=resolved.name,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cache_read_tokens,
        reasoning_tokens=usage.details.get("reasoning_tokens", 0),
        cost_usd=None if cost is None else str(cost),
        latency_ms=latency_ms,
        first_token_ms=first_token_ms,
    )
