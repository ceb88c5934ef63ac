"""The offline model as a pydantic-ai model: whole and streamed answers, decided by the message history alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponseStreamEvent, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from entourage.kit.errors import Unavailable
from entourage.llm.embeddings import Embedder
from entourage.llm.intents import IntentClassifier
from entourage.llm.offline.flows import next_step
from entourage.llm.offline.intents import HINT_EXAMPLES, Intent
from entourage.llm.offline.phrases import hint_for
from entourage.llm.offline.router import route
from entourage.llm.offline.situation import Situation, read_situation
from entourage.llm.offline.step import Answer, Step
from entourage.llm.schemas import OFFLINE_MODEL

_SURE = 0.5
_CHUNK = re.compile(r"\s*\S+\s*")


class OfflineModel(Model[None]):
    """No language model: it runs the offered tools by rules and says plainly what it is.

    The same messages always lead to the same calls with the same ids, so a run that was killed goes on where it
    was. With an `embedder`, requests that fit no rule are told which words would have worked.
    """

    # it reads no system prompt, so there is nobody to explain framework notes to
    _announces_lookalike_notes = False

    def __init__(self, embedder: Embedder | None = None) -> None:
        super().__init__()
        self._hints = IntentClassifier(embedder, HINT_EXAMPLES) if embedder else None

    @property
    def model_name(self) -> str:
        return OFFLINE_MODEL

    @property
    def system(self) -> str:
        return OFFLINE_MODEL

    @property
    def provider(self) -> None:
        return None

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The next tool call or the answer. Raises Unavailable when only structured output is wanted."""
        situation, step = await self._decide(messages, model_settings, model_request_parameters)
        text, call = _parts(situation, step)
        return ModelResponse(
            parts=[*([TextPart(text)] if text else []), *([call] if call else [])],
            usage=RequestUsage(),
            model_name=OFFLINE_MODEL,
            provider_name=OFFLINE_MODEL,
        )

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same as `request`, the text word by word."""
        situation, step = await self._decide(messages, model_settings, model_request_parameters)
        text, call = _parts(situation, step)
        yield _OfflineStream(model_request_parameters, text=text, call=call)

    async def _decide(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> tuple[Situation, Step]:
        _, parameters = self.prepare_request(settings, parameters)
        if not parameters.allow_text_output:
            raise Unavailable(
                "The offline model gives no structured answers.", hint="Connect a language model under Models."
            )
        situation = read_situation(messages, (tool.name for tool in parameters.declared_function_tools))
        intent = route(situation)
        if intent.kind == "unknown":
            intent = await self._with_hint(situation)
        return situation, next_step(situation, intent)

    async def _with_hint(self, situation: Situation) -> Intent:
        if self._hints is None:
            return Intent("unknown")
        try:
            told = await self._hints.classify(situation.text)
        except Unavailable:
            return Intent("unknown")
        hint = hint_for(told.label) if told.confidence > _SURE else None
        return Intent("unknown", {"hint": hint} if hint else {})


def _parts(situation: Situation, step: Step) -> tuple[str, ToolCallPart | None]:
    if isinstance(step, Answer):
        return step.text, None
    call_id = step.id(situation.turn, len(situation.outcomes))
    return step.text, ToolCallPart(step.tool, dict(step.args), tool_call_id=call_id)


@dataclass
class _OfflineStream(StreamedResponse):
    text: str = ""
    call: ToolCallPart | None = None
    _timestamp: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        for chunk in _CHUNK.findall(self.text):
            for event in self._parts_manager.handle_text_delta(vendor_part_id="text", content=chunk):
                yield event
            await asyncio.sleep(0)  # lets a cancel in between two words
        if self.call:
            yield self._parts_manager.handle_tool_call_part(
                vendor_part_id="call",
                tool_name=self.call.tool_name,
                args=self.call.args_as_dict(),
                tool_call_id=self.call.tool_call_id,
            )

    async def close_stream(self) -> None:
        """There is no connection to close."""

    @property
    def model_name(self) -> str:
        return OFFLINE_MODEL

    @property
    def provider_name(self) -> str:
        return OFFLINE_MODEL

    @property
    def provider_url(self) -> None:
        return None

    @property
    def timestamp(self) -> datetime:
        return self._timestamp
