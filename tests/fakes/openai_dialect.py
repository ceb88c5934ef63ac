"""The OpenAI chat dialect: reading a request as strictly as the real service, writing whole and streamed answers."""

import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.conversation import Conversation, Json, ToolCall, ToolResult, ToolSpec, Turn
from tests.fakes.refusal import RefusedError
from tests.fakes.replies import Fault, Reply, in_pieces

CREATED = 1_760_000_000
MALFORMED_EVENT = b'data: {"choices": [{"delta": {"content": \n\n'


def read_request(body: Json) -> Conversation:
    """The conversation in a `/v1/chat/completions` body; raises `RefusedError` where the real service would."""
    messages = body.get("messages")
    if not messages or not isinstance(messages, list):
        raise RefusedError("[] is too short - 'messages'", param="messages")
    _check_tool_order(messages)
    names = {c["id"]: c["function"]["name"] for m in messages for c in m.get("tool_calls") or []}
    turns = tuple(_turn(m, names) for m in messages if m["role"] not in ("system", "developer"))
    system = "\n".join(_text(m["content"]) for m in messages if m["role"] in ("system", "developer"))
    choice = body.get("tool_choice", "auto")
    form = body.get("response_format") or {}
    return Conversation(
        dialect="openai",
        model=body["model"],
        turns=turns,
        system=system,
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        tools=tuple(_tool(t) for t in body.get("tools") or []),
        tool_choice=choice if isinstance(choice, str) else choice["function"]["name"],
        stop=tuple([body["stop"]] if isinstance(body.get("stop"), str) else body.get("stop") or ()),
        schema=form.get("json_schema", {}).get("schema") if form.get("type") == "json_schema" else None,
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        cached=len(messages) > 3,
        raw=body,
    )


def _tool(tool: Json) -> ToolSpec:
    if tool.get("type") != "function" or not tool.get("function", {}).get("name"):
        raise RefusedError("Missing required parameter: 'tools[0].function.name'.", param="tools")
    return ToolSpec(tool["function"]["name"], tool["function"].get("parameters") or {})


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(p["text"] for p in content or [] if p.get("type") == "text")


def _turn(message: Json, names: dict[str, str]) -> Turn:
    text = _text(message.get("content"))
    match message["role"]:
        case "user":
            content = message["content"]
            images = [p for p in content if p["type"] == "image_url"] if isinstance(content, list) else []
            for image in images:
                if not image["image_url"]["url"].startswith(("data:image/", "https://", "http://")):
                    raise RefusedError("Invalid image data.", param="messages")
            return Turn("user", text, len(images))
        case "assistant":
            return Turn("assistant", text, calls=tuple(_call(c) for c in message.get("tool_calls") or []))
        case "tool":
            call_id = message["tool_call_id"]
            return Turn("tool", results=(ToolResult(call_id, names.get(call_id, ""), text),))
        case role:
            raise RefusedError(f"Invalid value: '{role}'.", param="messages")


def _call(call: Json) -> ToolCall:
    try:
        args = json.loads(call["function"]["arguments"] or "{}")
    except ValueError as error:
        raise RefusedError("Invalid tool call arguments: not JSON.", param="messages") from error
    return ToolCall(call["id"], call["function"]["name"], args)


def _check_tool_order(messages: list[Json]) -> None:
    """Each assistant message with tool calls is followed at once by one tool message for each call."""
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                raise RefusedError(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding message with"
                    " 'tool_calls'.",
                    param=f"messages.[{index}].role",
                )
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            break
        waiting = {c["id"] for c in message.get("tool_calls") or []}
    if waiting:
        raise RefusedError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
            f" 'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(sorted(waiting))}"
        )


def usage(c: Conversation, reply: Reply) -> Json:
    prompt, completion = c.input_tokens(), reply.output_tokens()
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": prompt // 2 if c.cached else 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": reply.reasoning_tokens(),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _calls(c: Conversation, reply: Reply) -> list[Json]:
    return [
        {
            "id": f"call_{c.seed[:16]}{i}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for i, call in enumerate(reply.calls)
    ]


def _head(c: Conversation, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{c.seed[:24]}",
        "object": kind,
        "created": CREATED,
        "model": c.model,
        "service_tier": "default",
        "system_fingerprint": "fp_fake",
    }


def whole(c: Conversation, reply: Reply) -> Json:
    """A complete `chat.completion`."""
    said: Json = {"content": reply.text or None, "refusal": None}
    if reply.stop == "refusal":
        said = {"content": None, "refusal": reply.text}
    message: Json = {"role": "assistant", **said, "annotations": []}
    if reply.reasoning:
        message["reasoning_content"] = "".join(reply.reasoning)
    if reply.calls:
        message["tool_calls"] = _calls(c, reply)
    choice = {"message": message, "logprobs": _logprobs(c, reply.text), "finish_reason": _finish(reply)}
    choices = [{"index": index} | choice for index in range(c.raw.get("n") or 1)]
    return _head(c, "chat.completion") | {"choices": choices, "usage": usage(c, reply)}


def _logprobs(c: Conversation, text: str) -> Json | None:
    """How likely each word was, where asked for."""
    if not c.raw.get("logprobs"):
        return None
    tokens = [
        {"token": word, "logprob": -0.1, "bytes": list(word.encode()), "top_logprobs": []} for word in text.split()
    ]
    return {"content": tokens, "refusal": None}


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "length" if reply.stop == "length" else "stop"


def events(c: Conversation, reply: Reply) -> Iterator[tuple[bytes, bool]]:
    """The SSE events of a streamed answer; the flag marks those that carry content (they are paced)."""
    head = _head(c, "chat.completion.chunk") | ({"usage": None} if c.include_usage else {})

    def chunk(delta: Json, finish: str | None = None) -> bytes:
        words = _logprobs(c, delta["content"]) if delta.get("content") else None
        choice = {"index": 0, "delta": delta, "logprobs": words, "finish_reason": finish}
        return _sse(head | {"choices": [choice]})

    yield chunk({"role": "assistant", "content": "", "refusal": None}), False
    for piece in reply.reasoning:
        yield chunk({"reasoning_content": piece}), True
    for piece in reply.deltas:
        yield chunk({"refusal" if reply.stop == "refusal" else "content": piece}), True
    for index, call in enumerate(_calls(c, reply)):
        function = call["function"]
        opened = call | {"function": {"name": function["name"], "arguments": ""}, "index": index}
        yield chunk({"tool_calls": [opened]}), True
        for piece in in_pieces(function["arguments"], reply.argument_pieces):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}), True
    yield chunk({}, _finish(reply)), False
    if c.include_usage:
        yield _sse(head | {"choices": [], "usage": usage(c, reply)}), False
    yield b"data: [DONE]\n\n", False


def _sse(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def error_body(fault: Fault, param: str | None = None) -> Json:
    kind = (
        fault.code if fault.status in (400, 429) else "server_error" if fault.status >= 500 else "invalid_request_error"
    )
    return {"error": {"message": fault.message, "type": kind, "param": param, "code": fault.code}}


def error_event(fault: Fault) -> bytes:
    """The error some OpenAI-compatible services put into a stream that had begun well."""
    return _sse(error_body(fault))
