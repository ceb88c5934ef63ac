"""The OpenAI Responses dialect: strict reading, whole and streamed answers with reasoning, tools and refusals."""

import json
from collections.abc import Iterator
from typing import Any

from tests.fakes import openai_dialect
from tests.fakes.conversation import Conversation, Json, ToolCall, ToolResult, ToolSpec, Turn
from tests.fakes.openai_dialect import CREATED
from tests.fakes.refusal import RefusedError
from tests.fakes.replies import Fault, Reply, in_pieces

MALFORMED_EVENT = b'event: response.output_text.delta\ndata: {"type": "response.output_text.delta", "delta": \n\n'


def read_request(body: Json) -> Conversation:
    """The conversation in a `/v1/responses` body; raises `RefusedError` where the real service would."""
    items = items_of(body.get("input"))
    if not items:
        raise RefusedError("Missing required parameter: 'input'.", param="input", code="missing_required_parameter")
    _check_tool_order(items)
    names = {item["call_id"]: item["name"] for item in items if item["type"] == "function_call"}
    said = [item for item in items if item.get("role") in ("system", "developer")]
    choice = body.get("tool_choice", "auto")
    form = (body.get("text") or {}).get("format") or {}
    return Conversation(
        dialect="responses",
        model=body["model"],
        turns=tuple(_turns(items, names)),
        system="\n".join([body.get("instructions") or "", *(_text(item["content"]) for item in said)]).strip(),
        stream=bool(body.get("stream")),
        include_usage=True,
        tools=tuple(_tool(tool) for tool in body.get("tools") or [] if tool["type"] == "function"),
        tool_choice=choice if isinstance(choice, str) else choice["name"],
        schema=form.get("schema") if form.get("type") == "json_schema" else None,
        max_tokens=body.get("max_output_tokens"),
        cached=len(items) > 3,
        raw=body,
    )


