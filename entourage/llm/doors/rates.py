"""Where a key stands, in the headers each dialect has for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.kit.clock import now_ms, rfc3339

if TYPE_CHECKING:
    from entourage.kit.exchange import Header
    from entourage.llm.money.rates import RateState
    from entourage.llm.translate.errors import Dialect


def rate_headers(rate: RateState, dialect: Dialect) -> list[Header]:
    """Nothing for what is not limited."""
    told: list[Header] = []
    if rate.requests is not None:
        told += _headers(b"requests", rate.requests, rate.requests_left, rate.requests_reset, dialect)
    if rate.tokens is not None:
        told += _headers(b"tokens", rate.tokens, max(0, rate.tokens_left), rate.tokens_reset, dialect)
    return told


def _headers(what: bytes, limit: int, left: int, reset_seconds: float, dialect: Dialect) -> tuple[Header, ...]:
    if dialect == "messages":
        when = rfc3339(now_ms() + round(reset_seconds * 1000)).encode()
        start = b"anthropic-ratelimit-" + what
        return (start + b"-limit", b"%d" % limit), (start + b"-remaining", b"%d" % left), (start + b"-reset", when)
    return (
        (b"x-ratelimit-limit-" + what, b"%d" % limit),
        (b"x-ratelimit-remaining-" + what, b"%d" % left),
        (b"x-ratelimit-reset-" + what, b"%ds" % round(reset_seconds)),
    )
