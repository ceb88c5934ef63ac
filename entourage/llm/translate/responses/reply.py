"""Whole Responses, read and written."""

from __future__ import annotations

from typing import Any

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.neutral import Call, Json, Ran, Reply, Spent, Spoken, StopReason, Text, Thinking, bare_id
from entourage.llm.translate.responses.namespaces import told_name
from entourage.llm.translate.responses.seals import encrypted_of, seal_of
from entourage.llm.translate.sink import add, now_seconds, stop_of

_INCOMPLETE: dict[str, StopReason] = {"max_output_tokens": "length", "content_filter": "refusal"}
_REASONS: dict[StopReason, str] = {"length": "max_output_tokens", "refusal": "content_filter"}
_SERVER = "entourage"


class Details(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


class Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: Details | None = None
    output_tokens_details: Details | None = None

    def spent(self) -> Spent:
        given, made = self.input_tokens_details or Details(), self.output_tokens_details or Details()
        return Spent(
            input=self.input_tokens or 0,
            output=self.output_tokens or 0,
            cached=given.cached_tokens or 0,
            cache_write=given.cache_write_tokens or 0,
            reasoning=made.reasoning_tokens or 0,
        )


class Piece(msgspec.Struct):
    """A part of a message, or of a thought."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None


class Item(msgspec.Struct):
    """An output item of any type."""

    type: str
    id: str | None = None
    content: list[Piece] | None = None
    summary: list[Piece] | None = None
    encrypted_content: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None


class Incomplete(msgspec.Struct):
    reason: str | None = None


class Response(msgspec.Struct):
    id: str = ""
    created_at: float | None = None
    status: str | None = None
    output: list[Item] = []
    incomplete_details: Incomplete | None = None
    usage: Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(Response).decode


def read_reply(body: bytes) -> Reply:
    """Raises StreamBroken for a failed response."""
    given = _decode(body)
    if given.error is not None:
        raise told_error(given.error)
    reply = Reply(bare_id(given.id), int(given.created_at or now_seconds()), [])
    for item in given.output:
        for part in _parts(item):
            add(reply.parts, part)
    reply.stop = stop_of(stop_reason(given), reply.parts)
    reply.spent = given.usage.spent() if given.usage else Spent()
    return reply


def stop_reason(given: Response) -> StopReason:
    """Why it ended, before what was said is looked at."""
    reason = given.incomplete_details.reason if given.incomplete_details else None
    return _INCOMPLETE.get(reason or "", "length") if given.status == "incomplete" else "end"


def _parts(item: Item) -> list[Spoken]:
    match item.type:
        case "message":
            return [
                Text(piece.refusal, is_refusal=True) if piece.refusal is not None else Text(piece.text or "")
                for piece in item.content or []
            ]
        case "reasoning":
            seal, is_redacted = seal_of(item.encrypted_content, item.id)
            words = "\n\n".join(piece.text or "" for piece in item.summary or item.content or [])
            return [Thinking(words, seal, is_redacted=is_redacted)] if words or seal else []
        case "function_call":
            return [Call(item.call_id or "", item.name or "", item.arguments or "{}")]
        case _:
            return []


def write_reply(reply: Reply, model: str) -> bytes:
    """A response."""
    return msgspec.json.encode(response_of(reply, model, output_of(reply), usage=usage_of(reply.spent)))


def response_of(reply: Reply, model: str, output: list[Json], *, usage: Json | None) -> Json:
    """The response object; without usage, one that goes on. What the request asked is not repeated in it."""
    reason = _REASONS.get(reply.stop) if usage else None
    is_cut = reason is not None and not (reply.stop == "refusal" and _has_refusal(reply))
    return {
        "id": f"resp_{reply.id}",
        "object": "response",
        "created_at": reply.created,
        "status": "in_progress" if usage is None else "incomplete" if is_cut else "completed",
        "background": False,
        "error": None,
        "incomplete_details": {"reason": reason} if is_cut else None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": 1,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1,
        "truncation": "disabled",
        "completed_at": None if usage is None else reply.created,
        "frequency_penalty": 0,
        "max_tool_calls": None,
        "presence_penalty": 0,
        "prompt_cache_key": None,
        "safety_identifier": None,
        "service_tier": "default",
        "top_logprobs": 0,
        "user": None,
        "usage": usage,
    }


def _has_refusal(reply: Reply) -> bool:
    return any(isinstance(part, Text) and part.is_refusal for part in reply.parts)


def output_of(reply: Reply) -> list[Json]:
    """Output items; texts in a row are parts of one message."""
    items: list[Json] = []
    for part in reply.parts:
        if isinstance(part, Text) and items and items[-1]["type"] == "message":
            items[-1]["content"].append(piece_of(part))
        else:
            items.append(item_of(part, reply.id, len(items)))
    return items


def item_of(part: Spoken, answer_id: str, index: int) -> Json:
    """One finished output item."""
    match part:
        case Text():
            item_id = f"msg_{answer_id}_{index}"
            content = [piece_of(part)]
            return {"id": item_id, "type": "message", "status": "completed", "role": "assistant", "content": content}
        case Thinking():
            item: Json = {"id": f"rs_{answer_id}_{index}", "type": "reasoning"}
            item["summary"] = [{"type": "summary_text", "text": part.text}] if part.text else []
            return item | {"encrypted_content": encrypted_of(part)}
        case Call():
            fields = {"call_id": part.id, **told_name(part.name), "arguments": part.arguments or "{}"}
            return {"id": f"fc_{answer_id}_{index}", "type": "function_call", "status": "completed"} | fields
        case Ran():
            return ran_item(part, f"mcp_{answer_id}_{index}")


def ran_item(call: Ran, item_id: str) -> Json:
    """A tool that ran here, as OpenAI tells of those its remote servers ran: clients show it and run nothing."""
    is_over = call.output is not None or call.error is not None
    return {
        "id": item_id,
        "type": "mcp_call",
        "status": "failed" if call.error is not None else "completed" if is_over else "in_progress",
        "server_label": _SERVER,
        "name": call.name,
        "arguments": call.arguments,
        "output": call.output,
        "error": call.error,
        "approval_request_id": None,
    }


def piece_of(text: Text) -> Json:
    """A part of a message."""
    if text.is_refusal:
        return {"type": "refusal", "refusal": text.text}
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text.text}


def usage_of(spent: Spent) -> Json:
    """OpenAI's figures."""
    return {
        "input_tokens": spent.input,
        "input_tokens_details": {"cached_tokens": spent.cached, "cache_write_tokens": spent.cache_write},
        "output_tokens": spent.output,
        "output_tokens_details": {"reasoning_tokens": spent.reasoning},
        "total_tokens": spent.input + spent.output,
    }
