"""Responses requests, read into the neutral form."""

from __future__ import annotations

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
    Role,
    Shown,
    Text,
    Thinking,
    Tool,
    audio_type,
    split_data_url,
)
from entourage.llm.translate.reading import convert, read, refuse_if
from entourage.llm.translate.responses import wire
from entourage.llm.translate.responses.namespaces import joined_name
from entourage.llm.translate.responses.seals import seal_of


def read_request(body: bytes) -> Request:
    """Raises Untranslatable."""
    given = read(body, wire.ResponsesRequest)
    _refuse_what_is_kept_at_openai(given)
    system, messages = _conversation(_items(given.input))
    return Request(
        system=[*([Text(given.instructions)] if given.instructions else []), *system],
        messages=messages,
        tools=[read for tool in given.tools or [] for read in _tools(tool)],
        choice=_choice(given.tool_choice),
        is_parallel=given.parallel_tool_calls,
        max_tokens=given.max_output_tokens,
        temperature=given.temperature,
        top_p=given.top_p,
        stream=bool(given.stream),
        form=_form(given.text),
        effort=given.reasoning.effort if given.reasoning else None,
        user=given.user,
        cache=given.cache_control,
    )


def _refuse_what_is_kept_at_openai(given: wire.ResponsesRequest) -> None:
    why = "the provider keeps no state; send the whole input"
    refuse_if(given.previous_response_id is not None, "previous_response_id", why)
    refuse_if(given.conversation is not None, "conversation", why)
    refuse_if(given.prompt is not None, "prompt", "prompts by id are kept at OpenAI; send their text")
    refuse_if(bool(given.background), "background", "the provider answers in the request only")
    refuse_if(bool(given.top_logprobs), "top_logprobs", "the provider tells no probabilities")


def _items(given: str | list[dict[str, object]]) -> list[wire.Item]:
    if isinstance(given, str):
        return [wire.MessageItem("user", given)]
    return [
        convert({"type": "message"} | item if "role" in item else item, wire.Item, f"input[{index}]")
        for index, item in enumerate(given)
    ]


def _conversation(items: list[wire.Item]) -> tuple[list[Text], list[Message]]:
    """Items in a row that one side said are one message."""
    system: list[Text] = []
    messages: list[Message] = []
    is_open_to_user = False
    for index, item in enumerate(items):
        path = f"input[{index}]"
        match item:
            case wire.MessageItem(role="system" | "developer"):
                system += [part for part in _content(item.content, f"{path}.content") if isinstance(part, Text)]
            case wire.MessageItem(role="user"):
                target = _open(messages, "user", is_open=is_open_to_user)
                target.parts += _content(item.content, f"{path}.content")
                is_open_to_user = False
            case wire.FunctionCallOutput():
                target = _open(messages, "user", is_open=is_open_to_user)
                target.parts.append(_result(item, path))
                is_open_to_user = True
            case _:
                _open(messages, "assistant", is_open=True).parts += _said(item, path)
                is_open_to_user = False
    return system, messages


def _open(messages: list[Message], role: Role, *, is_open: bool) -> Message:
    """The last message where it may go on, else a new one."""
    if not (is_open and messages and messages[-1].role == role):
        messages.append(Message(role, []))
    return messages[-1]


def _said(item: wire.Item, path: str) -> list[Part]:
    match item:
        case wire.MessageItem():
            return [*_content(item.content, f"{path}.content")]
        case wire.FunctionCall():
            name = joined_name(item.namespace, item.name)
            return [Call(item.call_id, name, item.arguments, item.cache_control)]
        case wire.Reasoning():
            seal, is_redacted = seal_of(item.encrypted_content, item.id)
            words = "\n\n".join(part.text for part in item.content or item.summary)
            return [Thinking(words, seal, is_redacted=is_redacted)]
        case _:
            raise AssertionError(item)


def _result(item: wire.FunctionCallOutput, path: str) -> Result:
    return Result(item.call_id, _content(item.output, f"{path}.output"), cache=item.cache_control)


def _content(content: str | list[wire.Content], path: str) -> list[Shown]:
    if isinstance(content, str):
        return [Text(content)]
    return [_part(part, f"{path}[{index}]") for index, part in enumerate(content)]


def _part(part: wire.Content, path: str) -> Shown:
    match part:
        case wire.InputText() | wire.OutputText():
            return Text(part.text, part.cache_control)
        case wire.Refusal():
            return Text(part.refusal, is_refusal=True)
        case wire.InputImage():
            return _image(part, path)
        case wire.InputFile():
            return _document(part, path)
        case wire.InputAudio(input_audio=sound):
            return Audio(sound.data, audio_type(sound.format), part.cache_control)


def _image(part: wire.InputImage, path: str) -> Image:
    if part.image_url is None:
        raise Untranslatable(f"{path}.file_id", "the image lies at OpenAI; send its data or URL")
    detail = None if part.detail == "auto" else part.detail
    if found := split_data_url(part.image_url):
        return Image(media_type=found[0], data=found[1], detail=detail, cache=part.cache_control)
    return Image(url=part.image_url, detail=detail, cache=part.cache_control)


def _document(part: wire.InputFile, path: str) -> Document:
    if part.file_url:
        return Document(name=part.filename, url=part.file_url, cache=part.cache_control)
    found = split_data_url(part.file_data or "")
    if found is None:
        raise Untranslatable(f"{path}.file_data", "a base64 data URL or a file_url is needed")
    return Document(name=part.filename, media_type=found[0], data=found[1], cache=part.cache_control)


def _tools(tool: wire.FunctionTool | wire.NamespaceTool) -> list[Tool]:
    if isinstance(tool, wire.FunctionTool):
        return [_tool(tool, None)]
    return [_tool(one, tool.name) for one in tool.tools]


def _tool(tool: wire.FunctionTool, namespace: str | None) -> Tool:
    schema: Json = tool.parameters if tool.parameters is not None else {"type": "object", "properties": {}}
    return Tool(joined_name(namespace, tool.name), schema, tool.description, tool.strict, tool.cache_control)


def _choice(given: str | wire.NamedChoice | None) -> Choice | None:
    match given:
        case None:
            return None
        case wire.NamedChoice():
            return Choice("tool", given.name)
        case "none" | "required":
            return Choice(given)
        case _:
            return Choice("auto")


def _form(given: wire.TextConfig | None) -> Form | None:
    match given.format if given else None:
        case wire.SchemaFormat() as asked:
            return Form(asked.schema, asked.name, asked.strict, asked.description)
        case wire.ObjectFormat():
            raise Untranslatable("text.format", "the provider knows no free JSON mode; give a json_schema")
        case _:
            return None
