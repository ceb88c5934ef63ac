"""Anthropic messages requests, read into the neutral form."""

from __future__ import annotations

import msgspec

from entourage.llm.translate.errors import Untranslatable
from entourage.llm.translate.messages import wire
from entourage.llm.translate.messages.seals import seal_of
from entourage.llm.translate.models import effort_of
from entourage.llm.translate.neutral import (
    Call,
    Choice,
    Document,
    Effort,
    Form,
    Image,
    Message,
    Part,
    Request,
    Result,
    Shown,
    Text,
    Thinking,
    Tool,
)
from entourage.llm.translate.reading import read, refuse_if


def read_request(body: bytes) -> Request:
    """Raises Untranslatable."""
    given = read(body, wire.MessagesRequest)
    refuse_if(bool(given.container), "container", "containers run at Anthropic only")
    refuse_if(bool(given.mcp_servers), "mcp_servers", "Anthropic calls these itself; the provider does not")
    system = _texts(given.system or [])
    messages: list[Message] = []
    for message in given.messages:
        match message:
            case wire.SystemMessage():
                system += _texts(message.content)
            case wire.UserMessage():
                messages.append(Message("user", _user(message.content)))
            case wire.AssistantMessage():
                messages.append(Message("assistant", _said(message.content)))
    choice = given.tool_choice
    return Request(
        system=system,
        messages=messages,
        tools=[_tool(tool, f"tools[{index}]") for index, tool in enumerate(given.tools or [])],
        choice=_choice(choice),
        is_parallel=False if choice and choice.disable_parallel_tool_use else None,
        max_tokens=given.max_tokens,
        temperature=given.temperature,
        top_p=given.top_p,
        top_k=given.top_k,
        stop=given.stop_sequences or [],
        stream=bool(given.stream),
        form=_form(given),
        effort=_effort(given),
        user=given.metadata.user_id if given.metadata else None,
        cache=given.cache_control,
    )


def _texts(content: str | list[wire.TextBlock]) -> list[Text]:
    if isinstance(content, str):
        return [Text(content)]
    return [Text(block.text, block.cache_control) for block in content]


def _user(content: str | list[wire.UserBlock]) -> list[Part]:
    """Results come first, whatever their place was."""
    if isinstance(content, str):
        return [Text(content)]
    results = [_result(block) for block in content if isinstance(block, wire.ToolResultBlock)]
    shown = [_shown(block) for block in content if not isinstance(block, wire.ToolResultBlock)]
    return [*results, *shown]


def _shown(block: wire.ShownBlock) -> Shown:
    match block:
        case wire.TextBlock():
            return Text(block.text, block.cache_control)
        case wire.ImageBlock(source=wire.URLSource(url=url)):
            return Image(url=url, cache=block.cache_control)
        case wire.ImageBlock(source=wire.Base64Source() as source):
            return Image(media_type=source.media_type, data=source.data, cache=block.cache_control)
        case wire.DocumentBlock():
            return _document(block)
        case _:
            raise AssertionError(block)


def _document(block: wire.DocumentBlock) -> Document:
    name, cache = block.title, block.cache_control
    match block.source:
        case wire.Base64Source(media_type=media_type, data=data):
            return Document(name=name, media_type=media_type, data=data, cache=cache)
        case wire.URLSource(url=url):
            return Document(name=name, url=url, cache=cache)
        case wire.TextSource(data=text):
            return Document(name=name, text=text, cache=cache)
        case wire.ContentSource(content=content):
            return Document(name=name, text="\n".join(text.text for text in _texts(content)), cache=cache)


def _result(block: wire.ToolResultBlock) -> Result:
    content = block.content or []
    parts: list[Shown] = [Text(content)] if isinstance(content, str) else [_shown(one) for one in content]
    return Result(block.tool_use_id, parts, bool(block.is_error), block.cache_control)


def _said(content: str | list[wire.SaidBlock]) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    return [_spoken(block) for block in content]


def _spoken(block: wire.SaidBlock) -> Part:
    match block:
        case wire.TextBlock():
            return Text(block.text, block.cache_control)
        case wire.ThinkingBlock():
            return Thinking(block.thinking, seal_of(block.signature))
        case wire.RedactedThinkingBlock():
            return Thinking(seal=seal_of(block.data), is_redacted=True)
        case wire.ToolUseBlock():
            arguments = msgspec.json.encode(block.input).decode()
            return Call(block.id, block.name, arguments, block.cache_control)


def _tool(tool: wire.Tool, path: str) -> Tool:
    if tool.input_schema is None or tool.type not in {None, "custom"}:
        raise Untranslatable(path, f"the tool {tool.type or tool.name!r} is Anthropic's own; the provider has none")
    return Tool(tool.name, tool.input_schema, tool.description, tool.strict, tool.cache_control)


def _choice(given: wire.ToolChoice | None) -> Choice | None:
    match given:
        case None:
            return None
        case wire.ToolChoice(type="any"):
            return Choice("required")
        case wire.ToolChoice(type="tool"):
            return Choice("tool", given.name)
        case wire.ToolChoice(type="none"):
            return Choice("none")
        case _:
            return Choice("auto")


def _form(given: wire.MessagesRequest) -> Form | None:
    asked = (given.output_config.format if given.output_config else None) or given.output_format
    return Form(asked.schema, strict=True) if asked else None


def _effort(given: wire.MessagesRequest) -> Effort | None:
    """Told as an effort, as a budget of tokens, or switched off."""
    if given.thinking is not None and given.thinking.type == "disabled":
        return "none"
    if given.output_config is not None and given.output_config.effort is not None:
        return given.output_config.effort
    if given.thinking is not None and given.thinking.budget_tokens is not None:
        return effort_of(given.thinking.budget_tokens)
    return None
