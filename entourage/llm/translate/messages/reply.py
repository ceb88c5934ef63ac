"""Whole Anthropic messages, read and written."""

from __future__ import annotations

import msgspec

from entourage.llm.translate.messages.seals import seal_of, signature_of
from entourage.llm.translate.neutral import Call, Json, Ran, Reply, Spent, Spoken, StopReason, Text, Thinking, bare_id
from entourage.llm.translate.ran import as_thoughts
from entourage.llm.translate.reading import arguments_object
from entourage.llm.translate.sink import add, now_seconds, stop_of

STOPS: dict[str, StopReason] = {
    "end_turn": "end",
    "max_tokens": "length",
    "stop_sequence": "sequence",
    "tool_use": "tools",
    "pause_turn": "end",
    "refusal": "refusal",
    "model_context_window_exceeded": "length",
}
REASONS: dict[StopReason, str] = {
    "end": "end_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "sequence": "stop_sequence",
    "refusal": "refusal",
}
_DIRECT = {"type": "direct"}


class OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class Usage(msgspec.Struct):
    """`input_tokens` leaves out what came from the cache or went into it."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens_details: OutputDetails | None = None

    def spent(self) -> Spent:
        read, written = self.cache_read_input_tokens or 0, self.cache_creation_input_tokens or 0
        thought = self.output_tokens_details.thinking_tokens if self.output_tokens_details else None
        return Spent((self.input_tokens or 0) + read + written, self.output_tokens or 0, read, written, thought or 0)


class Block(msgspec.Struct):
    """A content block of any type; those that hold none of these fields say nothing to other dialects."""

    type: str
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: Json | None = None


class Message(msgspec.Struct):
    id: str
    content: list[Block]
    stop_reason: str | None = None
    stop_sequence: str | None = None
    usage: Usage | None = None


_decode = msgspec.json.Decoder(Message).decode


def read_reply(body: bytes) -> Reply:
    """Raises msgspec's errors for what is no message."""
    given = _decode(body)
    reply = Reply(bare_id(given.id), now_seconds(), [])
    for block in given.content:
        part = _part(block)
        if part is not None:
            add(reply.parts, part)
    reply.stop = stop_of(STOPS.get(given.stop_reason or "", "end"), reply.parts)
    reply.stop_sequence = given.stop_sequence
    reply.spent = given.usage.spent() if given.usage else Spent()
    return reply


def _part(block: Block) -> Spoken | None:
    match block.type:
        case "text":
            return Text(block.text or "")
        case "thinking":
            return Thinking(block.thinking or "", seal_of(block.signature or ""))
        case "redacted_thinking":
            return Thinking(seal=seal_of(block.data or ""), is_redacted=True)
        case "tool_use":
            return Call(block.id or "", block.name or "", msgspec.json.encode(block.input or {}).decode())
        case _:
            return None


def write_reply(reply: Reply, model: str) -> bytes:
    """A message. Raises Untranslatable where a call's arguments are no JSON object."""
    return msgspec.json.encode(
        {
            "id": f"msg_{reply.id}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [_block(part) for part in as_thoughts(reply.parts) if not isinstance(part, Ran)],
            "stop_reason": REASONS[reply.stop],
            "stop_sequence": reply.stop_sequence,
            "stop_details": None,
            "container": None,
            "usage": usage_of(reply.spent),
        }
    )


def _block(part: Text | Thinking | Call) -> Json:
    match part:
        case Text():
            return {"type": "text", "text": part.text, "citations": None}
        case Thinking(is_redacted=True):
            return {"type": "redacted_thinking", "data": signature_of(part.seal)}
        case Thinking():
            return {"type": "thinking", "thinking": part.text, "signature": signature_of(part.seal)}
        case Call():
            arguments = arguments_object(part.arguments, "tool_calls.function.arguments")
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments, "caller": _DIRECT}


def usage_of(spent: Spent) -> Json:
    """Anthropic's figures."""
    return {
        "input_tokens": max(0, spent.input - spent.cached - spent.cache_write),
        "cache_creation_input_tokens": spent.cache_write,
        "cache_read_input_tokens": spent.cached,
        "cache_creation": None,
        "output_tokens": spent.output,
        "server_tool_use": None,
        "service_tier": None,
        "inference_geo": None,
        "output_tokens_details": {"thinking_tokens": spent.reasoning},
    }
