"""Anthropic messages requests, written from the neutral form."""

from __future__ import annotations

import re

import msgspec

from entourage.llm.translate import models
from entourage.llm.translate.errors import Untranslatable
from entourage.llm.translate.neutral import (
    Audio,
    Call,
    Choice,
    Document,
    Image,
    Json,
    Message,
    Part,
    Request,
    Result,
    Text,
    Thinking,
    Tool,
)
from entourage.llm.translate.reading import arguments_object

_FORBIDDEN_IN_ID = re.compile(r"[^a-zA-Z0-9_-]")
_MODES = {"auto": "auto", "none": "none", "required": "any", "tool": "tool"}
_EFFORTS = {"minimal": "low"}


def write_request(request: Request, model: str) -> bytes:
    """Raises Untranslatable."""
    messages = [_message(message) for message in request.messages]
    messages = [message for message in messages if message["content"]]
    if not messages:
        raise Untranslatable("messages", "there is nothing said in them")
    max_tokens = request.max_tokens or models.DEFAULT_MAX_TOKENS
    body: Json = {"model": model, "max_tokens": max_tokens, "messages": messages}
    if system := [_text(text) for text in request.system if text.text]:
        body["system"] = system
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if choice := _choice(request):
        body["tool_choice"] = choice
    body |= _thinking(request, model, max_tokens)
    body |= _sampling(request, model, thinks="thinking" in body)
    if request.form:
        body["output_config"] = body.get("output_config", {}) | {"format": _format(request.form.schema)}
    if request.stream:
        body["stream"] = True
    return msgspec.json.encode(body)


def _format(schema: Json) -> Json:
    return {"type": "json_schema", "schema": schema}


def _sampling(request: Request, model: str, *, thinks: bool) -> Json:
    """Anthropic's temperature ends at 1, and a thinking model takes no other."""
    fields: Json = {
        "stop_sequences": request.stop or None,
        "metadata": {"user_id": request.user} if request.user else None,
        "cache_control": request.cache,
    }
    if models.takes_sampling(model) and not thinks:
        temperature = request.temperature
        fields["temperature"] = None if temperature is None else min(temperature, 1.0)
        fields |= {"top_p": request.top_p, "top_k": request.top_k}
    return {name: value for name, value in fields.items() if value is not None}


def _thinking(request: Request, model: str, max_tokens: int) -> Json:
    """Thinking and a forced tool exclude each other; the tool is what the caller insists on."""
    effort = request.effort
    is_forced = request.choice is not None and request.choice.mode in {"required", "tool"} and request.tools
    if effort in {None, "none"} or is_forced or models.never_thinks(model):
        return {}
    assert effort is not None
    if not models.thinks_by_budget(model):
        return {"thinking": {"type": "adaptive"}, "output_config": {"effort": _EFFORTS.get(effort, effort)}}
    budget = models.budget_of(effort, max_tokens)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}} if budget else {}


def _choice(request: Request) -> Json | None:
    if not request.tools or (request.choice is None and request.is_parallel is None):
        return None
    choice = request.choice or Choice("auto")
    body: Json = {"type": _MODES[choice.mode]}
    if choice.mode == "tool":
        body["name"] = choice.name
    if request.is_parallel is False and choice.mode != "none":
        body["disable_parallel_tool_use"] = True
    return body


def _message(message: Message) -> Json:
    blocks = [block for part in message.parts if (block := _block(part)) is not None]
    return {"role": message.role, "content": blocks}


def _block(part: Part) -> Json | None:
    """None for what Anthropic refuses: empty text, and thoughts it has not signed."""
    match part:
        case Text():
            return _text(part) if part.text else None
        case Image():
            return _cached({"type": "image", "source": _image_source(part)}, part.cache)
        case Document():
            return _document(part)
        case Audio():
            raise Untranslatable("messages.content.input_audio", "the provider takes no audio")
        case Thinking():
            return _thought(part)
        case Call():
            arguments = arguments_object(part.arguments, "messages.tool_calls.function.arguments")
            block = {"type": "tool_use", "id": _id(part.id), "name": part.name, "input": arguments}
            return _cached(block, part.cache)
        case Result():
            return _result(part)


def _text(text: Text) -> Json:
    return _cached({"type": "text", "text": text.text}, text.cache)


def _cached(block: Json, cache: Json | None) -> Json:
    if cache is not None:
        block["cache_control"] = cache
    return block


def _image_source(image: Image) -> Json:
    if image.url:
        return {"type": "url", "url": image.url}
    return {"type": "base64", "media_type": image.media_type, "data": image.data}


def _document(part: Document) -> Json:
    if part.text is not None:
        source: Json = {"type": "text", "media_type": "text/plain", "data": part.text}
    elif part.url:
        source = {"type": "url", "url": part.url}
    else:
        source = {"type": "base64", "media_type": part.media_type, "data": part.data}
    block: Json = {"type": "document", "source": source}
    if part.name:
        block["title"] = part.name
    return _cached(block, part.cache)


def _thought(thought: Thinking) -> Json | None:
    seal = thought.seal
    if seal is None or seal.origin != "anthropic":
        return None
    if thought.is_redacted:
        return {"type": "redacted_thinking", "data": seal.value}
    return {"type": "thinking", "thinking": thought.text, "signature": seal.value}


def _result(result: Result) -> Json:
    content = [block for part in result.parts if (block := _block(part)) is not None]
    written: Json = {"type": "tool_result", "tool_use_id": _id(result.call_id), "content": content}
    if result.is_error:
        written["is_error"] = True
    return _cached(written, result.cache)


def _id(call_id: str) -> str:
    """Some servers' ids hold what Anthropic's may not; calls and results change alike."""
    return _FORBIDDEN_IN_ID.sub("_", call_id)


def _tool(tool: Tool) -> Json:
    body: Json = {"name": tool.name, "input_schema": tool.schema}
    if "type" not in tool.schema:
        body["input_schema"] = {"type": "object"} | tool.schema
    if tool.description is not None:
        body["description"] = tool.description
    if tool.strict is not None:
        body["strict"] = tool.strict
    return _cached(body, tool.cache)
