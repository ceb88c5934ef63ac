"""One tiny real call to a model, to see whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from entourage.kit.errors import Problem
from entourage.llm.doors.scrubbing import message_of
from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import InsideExchange
from entourage.llm.inside.spending import Spending
from entourage.llm.money.call import Spender

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core

_QUESTION = "Answer with the single word: ready"
_MOST_TOKENS = 64
_MOST_LETTERS = 500
_GOOD = 200


class Tried(NamedTuple):
    """What came of it. `error` is None when the model answered."""

    provider: str | None
    model: str | None
    text: str | None
    latency_ms: int | None
    first_token_ms: int | None
    cost_usd: str | None
    error: str | None


async def try_model(core: Core, owner_id: str, model: str) -> Tried:
    """Asks, through everything a call goes through but the cache. Never raises a Problem: it is in `error`."""
    question = {"role": "user", "content": _QUESTION}
    body = {"model": model, "messages": [question], "max_tokens": _MOST_TOKENS, "stream": True}
    headers = [(b"content-type", b"application/json"), (b"x-entourage-cache", b"no-store")]
    exchange = InsideExchange("/v1/chat/completions", headers, msgspec.json.encode(body))
    spending = Spending(Spender(owner_id))
    task = call_inside(core, exchange, spending, None)
    text, error = "", None
    told: dict[str, str] = {}
    try:
        status, answered = await exchange.head()
        told = {name.decode(): value.decode("latin-1") for name, value in answered}
        raw = b"".join([piece async for piece in exchange.pieces()])
        if status == _GOOD:
            text = _said(raw)
        else:
            error = message_of(raw) or f"The provider answered {status}."
    except Problem as problem:
        error = f"{problem.detail} {problem.hint or ''}".strip()
    finally:
        exchange.leave()
        await task
    usage = spending.take()
    return Tried(
        provider=told.get("x-entourage-provider") or (usage.provider if usage else None),
        model=told.get("x-entourage-model") or (usage.model if usage else None),
        text=text[:_MOST_LETTERS] if error is None else None,
        latency_ms=usage.latency_ms if usage else None,
        first_token_ms=usage.first_token_ms if usage else None,
        cost_usd=usage.cost_usd if usage else None,
        error=error,
    )


def _said(stream: bytes) -> str:
    from entourage.llm.translate.keeping import whole_of_stream

    whole: dict[str, Any] = msgspec.json.decode(whole_of_stream(stream, "chat"))
    return whole["choices"][0]["message"].get("content") or ""
