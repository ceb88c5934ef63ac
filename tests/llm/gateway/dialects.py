"""Small answers in each dialect, with usage that tells cached and reasoning tokens apart."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages"}
DIALECTS = ("chat", "responses", "messages")
TEXT = "Hello there"
USAGE = {
    "chat": {
        "prompt_tokens": 20,
        "completion_tokens": 7,
        "total_tokens": 27,
        "prompt_tokens_details": {"cached_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 2},
    },
    "responses": {
        "input_tokens": 20,
        "output_tokens": 7,
        "total_tokens": 27,
        "input_tokens_details": {"cached_tokens": 5},
        "output_tokens_details": {"reasoning_tokens": 2},
    },
    "messages": {
        "input_tokens": 12,
        "output_tokens": 7,
        "cache_read_input_tokens": 5,
        "cache_creation_input_tokens": 3,
    },
}


def ask(dialect: str, model: str, *, stream: bool = False, said: str = "hi", **more: Any) -> Json:
    """A request."""
    turn = [{"role": "user", "content": said}]
    body: Json = {"model": model, "stream": stream, ("input" if dialect == "responses" else "messages"): turn, **more}
    if dialect == "messages":
        body.setdefault("max_tokens", 100)
    return body


def forced(dialect: str) -> Json:
    """The fields that oblige the model to call a tool."""
    schema = {"type": "object", "properties": {}}
    match dialect:
        case "chat":
            tool = {"type": "function", "function": {"name": "look", "parameters": schema}}
            return {"tools": [tool], "tool_choice": "required"}
        case "responses":
            return {"tools": [{"type": "function", "name": "look", "parameters": schema}], "tool_choice": "required"}
        case _:
            return {"tools": [{"name": "look", "input_schema": schema}], "tool_choice": {"type": "any"}}


def answer(dialect: str, text: str = TEXT, *, tool: bool = False, model: str = "m") -> bytes:
    """A whole answer."""
    body: Json
    match dialect:
        case "chat":
            call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
            said: Json = {"role": "assistant", "content": None if tool else text}
            said |= {"tool_calls": [call]} if tool else {}
            choice = {"index": 0, "message": said, "finish_reason": "tool_calls" if tool else "stop"}
            body = {"id": "c1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}
        case "responses":
            item: Json = {
                "type": "message",
                "id": "msg_1",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            }
            if tool:
                item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{}"}
            body = {"id": "r1", "object": "response", "created_at": 1, "model": model, "status": "completed"}
            body |= {"error": None, "output": [item]}
        case _:
            block: Json = {"type": "text", "text": text}
            if tool:
                block = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
            body = {"id": "m1", "type": "message", "role": "assistant", "model": model, "content": [block]}
            body |= {"stop_reason": "tool_use" if tool else "end_turn", "stop_sequence": None}
    return json.dumps(body | {"usage": USAGE[dialect]}).encode()


def sse(dialect: str, value: Json) -> bytes:
    data = json.dumps(value).encode()
    return b"data: %b\n\n" % data if dialect == "chat" else b"event: %b\ndata: %b\n\n" % (value["type"].encode(), data)


def stream(dialect: str, *words: str, tool: bool = False, usage: bool = True) -> list[bytes]:
    """The events of a streamed answer, one by one. The first two say nothing yet."""
    told = words or (TEXT[:6], TEXT[6:])
    return [sse(dialect, event) for event in _EVENTS[dialect](told, tool, usage)] + (
        [b"data: [DONE]\n\n"] if dialect == "chat" else []
    )


def _chat(words: tuple[str, ...], tool: bool, usage: bool) -> list[Json]:
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}

    def one(delta: Json, reason: str | None = None) -> Json:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "usage": None}

    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    told = [one({"tool_calls": [call]})] if tool else [one({"content": word}) for word in words]
    events = [one({"role": "assistant", "content": ""}), one({}), *told, one({}, "tool_calls" if tool else "stop")]
    return [*events, {**base, "choices": [], "usage": USAGE["chat"]}] if usage else events


def _responses(words: tuple[str, ...], tool: bool, usage: bool) -> list[Json]:
    base = {"id": "r1", "object": "response", "created_at": 1, "model": "m", "error": None, "output": []}
    whole = json.loads(answer("responses", "".join(words), tool=tool))
    item = whole["output"][0]
    place = {"output_index": 0, "content_index": 0, "item_id": item["id"]}
    if tool:
        middle = [
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "arguments": ""}},
            {"type": "response.function_call_arguments.delta", **place, "delta": "{}"},
            {"type": "response.function_call_arguments.done", **place, "arguments": "{}"},
        ]
    else:
        part = {"type": "output_text", "text": "", "annotations": []}
        middle = [
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
            {"type": "response.content_part.added", **place, "part": part},
            *({"type": "response.output_text.delta", **place, "delta": word} for word in words),
            {"type": "response.output_text.done", **place, "text": "".join(words)},
            {"type": "response.content_part.done", **place, "part": {**part, "text": "".join(words)}},
        ]
    events: list[Json] = [
        {"type": "response.created", "response": {**base, "status": "in_progress"}},
        {"type": "response.in_progress", "response": {**base, "status": "in_progress"}},
        *middle,
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole if usage else {**whole, "usage": None}},
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def _messages(words: tuple[str, ...], tool: bool, usage: bool) -> list[Json]:
    start: Json = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
    start["usage"] = {**USAGE["messages"], "output_tokens": 1}
    block: Json = {"type": "text", "text": ""}
    deltas: list[Json] = [{"type": "text_delta", "text": word} for word in words]
    if tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": "{}"}]
    reason = "tool_use" if tool else "end_turn"
    told = {"output_tokens": 7} if usage else {}
    return [
        {"type": "message_start", "message": start},
        {"type": "ping"},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": told},
        {"type": "message_stop"},
    ]


_EVENTS = {"chat": _chat, "responses": _responses, "messages": _messages}

SILENT = {"chat": 2, "responses": 2, "messages": 3}
"""How many events come before the first content."""


def begun(dialect: str) -> list[bytes]:
    """The events of a stream up to its first word."""
    events = stream(dialect)
    first = next(place for place, event in enumerate(events) if TEXT[:6].encode() in event)
    return events[: first + 1]


def error(dialect: str, message: str = "Overloaded", kind: str = "overloaded_error") -> bytes:
    """A whole refusal as the provider words it."""
    told: Json = {"error": {"type": kind, "message": message}}
    if dialect == "messages":
        told = {"type": "error", **told}
    return json.dumps(told).encode()


def error_event(dialect: str, message: str = "Overloaded") -> bytes:
    """An error event of the provider's own."""
    match dialect:
        case "chat":
            return b"data: " + error(dialect, message) + b"\n\n"
        case "responses":
            return sse(dialect, {"type": "error", "code": "server_error", "message": message, "sequence_number": 2})
        case _:
            return b"event: error\ndata: " + error(dialect, message) + b"\n\n"


def is_error_event(dialect: str, event: bytes) -> bool:
    """Whether a client that knows the dialect takes this for an error."""
    data = json.loads(event.partition(b"data: ")[2])
    if dialect == "chat":
        return isinstance(data.get("error"), dict) and bool(data["error"]["message"])
    if dialect == "responses":
        return event.startswith(b"event: error") and data["type"] == "error" and bool(data["message"])
    return event.startswith(b"event: error") and data["type"] == "error" and bool(data["error"]["message"])
