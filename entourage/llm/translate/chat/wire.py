"""What a chat completions request holds, as far as it can be translated."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from entourage.llm.translate.neutral import Json


class TextPart(msgspec.Struct, tag="text"):
    text: str
    cache_control: Json | None = None


class RefusalPart(msgspec.Struct, tag="refusal"):
    refusal: str


class ImageURL(msgspec.Struct):
    url: str
    detail: str | None = None


class ImagePart(msgspec.Struct, tag="image_url"):
    image_url: ImageURL
    cache_control: Json | None = None


class File(msgspec.Struct):
    filename: str | None = None
    file_data: str | None = None
    file_id: str | None = None


class FilePart(msgspec.Struct, tag="file"):
    file: File
    cache_control: Json | None = None


class Sound(msgspec.Struct):
    data: str
    format: str = "wav"


class AudioPart(msgspec.Struct, tag="input_audio"):
    input_audio: Sound
    cache_control: Json | None = None


SaidPart: TypeAlias = TextPart | RefusalPart
ShownPart: TypeAlias = TextPart | ImagePart | FilePart | AudioPart


class SystemMessage(msgspec.Struct, tag_field="role", tag="system"):
    content: str | list[TextPart]


class DeveloperMessage(msgspec.Struct, tag_field="role", tag="developer"):
    content: str | list[TextPart]


class UserMessage(msgspec.Struct, tag_field="role", tag="user"):
    content: str | list[ShownPart]


class FunctionCalled(msgspec.Struct):
    name: str
    arguments: str = ""


class ToolCall(msgspec.Struct):
    id: str
    function: FunctionCalled
    type: Literal["function"] = "function"
    cache_control: Json | None = None


class AssistantMessage(msgspec.Struct, tag_field="role", tag="assistant"):
    """`reasoning_content` (DeepSeek and others) and `reasoning_details` (OpenRouter) are not OpenAI's own."""

    content: str | list[SaidPart] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Json] | None = None


class ToolMessage(msgspec.Struct, tag_field="role", tag="tool"):
    tool_call_id: str
    content: str | list[ShownPart] = ""
    cache_control: Json | None = None


AnyMessage: TypeAlias = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage


class Function(msgspec.Struct):
    name: str
    description: str | None = None
    parameters: Json | None = None
    strict: bool | None = None


class FunctionTool(msgspec.Struct, tag="function"):
    function: Function
    cache_control: Json | None = None


class Named(msgspec.Struct):
    name: str


class NamedChoice(msgspec.Struct, tag="function"):
    function: Named


class Schema(msgspec.Struct):
    name: str = "answer"
    schema: Json | None = None
    strict: bool | None = None
    description: str | None = None


class TextForm(msgspec.Struct, tag="text"):
    """Any text."""


class ObjectForm(msgspec.Struct, tag="json_object"):
    """Any JSON object."""


class SchemaForm(msgspec.Struct, tag="json_schema"):
    json_schema: Schema


class StreamOptions(msgspec.Struct):
    include_usage: bool = False


class ChatRequest(msgspec.Struct):
    messages: list[AnyMessage]
    model: str = ""
    tools: list[FunctionTool] | None = None
    tool_choice: Literal["auto", "none", "required"] | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    response_format: TextForm | ObjectForm | SchemaForm | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    user: str | None = None
    cache_control: Json | None = None
    n: int | None = None
    logprobs: bool | None = None
    logit_bias: dict[str, Any] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    modalities: list[str] | None = None
    audio: Json | None = None
    functions: list[Any] | None = None
    web_search_options: Json | None = None
