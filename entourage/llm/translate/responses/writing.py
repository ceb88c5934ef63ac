"""Responses requests, written from the neutral form."""

from __future__ import annotations

import base64

import msgspec

from entourage.llm.translate import models
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
from entourage.llm.translate.reading import refuse_if
from entourage.llm.translate.responses.seals import encrypted_of


def write_request(request: Request, model: str) -> bytes:
    """Raises Untranslatable. The provider is asked to keep nothing."""
    refuse_if(bool(request.stop), "stop", "Responses know no stop sequences")
    refuse_if(request.top_k is not None, "top_k", "Responses know no top_k")
    body: Json = {"model": model, "input": _input(request), "store": False, **_settings(request, model)}
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if request.choice and request.tools:
        body["tool_choice"] = _choice(request.choice)
    if request.is_parallel is not None and request.tools:
        body["parallel_tool_calls"] = request.is_parallel
    if request.form:
        body["text"] = {"format": _format(request.form)}
    if request.stream:
        body["stream"] = True
    return msgspec.json.encode(body)


def _settings(request: Request, model: str) -> Json:
    system = request.system
    fields: Json = {
        "instructions": system[0].text if _is_plain(system) else None,
        "max_output_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "user": request.user,
        "cache_control": request.cache,
    }
    if models.takes_effort(model):
        fields["include"] = ["reasoning.encrypted_content"]
        fields["reasoning"] = {"effort": request.effort} if request.effort else None
    return {name: value for name, value in fields.items() if value is not None}


def _is_plain(system: list[Text]) -> bool:
    return len(system) == 1 and system[0].cache is None


def _input(request: Request) -> list[Json]:
    items: list[Json] = []
    if request.system and not _is_plain(request.system):
        items.append(_message("system", [*request.system]))
    thoughts = 0
    for message in request.messages:
        written = _assistant(message, thoughts) if message.role == "assistant" else _user(message)
        thoughts += sum(item["type"] == "reasoning" for item in written)
        items += written
    if not items:
        raise Untranslatable("messages", "there is nothing said in them")
    return items


def _user(message: Message) -> list[Json]:
    shown: list[Shown] = [part for part in message.parts if isinstance(part, (Text, Image, Document, Audio))]
    items = [_output(part) for part in message.parts if isinstance(part, Result)]
    return [*items, _message("user", shown)] if shown else items


def _assistant(message: Message, thoughts: int) -> list[Json]:
    """Items in the order of the parts; texts in a row are one message."""
    items: list[Json] = []
    for part in message.parts:
        match part:
            case Thinking():
                items.append(_reasoning(part, thoughts + len(items)))
            case Call():
                items.append(_call(part))
            case Text():
                if not (items and items[-1]["type"] == "message"):
                    items.append({"type": "message", "role": "assistant", "content": []})
                items[-1]["content"].append(_said(part))
            case _:
                raise AssertionError(part)
    return items


def _message(role: str, parts: list[Shown]) -> Json:
    return {"type": "message", "role": role, "content": [_part(part) for part in parts]}


def _said(text: Text) -> Json:
    if text.is_refusal:
        return {"type": "refusal", "refusal": text.text}
    return _cached({"type": "output_text", "text": text.text, "annotations": []}, text.cache)


def _part(part: Shown) -> Json:
    match part:
        case Text():
            return _cached({"type": "input_text", "text": part.text}, part.cache)
        case Image():
            url = part.url or data_url(part.media_type, part.data or "")
            image: Json = {"type": "input_image", "image_url": url, "detail": part.detail or "auto"}
            return _cached(image, part.cache)
        case Document():
            return _cached({"type": "input_file"} | _file(part), part.cache)
        case Audio():
            sound = {"data": part.data, "format": audio_format(part.media_type)}
            return _cached({"type": "input_audio", "input_audio": sound}, part.cache)


def _file(part: Document) -> Json:
    if part.url:
        return {"file_url": part.url} | ({"filename": part.name} if part.name else {})
    if part.text is not None:
        encoded = data_url("text/plain", base64.b64encode(part.text.encode()).decode())
        return {"filename": part.name or "document.txt", "file_data": encoded}
    return {"filename": part.name or "document.pdf", "file_data": data_url(part.media_type, part.data or "")}


def _output(result: Result) -> Json:
    parts = result.parts
    is_plain = len(parts) == 1 and isinstance(parts[0], Text) and parts[0].cache is None
    output = parts[0].text if is_plain and isinstance(parts[0], Text) else [_part(part) for part in parts]
    return _cached({"type": "function_call_output", "call_id": result.call_id, "output": output or ""}, result.cache)


def _call(call: Call) -> Json:
    item = {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments or "{}"}
    return _cached(item, call.cache)


def _reasoning(thought: Thinking, index: int) -> Json:
    summary = [{"type": "summary_text", "text": thought.text}] if thought.text else []
    seal_id = thought.seal.id if thought.seal else None
    return {
        "type": "reasoning",
        "id": seal_id or f"rs_{index}",
        "summary": summary,
        "encrypted_content": encrypted_of(thought),
    }


def _cached(item: Json, cache: Json | None) -> Json:
    if cache is not None:
        item["cache_control"] = cache
    return item


def _tool(tool: Tool) -> Json:
    body: Json = {"type": "function", "name": tool.name, "parameters": tool.schema, "strict": bool(tool.strict)}
    if tool.description is not None:
        body["description"] = tool.description
    return _cached(body, tool.cache)


def _choice(choice: Choice) -> str | Json:
    return {"type": "function", "name": choice.name} if choice.mode == "tool" else choice.mode


def _format(form: Form) -> Json:
    fields = {"name": form.name, "schema": form.schema, "strict": form.strict, "description": form.description}
    return {"type": "json_schema"} | {name: value for name, value in fields.items() if value is not None}
