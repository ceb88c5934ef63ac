"""Chat completions requests, read into the neutral form."""

from __future__ import annotations

from entourage.llm.translate.chat import wire
from entourage.llm.translate.chat.reasoning import thinking_of
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
    Part,
    Request,
    Result,
    Shown,
    Text,
    Tool,
    audio_type,
    split_data_url,
)
from entourage.llm.translate.reading import read, refuse_if


def read_request(body: bytes) -> Request:
    """Raises Untranslatable."""
    given = read(body, wire.ChatRequest)
    _refuse_what_only_openai_has(given)
    system, messages = _conversation(given.messages)
    return Request(
        system=system,
        messages=messages,
        tools=[_tool(tool) for tool in given.tools or []],
        choice=_choice(given.tool_choice),
        is_parallel=given.parallel_tool_calls,
        max_tokens=given.max_completion_tokens or given.max_tokens,
        temperature=given.temperature,
        top_p=given.top_p,
        top_k=given.top_k,
        stop=[given.stop] if isinstance(given.stop, str) else given.stop or [],
        stream=bool(given.stream),
        form=_form(given.response_format),
        effort=given.reasoning_effort,
        user=given.user,
        cache=given.cache_control,
    )


def _refuse_what_only_openai_has(given: wire.ChatRequest) -> None:
    refuse_if((given.n or 1) > 1, "n", "the provider gives one answer to a request")
    refuse_if(bool(given.logprobs), "logprobs", "the provider tells no probabilities")
    refuse_if(bool(given.logit_bias), "logit_bias", "the provider takes no bias of tokens")
    refuse_if(bool(given.frequency_penalty), "frequency_penalty", "the provider takes no penalties")
    refuse_if(bool(given.presence_penalty), "presence_penalty", "the provider takes no penalties")
    refuse_if("audio" in (given.modalities or []) or bool(given.audio), "modalities", "the provider does not speak")
    refuse_if(bool(given.functions), "functions", "this is the old form; use tools")
    refuse_if(given.web_search_options is not None, "web_search_options", "the search runs at OpenAI only")


def _conversation(given: list[wire.AnyMessage]) -> tuple[list[Text], list[Message]]:
    """System prompts, wherever they stand, and the turns; results of one turn's calls share one message."""
    system: list[Text] = []
    messages: list[Message] = []
    results: Message | None = None
    for index, message in enumerate(given):
        path = f"messages[{index}]"
        if isinstance(message, (wire.SystemMessage, wire.DeveloperMessage)):
            system += _texts(message.content)
        elif isinstance(message, wire.ToolMessage):
            results = results or _added(messages, Message("user", []))
            results.parts.append(_result(message, path))
        elif isinstance(message, wire.UserMessage):
            results = results or _added(messages, Message("user", []))
            results.parts += _shown(message.content, f"{path}.content")
            results = None
        else:
            results = None
            messages.append(Message("assistant", _said(message)))
    return system, messages


def _added(messages: list[Message], message: Message) -> Message:
    messages.append(message)
    return message


def _texts(content: str | list[wire.TextPart]) -> list[Text]:
    if isinstance(content, str):
        return [Text(content)]
    return [Text(part.text, part.cache_control) for part in content]


def _shown(content: str | list[wire.ShownPart], path: str) -> list[Shown]:
    if isinstance(content, str):
        return [Text(content)]
    return [_part(part, f"{path}[{index}]") for index, part in enumerate(content)]


def _part(part: wire.ShownPart, path: str) -> Shown:
    match part:
        case wire.TextPart():
            return Text(part.text, part.cache_control)
        case wire.ImagePart():
            return _image(part)
        case wire.FilePart():
            return _document(part, path)
        case wire.AudioPart(input_audio=sound):
            return Audio(sound.data, audio_type(sound.format), part.cache_control)


def _image(part: wire.ImagePart) -> Image:
    url, detail = part.image_url.url, part.image_url.detail
    if found := split_data_url(url):
        return Image(media_type=found[0], data=found[1], detail=detail, cache=part.cache_control)
    return Image(url=url, detail=detail, cache=part.cache_control)


def _document(part: wire.FilePart, path: str) -> Document:
    refuse_if(part.file.file_id is not None, f"{path}.file.file_id", "the file lies at OpenAI; send its data")
    found = split_data_url(part.file.file_data or "")
    if found is None:
        raise Untranslatable(f"{path}.file.file_data", "a base64 data URL is needed")
    return Document(name=part.file.filename, media_type=found[0], data=found[1], cache=part.cache_control)


def _result(message: wire.ToolMessage, path: str) -> Result:
    return Result(message.tool_call_id, _shown(message.content, f"{path}.content"), cache=message.cache_control)


def _said(message: wire.AssistantMessage) -> list[Part]:
    parts: list[Part] = [*thinking_of(message.reasoning_details, message.reasoning_content or message.reasoning)]
    if isinstance(message.content, str):
        parts.append(Text(message.content))
    for part in message.content if isinstance(message.content, list) else []:
        if isinstance(part, wire.RefusalPart):
            parts.append(Text(part.refusal, is_refusal=True))
        else:
            parts.append(Text(part.text, part.cache_control))
    if message.refusal:
        parts.append(Text(message.refusal, is_refusal=True))
    return [*parts, *(_call(call) for call in message.tool_calls or [])]


def _call(call: wire.ToolCall) -> Call:
    return Call(call.id, call.function.name, call.function.arguments, call.cache_control)


def _tool(tool: wire.FunctionTool) -> Tool:
    function = tool.function
    schema: Json = function.parameters if function.parameters is not None else {"type": "object", "properties": {}}
    return Tool(function.name, schema, function.description, function.strict, tool.cache_control)


def _choice(given: str | wire.NamedChoice | None) -> Choice | None:
    match given:
        case None:
            return None
        case wire.NamedChoice():
            return Choice("tool", given.function.name)
        case "none" | "required":
            return Choice(given)
        case _:
            return Choice("auto")


def _form(given: wire.TextForm | wire.ObjectForm | wire.SchemaForm | None) -> Form | None:
    match given:
        case wire.SchemaForm(json_schema=asked):
            return Form(asked.schema or {"type": "object"}, asked.name, asked.strict, asked.description)
        case wire.ObjectForm():
            raise Untranslatable("response_format", "the provider knows no free JSON mode; give a json_schema")
        case _:
            return None