def items_of(given: Any) -> list[Json]:
    """The input as items with a type each."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}] if given else []
    if given is not None and not isinstance(given, list):
        raise RefusedError("Invalid type for 'input'.", param="input", code="invalid_type")
    return [{"type": "message"} | item if "role" in item else item for item in given or []]


def _tool(tool: Json) -> ToolSpec:
    if not tool.get("name"):
        raise RefusedError("Missing required parameter: 'tools[0].name'.", param="tools")
    return ToolSpec(tool["name"], tool.get("parameters") or {})


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if part["type"] in ("input_text", "output_text"))


def _turns(items: list[Json], names: dict[str, str]) -> Iterator[Turn]:
    """What the assistant said in a row is one turn, and so are results in a row."""
    said: list[Json] = []
    results: list[ToolResult] = []
    for item in [*items, {"type": "end"}]:
        is_said = item["type"] in ("function_call", "reasoning") or item.get("role") == "assistant"
        if said and not is_said:
            yield _assistant(said)
            said = []
        if results and item["type"] != "function_call_output":
            yield Turn("tool", results=tuple(results))
            results = []
        if is_said:
            said.append(item)
        elif item["type"] == "function_call_output":
            results.append(_result(item, names))
        elif item.get("role") == "user":
            yield _user(item)


def _assistant(items: list[Json]) -> Turn:
    text = "\n".join(_text(item["content"]) for item in items if item["type"] == "message")
    calls = [item for item in items if item["type"] == "function_call"]
    return Turn("assistant", text, calls=tuple(_call(item) for item in calls))


def _call(item: Json) -> ToolCall:
    try:
        return ToolCall(item["call_id"], item["name"], json.loads(item["arguments"] or "{}"))
    except ValueError as error:
        raise RefusedError("Invalid tool call arguments: not JSON.", param="input") from error


def _result(item: Json, names: dict[str, str]) -> ToolResult:
    return ToolResult(item["call_id"], names.get(item["call_id"], ""), _text(item["output"]))


def _user(item: Json) -> Turn:
    content = item["content"]
    images = [part for part in content if part["type"] == "input_image"] if isinstance(content, list) else []
    for image in images:
        if not (image.get("image_url") or "").startswith(("data:image/", "https://", "http://")):
            raise RefusedError("Invalid image data.", param="input")
    return Turn("user", _text(content), len(images))


def _check_tool_order(items: list[Json]) -> None:
    called = {item["call_id"] for item in items if item["type"] == "function_call"}
    answered = {item["call_id"] for item in items if item["type"] == "function_call_output"}
    if missing := called - answered:
        raise RefusedError(f"No tool output found for function call {min(missing)}.", param="input")
    if stray := answered - called:
        raise RefusedError(f"No tool call found for function call output with call_id {min(stray)}.", param="input")


def usage(c: Conversation, reply: Reply) -> Json:
    given, made = c.input_tokens(), reply.output_tokens()
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": given // 2 if c.cached else 0, "cache_write_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": reply.reasoning_tokens()},
        "total_tokens": given + made,
    }


def output(c: Conversation, reply: Reply) -> list[Json]:
    """The output items, finished."""
    items: list[Json] = []
    if reply.reasoning:
        thought = {"type": "summary_text", "text": "".join(reply.reasoning)}
        items.append({"id": f"rs_{c.seed[:20]}", "type": "reasoning", "summary": [thought]})
        if "reasoning.encrypted_content" in (c.raw.get("include") or []):
            items[-1]["encrypted_content"] = "c2VhbGVk"
    if reply.deltas:
        items.append(_message(c, reply))
    for index, call in enumerate(reply.calls):
        item = {"id": f"fc_{c.seed[:16]}{index}", "type": "function_call", "status": "completed"}
        items.append(item | {"call_id": f"call_{c.seed[:16]}{index}", "name": call.name, "arguments": call.arguments})
    return items


def _message(c: Conversation, reply: Reply) -> Json:
    part = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
    if reply.stop == "refusal":
        part = {"type": "refusal", "refusal": reply.text}
    return {
        "id": f"msg_{c.seed[:20]}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }


def whole(c: Conversation, reply: Reply) -> Json:
    """A complete response."""
    is_cut = reply.stop == "length"
    return _skeleton(c) | {
        "status": "incomplete" if is_cut else "completed",
        "completed_at": CREATED + 1,
        "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
        "output": output(c, reply),
        "usage": usage(c, reply),
    }


def _skeleton(c: Conversation) -> Json:
    asked = c.raw
    return {
        "id": response_id(c),
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": c.max_tokens,
        "metadata": asked.get("metadata") or {},
        "model": c.model,
        "output": [],
        "parallel_tool_calls": asked.get("parallel_tool_calls", True),
        "previous_response_id": asked.get("previous_response_id"),
        "reasoning": {"effort": (asked.get("reasoning") or {}).get("effort"), "summary": None},
        "service_tier": "default",
        "store": asked.get("store", True),
        "temperature": asked.get("temperature", 1.0),
        "text": asked.get("text") or {"format": {"type": "text"}},
        "tool_choice": asked.get("tool_choice", "auto"),
        "tools": [{"description": None, "strict": True} | tool for tool in asked.get("tools") or []],
        "completed_at": None,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "top_logprobs": 0,
        "max_tool_calls": asked.get("max_tool_calls"),
        "safety_identifier": None,
        "prompt_cache_key": asked.get("prompt_cache_key"),
        "top_p": asked.get("top_p", 1.0),
        "truncation": asked.get("truncation", "disabled"),
        "usage": None,
        "user": asked.get("user"),
    }


def response_id(c: Conversation) -> str:
    """Names the answer, for `previous_response_id`."""
    return f"resp_{c.seed[:24]}"


def events(c: Conversation, reply: Reply) -> Iterator[tuple[bytes, bool]]:
    """The SSE events from response.created to response.completed; the flag marks those that carry content."""
    for number, (kind, fields, is_content) in enumerate(_told(c, reply)):
        yield _sse(kind, {"sequence_number": number} | fields), is_content


def _told(c: Conversation, reply: Reply) -> Iterator[tuple[str, Json, bool]]:
    yield "response.created", {"response": _skeleton(c)}, False
    yield "response.in_progress", {"response": _skeleton(c)}, False
    for index, item in enumerate(output(c, reply)):
        yield from _item(index, item, reply)
    final = whole(c, reply)
    yield f"response.{final['status']}", {"response": final}, False


def _item(index: int, item: Json, reply: Reply) -> Iterator[tuple[str, Json, bool]]:
    place = {"item_id": item["id"], "output_index": index}
    emptied = {"message": {"content": []}, "reasoning": {"summary": []}, "function_call": {"arguments": ""}}
    opened = item | emptied[item["type"]] | ({"status": "in_progress"} if "status" in item else {})
    yield "response.output_item.added", {"output_index": index, "item": opened}, False
    match item["type"]:
        case "reasoning":
            yield from _thought(place | {"summary_index": 0}, item["summary"][0], reply)
        case "message":
            yield from _said(place | {"content_index": 0}, item["content"][0], reply)
        case _:
            kind = "response.function_call_arguments"
            for piece in in_pieces(item["arguments"], reply.argument_pieces):
                yield f"{kind}.delta", place | {"delta": piece}, True
            yield f"{kind}.done", place | {"arguments": item["arguments"], "name": item["name"]}, False
    yield "response.output_item.done", {"output_index": index, "item": item}, False


def _thought(place: Json, part: Json, reply: Reply) -> Iterator[tuple[str, Json, bool]]:
    yield "response.reasoning_summary_part.added", place | {"part": part | {"text": ""}}, False
    for piece in reply.reasoning:
        yield "response.reasoning_summary_text.delta", place | {"delta": piece}, True
    yield "response.reasoning_summary_text.done", place | {"text": part["text"]}, False
    yield "response.reasoning_summary_part.done", place | {"part": part}, False


def _said(place: Json, part: Json, reply: Reply) -> Iterator[tuple[str, Json, bool]]:
    field, kind = ("refusal", "response.refusal") if part["type"] == "refusal" else ("text", "response.output_text")
    more: Json = {} if field == "refusal" else {"logprobs": []}
    yield "response.content_part.added", place | {"part": part | {field: ""}}, False
    for piece in reply.deltas:
        yield f"{kind}.delta", place | {"delta": piece} | more, True
    yield f"{kind}.done", place | {field: part[field]} | more, False
    yield "response.content_part.done", place | {"part": part}, False


def _sse(kind: str, value: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | value)}\n\n".encode()


error_body = openai_dialect.error_body


def error_event(fault: Fault) -> bytes:
    fields = {"code": fault.code, "message": fault.message, "param": None, "sequence_number": 9}
    return _sse("error", fields)
