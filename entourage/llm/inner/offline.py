"""The offline model, asked from outside: with the caller's tools, which the caller runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from entourage.llm.translate.neutral import Call, Message, Part, Request, Result, Text
from entourage.llm.translate.reading import arguments_object
from entourage.llm.translate.sink import Sink


async def tell_offline(model: Model[Any], request: Request) -> AsyncIterator[Callable[[Sink], None]]:
    """What the model says and calls, as calls of a sink. Raises Unavailable where a form is asked for."""
    has_form = request.form is not None
    parameters = ModelRequestParameters(
        function_tools=[
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.schema)
            for tool in ([] if request.choice and request.choice.mode == "none" else request.tools)
        ],
        output_mode="native" if has_form else "text",
        allow_text_output=not has_form,
    )
    async with model.request_stream(_history(request), None, parameters) as stream:
        async for event in stream:
            match event:
                case (
                    PartStartEvent(part=TextPart(content=text))
                    | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                ):
                    yield _saying(text)
                case PartStartEvent(part=ToolCallPart() as call):
                    yield _calling(call)
                case _:
                    continue


def _saying(text: str) -> Callable[[Sink], None]:
    return lambda sink: sink.text(text)


def _calling(call: ToolCallPart) -> Callable[[Sink], None]:
    def tell(sink: Sink) -> None:
        sink.call(call.tool_call_id, call.tool_call_id, call.tool_name)
        sink.arguments(call.tool_call_id, call.args_as_json_str())
        sink.stop("tools")

    return tell


def _history(request: Request) -> list[ModelMessage]:
    names = {part.id: part.name for message in request.messages for part in message.parts if isinstance(part, Call)}
    system = [SystemPromptPart(text.text) for text in request.system]
    messages: list[ModelMessage] = [ModelRequest(system)] if system else []
    return [*messages, *(_message(message, names) for message in request.messages)]


def _message(message: Message, names: dict[str, str]) -> ModelMessage:
    if message.role == "assistant":
        parts = [part for one in message.parts if (part := _said(one)) is not None]
        return ModelResponse(parts=parts)
    results = [
        ToolReturnPart(names.get(part.call_id, "tool"), _text(part), tool_call_id=part.call_id)
        for part in message.parts
        if isinstance(part, Result)
    ]
    texts = [part.text for part in message.parts if isinstance(part, Text)]
    return ModelRequest([*results, *([UserPromptPart("\n\n".join(texts))] if texts else [])])


def _said(part: Part) -> ModelResponsePart | None:
    match part:
        case Text():
            return TextPart(part.text)
        case Call():
            arguments = arguments_object(part.arguments, "messages.tool_calls.function.arguments")
            return ToolCallPart(part.name, arguments, tool_call_id=part.id)
        case _:
            return None


def _text(result: Result) -> str:
    texts = [part.text for part in result.parts if isinstance(part, Text)]
    return "\n".join(texts)
