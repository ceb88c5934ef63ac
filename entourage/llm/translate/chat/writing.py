"""Chat completions requests, written from the neutral form."""

from __future__ import annotations

import base64

import msgspec

from entourage.llm.translate import models
from entourage.llm.translate.chat.reasoning import details_of, words_of
from entourage.llm.translate.errors import Untranslatable
from entourage.llm.translate.neutral import (
    Audio,
    Call,
    Choice,
    Document,
    Form,
    Image,
    Json,
    Message,
    Request,
    Result,
    Shown,
    Text,
    Thinking,
    Tool,
    audio_format,
    data_url,
)

_SEE_BELOW = "(see the next message)"
_MOST_STOPS = 4


def write_request(request: Request, model: str) -> bytes:
    """Raises Untranslatable."""
    if len(request.stop) > _MOST_STOPS:
        raise Untranslatable("stop_sequences", f"the provider takes at most {_MOST_STOPS}")
    system = [_system(request.system)] if request.system else []
    turns = [written for message in request.messages for written in _messages(message)]
    body: Json = {"model": model, "messages": [*system, *turns], **_limits(request, model)}
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if request.choice and request.tools:
        body["tool_choice"] = _choice(request.choice)
    if request.is_parallel is not None and request.tools:
        body["parallel_tool_calls"] = request.is_parallel
    if request.form:
        body["response_format"] = {"type": "json_schema", "json_schema": _schema(request.form)}
    if request.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return msgspec.json.encode(body)


def _limits(request: Request, model: str) -> Json:
    limit = "max_completion_tokens" if models.takes_completion_tokens(model) else "max_tokens"
    effort = request.effort if models.takes_effort(model) else None
    fields = {
        limit: request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "stop": request.stop or None,
        "reasoning_effort": effort,
        "user": request.user,
        "cache_control": request.cache,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _cached(body: Json, cache: Json | None) -> Json:
    if cache is not None:
        body["cache_control"] = cache
    return body


def _system(texts: list[Text]) -> Json:
    return {"role": "system", "content": _content(list(texts))}


def _content(parts: list[Shown]) -> str | list[Json]:
    """Plain text where that says all."""
    if len(parts) == 1 and isinstance(parts[0], Text) and parts[0].cache is None:
        return parts[0].text
    return [_part(part) for part in parts]


def _part(part: Shown) -> Json:
    match part:
        case Text():
            return _cached({"type": "text", "text": part.text}, part.cache)
        case Image():
            url = part.url or data_url(part.media_type, part.data or "")
            image = {"url": url} | ({"detail": part.detail} if part.detail else {})
            return _cached({"type": "image_url", "image_url": image}, part.cache)
        case Document():
            return _cached({"type": "file", "file": _file(part)}, part.cache)
        case Audio():
            sound = {"data": part.data, "format": audio_format(part.media_type)}
            return _cached({"type": "input_audio", "input_audio": sound}, part.cache)


def _file(part: Document) -> Json:
    if part.url:
        raise Untranslatable("messages.content.source", "the provider fetches no documents; send the document's data")
    if part.text is not None:
        encoded = data_url("text/plain", base64.b64encode(part.text.encode()).decode())
        return {"filename": part.name or "document.txt", "file_data": encoded}
    return {"filename": part.name or "document.pdf", "file_data": data_url(part.media_type, part.data or "")}


def _messages(message: Message) -> list[Json]:
    if message.role == "assistant":
        return [_assistant(message)]
    results = [part for part in message.parts if isinstance(part, Result)]
    shown = [part for part in message.parts if isinstance(part, (Text, Image, Document, Audio))]
    pictures = [part for result in results for part in result.parts if not isinstance(part, Text)]
    written = [_result(result) for result in results]
    if shown or pictures:
        written.append({"role": "user", "content": _content([*pictures, *shown])})
    return written


def _result(result: Result) -> Json:
    """Tool messages hold text only: what else a tool gave is shown in the user message that follows."""
    parts: list[Shown] = [part for part in result.parts if isinstance(part, Text)]
    if len(parts) < len(result.parts):
        parts = [*parts, Text(_SEE_BELOW)]
    content = _content(parts) if parts else ""
    return _cached({"role": "tool", "tool_call_id": result.call_id, "content": content}, result.cache)


def _assistant(message: Message) -> Json:
    thoughts = [part for part in message.parts if isinstance(part, Thinking)]
    texts: list[Shown] = [part for part in message.parts if isinstance(part, Text)]
    calls = [part for part in message.parts if isinstance(part, Call)]
    body: Json = {"role": "assistant", "content": _content(texts) if texts else None}
    if words := words_of(thoughts):
        body["reasoning_content"] = words
    if details := [entry for index, thought in enumerate(thoughts) for entry in details_of(thought, index)]:
        body["reasoning_details"] = details
    if calls:
        body["tool_calls"] = [_call(call) for call in calls]
    return body


def _call(call: Call) -> Json:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return _cached({"id": call.id, "type": "function", "function": function}, call.cache)


def _tool(tool: Tool) -> Json:
    function: Json = {"name": tool.name, "parameters": tool.schema}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.strict is not None:
        function["strict"] = tool.strict
    return _cached({"type": "function", "function": function}, tool.cache)


def _choice(choice: Choice) -> str | Json:
    return {"type": "function", "function": {"name": choice.name}} if choice.mode == "tool" else choice.mode


def _schema(form: Form) -> Json:
    fields = {"name": form.name, "schema": form.schema, "strict": form.strict, "description": form.description}
    return {name: value for name, value in fields.items() if value is not None}
