"""What a model call took: tokens, money, time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from entourage.events.types import Usage
from entourage.llm.inside.spending import present_spending

if TYPE_CHECKING:
    from entourage.llm.resolve import Resolved
    from entourage.llm.translate.neutral import Reply


def usage_event(resolved: Resolved, reply: Reply, latency_ms: int, first_token_ms: int | None) -> Usage:
    """The `usage` event of one response. `input_tokens` includes cached ones.

    The gateway has priced the call already; only what never went through it (the offline model) is counted here.
    """
    spending = present_spending()
    priced = spending.take() if spending else None
    if priced:
        return msgspec.structs.replace(priced, latency_ms=latency_ms, first_token_ms=first_token_ms)
    spent = reply.spent
    return Usage(
        provider=resolved.provider or "offline",
        model=resolved.name,
        input_tokens=spent.input,
        output_tokens=spent.output,
        cached_tokens=spent.cached,
        reasoning_tokens=spent.reasoning,
        cost_usd="0" if resolved.is_offline else None,
        latency_ms=latency_ms,
        first_token_ms=first_token_ms,
    )
