"""What a Responses request holds, as far as it can be translated."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from entourage.llm.translate.neutral import Json


class InputText(msgspec.Struct, tag="input_text"):
    text: str
    cache_control: Json | None = None


class OutputText(msgspec.Struct, tag="output_text"):
    text: str
    cache_control: Json | None = None


class Refusal(msgspec.Struct, tag="refusal"):
    refusal: str


class InputImage(msgspec.Struct, tag="input_image"):
    image_url: str | None = None
    file_id: str | None = None
    detail: str | None = None
    cache_control: Json | None = None


class InputFile(msgspec.Struct, tag="input_file"):
    filename: str | None = None
    file_data: str | None = None
    file_url: str | None = None
    file_id: str | None = None
    cache_control: Json | None = None


class Sound(msgspec.Struct):
    data: str
    format: str = "wav"


class InputAudio(msgspec.Struct, tag="input_audio"):
    input_audio: Sound
    cache_control: Json | None = None


Content: TypeAlias = InputText | OutputText | Refusal | InputImage | InputFile | InputAudio


class MessageItem(msgspec.Struct, tag="message"):
    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[Content]


class FunctionCall(msgspec.Struct, tag="function_call"):
    call_id: str
    name: str
    arguments: str = ""
    namespace: str | None = None
    cache_control: Json | None = None


class FunctionCallOutput(msgspec.Struct, tag="function_call_output"):
    call_id: str
    output: str | list[Content]
    cache_control: Json | None = None


class Words(msgspec.Struct):
    text: str = ""


class Reasoning(msgspec.Struct, tag="reasoning"):
    id: str | None = None
    summary: list[Words] = []
    content: list[Words] | None = None
    encrypted_content: str | None = None


Item: TypeAlias = MessageItem | FunctionCall | FunctionCallOutput | Reasoning


class FunctionTool(msgspec.Struct, tag="function"):
    name: str
    parameters: Json | None = None
    description: str | None = None
    strict: bool | None = None
    cache_control: Json | None = None


class NamespaceTool(msgspec.Struct, tag="namespace"):
    name: str
    tools: list[FunctionTool]


class NamedChoice(msgspec.Struct, tag="function"):
    name: str


class TextFormat(msgspec.Struct, tag="text"):
    """Any text."""


class ObjectFormat(msgspec.Struct, tag="json_object"):
    """Any JSON object."""


class SchemaFormat(msgspec.Struct, tag="json_schema"):
    schema: Json
    name: str = "answer"
    strict: bool | None = None
    description: str | None = None


class TextConfig(msgspec.Struct):
    format: TextFormat | ObjectFormat | SchemaFormat | None = None


class ReasoningConfig(msgspec.Struct):
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None


class ResponsesRequest(msgspec.Struct):
    input: str | list[Json] = ""
    model: str = ""
    instructions: str | None = None
    tools: list[FunctionTool | NamespaceTool] | None = None
    tool_choice: Literal["auto", "none", "required"] | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    text: TextConfig | None = None
    reasoning: ReasoningConfig | None = None
    stream: bool | None = None
    user: str | None = None
    cache_control: Json | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = None
    prompt: Any = None
    top_logprobs: int | None = None
