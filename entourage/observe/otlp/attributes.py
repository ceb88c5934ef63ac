"""Attributes of OTLP as plain values, and the names under which agents tell the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from entourage.observe.amounts import MAX_COUNT

MAX_NESTED = 16

SESSION = ("session.id", "gen_ai.conversation.id", "conversation.id", "conversation_id", "thread.id", "session_id")
PROMPT = ("prompt.id", "prompt_id", "turn.id")
TOOL_CALL = ("tool_use_id", "tool.use_id", "gen_ai.tool.call.id", "call_id")
AGENT_ID = ("agent.id", "agent_id", "gen_ai.agent.id")
AGENT = ("agent.name", "agent_type", "agent.type", "gen_ai.agent.name")
MODEL = ("gen_ai.response.model", "gen_ai.request.model", "model")
PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "provider")
REQUEST = ("request_id", "gen_ai.response.id", "response_id")
INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "input_tokens", "input_token_count")
OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "output_tokens", "output_token_count")
CACHE_READ = (
    *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
    *("cache_read_tokens", "cache_read_input_tokens", "cached_token_count", "cached_content_token_count"),
)
CACHE_WRITE = ("gen_ai.usage.cache_creation.input_tokens", "cache_creation_tokens", "cache_creation_input_tokens")
REASONING = ("gen_ai.usage.reasoning.output_tokens", "reasoning_token_count", "thoughts_token_count")
COST = ("cost_usd", "gen_ai.usage.cost", "gen_ai.usage.cost_usd")
DURATION = ("duration_ms", "latency_ms")
FIRST_TOKEN = ("ttft_ms", "time_to_first_token_ms")

Attributes = dict[str, Any]


def attributes_of(pairs: object) -> Attributes:
    """`[{key, value: {stringValue: ...}}]` as a dictionary."""
    if not isinstance(pairs, list):
        return {}
    found: Attributes = {}
    for pair in cast("list[Any]", pairs):
        if isinstance(pair, dict) and isinstance(key := cast("Attributes", pair).get("key"), str):
            found[key[:256]] = value_of(cast("Attributes", pair).get("value"))
    return found


def value_of(given: object, nested: int = 0) -> Any:
    """An AnyValue as a plain value; what nests too deep is left out."""
    if not isinstance(given, dict) or not given or nested > MAX_NESTED:
        return None
    kind, value = next(iter(cast("Attributes", given).items()))
    if kind == "intValue":
        return whole(value)
    if kind in {"arrayValue", "kvlistValue"}:
        inside: object = cast("Attributes", value).get("values") if isinstance(value, dict) else None
        items = cast("list[Any]", inside) if isinstance(inside, list) else []
        if kind == "arrayValue":
            return [value_of(item, nested + 1) for item in items]
        pairs = (cast("Attributes", item) for item in items if isinstance(item, dict))
        return {str(pair.get("key")): value_of(pair.get("value"), nested + 1) for pair in pairs}
    return value if isinstance(value, str | bool | int | float) else None


def text_of(attributes: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of these attributes that is a text."""
    for name in names:
        found = attributes.get(name)
        if isinstance(found, str) and found:
            return found[:128]
    return None


def count_of(attributes: Mapping[str, Any], names: tuple[str, ...]) -> int:
    """The first of these attributes that is a number, 0 for none."""
    for name in names:
        if name in attributes:
            return whole(attributes[name])
    return 0


def number_of(attributes: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    """The first of these attributes as a number, also when it was sent as text."""
    for name in names:
        if name in attributes:
            try:
                found = float(attributes[name])
            except (TypeError, ValueError):
                continue
            return found if 0 <= found <= MAX_COUNT else None
    return None


def whole(given: object) -> int:
    """A count, also when it was sent as text; 0 for what is none."""
    if not isinstance(given, str | int | float):
        return 0
    try:
        found = int(float(given))
    except (ValueError, OverflowError):
        return 0
    return found if 0 <= found <= MAX_COUNT else 0
