"""What an Anthropic messages request holds, as far as it can be translated."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from entourage.llm.translate.neutral import Json


class TextBlock(msgspec.Struct, tag="text"):
    text: str
    cache_control: Json | None = None


class Base64Source(msgspec.Struct, tag="base64"):
    media_type: str
    data: str


class URLSource(msgspec.Struct, tag="url"):
    url: str


class TextSource(msgspec.Struct, tag="text"):
    data: str
    media_type: str = "text/plain"


class ContentSource(msgspec.Struct, tag="content"):
    content: str | list[TextBlock]


class ImageBlock(msgspec.Struct, tag="image"):
    source: Base64Source | URLSource
    cache_control: Json | None = None


class DocumentBlock(msgspec.Struct, tag="document"):
    source: Base64Source | URLSource | TextSource | ContentSource
    title: str | None = None
    context: str | None = None
    cache_control: Json | None = None


class ThinkingBlock(msgspec.Struct, tag="thinking"):
    thinking: str
    signature: str = ""


class RedactedThinkingBlock(msgspec.Struct, tag="redacted_thinking"):
    data: str


class ToolUseBlock(msgspec.Struct, tag="tool_use"):
    id: str
    name: str
    input: Json
    cache_control: Json | None = None


class ToolResultBlock(msgspec.Struct, tag="tool_result"):
    tool_use_id: str
    content: str | list[TextBlock | ImageBlock | DocumentBlock] | None = None
    is_error: bool | None = None
    cache_control: Json | None = None


ShownBlock: TypeAlias = TextBlock | ImageBlock | DocumentBlock
UserBlock: TypeAlias = TextBlock | ImageBlock | DocumentBlock | ToolResultBlock
SaidBlock: TypeAlias = TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock


class UserMessage(msgspec.Struct, tag_field="role", tag="user"):
    content: str | list[UserBlock]


class AssistantMessage(msgspec.Struct, tag_field="role", tag="assistant"):
    content: str | list[SaidBlock]


class SystemMessage(msgspec.Struct, tag_field="role", tag="system"):
    content: str | list[TextBlock]


class Tool(msgspec.Struct):
    """`type` other than custom: a tool whose schema or whole work is Anthropic's own."""

    name: str
    input_schema: Json | None = None
    description: str | None = None
    type: str | None = None
    strict: bool | None = None
    cache_control: Json | None = None


class ToolChoice(msgspec.Struct):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(msgspec.Struct):
    type: str
    budget_tokens: int | None = None


class Format(msgspec.Struct):
    type: Literal["json_schema"]
    schema: Json


class OutputConfig(msgspec.Struct):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: Format | None = None


class Metadata(msgspec.Struct):
    user_id: str | None = None


class MessagesRequest(msgspec.Struct):
    messages: list[UserMessage | AssistantMessage | SystemMessage]
    model: str = ""
    max_tokens: int | None = None
    system: str | list[TextBlock] | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    output_format: Format | None = None
    metadata: Metadata | None = None
    cache_control: Json | None = None
    container: Any = None
    mcp_servers: list[Any] | None = None
