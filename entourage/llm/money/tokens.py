"""The usage a provider tells, in three dialects, as one set of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from entourage.llm.money.call import Tokens

if TYPE_CHECKING:
    from entourage.llm.translate.errors import Dialect

_MOST = 2**40


class _Details(msgspec.Struct):
    cached_tokens: int | None = 0
    cache_write_tokens: int | None = 0
    reasoning_tokens: int | None = 0


class Told(msgspec.Struct):
    """The `usage` object of any dialect; what a dialect does not have is left at 0."""

    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0
    total_tokens: int | None = 0
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    prompt_cache_hit_tokens: int | None = 0
    """DeepSeek's name of cached tokens."""
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None
    cache_read_input_tokens: int | None = 0
    cache_creation_input_tokens: int | None = 0


_NOTHING = _Details()


def tokens_of(dialect: Dialect, told: Told) -> Tokens:
    """What was used. Anthropic counts cached tokens beside the input, OpenAI within it; here they are within."""
    if dialect == "messages":
        return _messages(told)
    asked, answered = (
        (told.prompt_tokens, told.completion_tokens) if dialect == "chat" else (told.input_tokens, told.output_tokens)
    )
    given = (told.prompt_tokens_details if dialect == "chat" else told.input_tokens_details) or _NOTHING
    made = (told.completion_tokens_details if dialect == "chat" else told.output_tokens_details) or _NOTHING
    whole, output, reasoning = _count(asked), _count(answered), _count(made.reasoning_tokens)
    # xAI and Gemini leave reasoning out of the completion, and only the total tells
    if (missing := _count(told.total_tokens) - whole - output) > 0 and reasoning in {0, missing}:
        output, reasoning = output + missing, missing
    cached = _count(given.cached_tokens) or _count(told.prompt_cache_hit_tokens)
    return Tokens(whole, output, min(cached, whole), _count(given.cache_write_tokens), min(reasoning, output))


def _messages(told: Told) -> Tokens:
    cached, written = _count(told.cache_read_input_tokens), _count(told.cache_creation_input_tokens)
    made = told.output_tokens_details or _NOTHING
    output = _count(told.output_tokens)
    whole = _count(told.input_tokens) + cached + written
    return Tokens(whole, output, cached, written, min(_count(made.reasoning_tokens), output))


def most(one: Told, other: Told) -> Told:
    """The larger of each number: Anthropic tells twice in a stream, and the second time not all of it again."""
    larger: dict[str, Any] = {}
    for name in Told.__struct_fields__:
        mine, theirs = getattr(one, name), getattr(other, name)
        larger[name] = theirs or mine if name.endswith("_details") else max(mine or 0, theirs or 0)
    return Told(**larger)


def _count(told: int | None) -> int:
    return min(max(told or 0, 0), _MOST)
