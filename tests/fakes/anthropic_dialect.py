"""The Anthropic messages dialect: strict reading, whole and streamed answers with thinking, tools and cache tokens."""

import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.conversation import Conversation, Json, ToolCall, ToolResult, ToolSpec, Turn
from tests.fakes.refusal import RefusedError
from tests.fakes.replies import Fault, Reply, in_pieces

MALFORMED_EVENT = b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": \n\n'


def read_request(body: Json, *, counting: bool = False) -> Conversation:
    """The conversation in a `/v1/messages` body; raises `RefusedError` where the real service would."""
    if not counting and not isinstance(body.get("max_tokens"), int):
        raise RefusedError("max_tokens: Field required")
    messages = body.get("messages")
    if not messages:
        raise RefusedError("messages: at least one message is required")
    _check_tool_order(messages)
    names = {b["id"]: b["name"] for m in messages for b in _blocks(m["content"]) if b["type"] == "tool_use"}
    choice = body.get("tool_choice") or {"type": "auto"}
    choices = {"any": "required", "tool": choice.get("name", ""), "none": "none", "auto": "auto"}
    output = body.get("output_config", {}).get("format") or body.get("output_format") or {}
    return Conversation(
        dialect="anthropic",
        model=body["model"],
        turns=tuple(turn for message in messages for turn in _turns(message, names)),
        system="\n".join(b.get("text", "") for b in _blocks(body.get("system") or [])),
        stream=bool(body.get("stream")),
        include_usage=True,
        tools=tuple(ToolSpec(t["name"], t["input_schema"]) for t in body.get("tools") or [] if "input_schema" in t),
        tool_choice=choices[choice["type"]],
        stop=tuple(body.get("stop_sequences") or ()),
        schema=output.get("schema"),
        max_tokens=body.get("max_tokens"),
        cached="cache_control" in json.dumps([body.get("system"), body.get("tools"), messages]),
        raw=body,
    )


def _blocks(content: Any) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _turns(message: Json, names: dict[str, str]) -> Iterator[Turn]:
    blocks = _blocks(message["content"])
    if not blocks:
        raise RefusedError("messages: content must be non-empty")
    text = "\n".join(b["text"] for b in blocks if b["type"] == "text")
    if message["role"] == "assistant":
        calls = tuple(ToolCall(b["id"], b["name"], b["input"]) for b in blocks if b["type"] == "tool_use")
        yield Turn("assistant", text, calls=calls)
        return
    results = [b for b in blocks if b["type"] == "tool_result"]
    if results:
        yield Turn("tool", results=tuple(_result(b, names) for b in results))
    images = sum(b["type"] == "image" for b in blocks)
    if text or images:
        yield Turn("user", text, images)


def _result(block: Json, names: dict[str, str]) -> ToolResult:
    text = "\n".join(b.get("text", "") for b in _blocks(block.get("content") or ""))
    call_id = block["tool_use_id"]
    return ToolResult(call_id, names.get(call_id, ""), text, bool(block.get("is_error")))


def _check_tool_order(messages: list[Json]) -> None:
    """Each assistant turn's tool uses are answered by tool results in the very next message."""
    before: set[str] = set()
    for index, message in enumerate(messages):
        blocks = _blocks(message["content"])
        answered = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if stray := answered - before:
            raise RefusedError(
                f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {', '.join(stray)}"
            )
        if open_ids := before - answered:
            raise RefusedError(
                f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after:"
                f" {', '.join(sorted(open_ids))}"
            )
        before = {b["id"] for b in blocks if b["type"] == "tool_use"} if message["role"] == "assistant" else set()
    if before:
        raise RefusedError(
            f"messages.{len(messages) - 1}: `tool_use` ids were found without `tool_result` blocks immediately after:"
            f" {', '.join(sorted(before))}"
        )


def usage(c: Conversation, reply: Reply | None) -> Json:
    """Input is reported without what came from the cache or went into it."""
    total = c.input_tokens()
    read = total // 2 if c.cached and len(c.turns) > 1 else 0
    written = total // 4 if c.cached else 0
    return {
        "input_tokens": total - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "output_tokens": reply.output_tokens() if reply else 1,
        "output_tokens_details": {"thinking_tokens": reply.reasoning_tokens() if reply else 0},
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
        "inference_geo": "not_available",
        "server_tool_use": None,
        "service_tier": "standard",
    }


def _content(c: Conversation, reply: Reply) -> list[Json]:
    blocks: list[Json] = []
    if reply.reasoning:
        blocks.append({"type": "thinking", "thinking": "".join(reply.reasoning), "signature": "c2lnbmVk"})
    if reply.deltas:
        blocks.append({"type": "text", "text": reply.text, "citations": None})
    for i, call in enumerate(reply.calls):
        block = {"type": "tool_use", "id": f"toolu_{c.seed[:16]}{i}", "name": call.name, "input": call.args}
        blocks.append(block | {"caller": {"type": "direct"}})
    return blocks


def whole(c: Conversation, reply: Reply) -> Json:
    """A complete message."""
    return {
        "id": f"msg_{c.seed[:24]}",
        "type": "message",
        "role": "assistant",
        "model": c.model,
        "content": _content(c, reply),
        **_stop(reply),
        "stop_details": None,
        "container": None,
        "usage": usage(c, reply),
    }


_STOPS = {"end": "end_turn", "length": "max_tokens", "sequence": "stop_sequence", "refusal": "refusal"}


def _stop(reply: Reply) -> Json:
    reason = "tool_use" if reply.calls else _STOPS[reply.stop]
    return {"stop_reason": reason, "stop_sequence": reply.stop_sequence}


def events(c: Conversation, reply: Reply) -> Iterator[tuple[bytes, bool]]:
    """The SSE events from message_start to message_stop; the flag marks those that carry content."""
    start = whole(c, reply) | {"content": [], "stop_reason": None, "usage": usage(c, None)}
    yield _sse("message_start", {"message": start}), False
    yield _sse("ping", {}), False
    for index, block in enumerate(_content(c, reply)):
        yield from _block_events(index, block, reply)
    yield _sse("message_delta", {"delta": _stop(reply), "usage": usage(c, reply)}), False
    yield _sse("message_stop", {}), False


def _block_events(index: int, block: Json, reply: Reply) -> Iterator[tuple[bytes, bool]]:
    match block["type"]:
        case "thinking":
            opened = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in reply.reasoning]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        case "text":
            opened = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in reply.deltas]
        case _:
            opened = block | {"input": {}}
            pieces = in_pieces(json.dumps(block["input"]), reply.argument_pieces)
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    yield _sse("content_block_start", {"index": index, "content_block": opened}), False
    for delta in deltas:
        yield _sse("content_block_delta", {"index": index, "delta": delta}), True
    yield _sse("content_block_stop", {"index": index}), False


def _sse(kind: str, value: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | value)}\n\n".encode()


_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def error_body(fault: Fault) -> Json:
    kind = fault.code if fault.kind == "error_event" else _ERROR_TYPES.get(fault.status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": fault.message}, "request_id": "req_fake"}


def error_event(fault: Fault) -> bytes:
    return _sse("error", error_body(fault))
