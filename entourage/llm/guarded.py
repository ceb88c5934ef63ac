"""A provider's model as pydantic-ai calls it, with our errors instead of those of the SDKs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from entourage.llm.failures import ProviderFailed, raise_explained


class ProviderModel(WrapperModel):
    """A provider's model that raises problems of `kit.errors`, with hints, instead of the errors of SDKs."""

    def __init__(self, wrapped: Model, provider_name: str) -> None:
        super().__init__(wrapped)
        self._provider_name = provider_name

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Raises Upstream, TooMany, TimedOut, Unavailable."""
        with self._explained():
            return await super().request(messages, model_settings, model_request_parameters)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same errors as `request`, also for a stream that breaks after it began."""
        with self._explained():
            async with super().request_stream(
                messages, model_settings, model_request_parameters, run_context
            ) as stream:
                yield stream
                self._check_complete(stream.get())

    def _check_complete(self, response: ModelResponse) -> None:
        """A stream that just ends, without saying why, was cut on its way: half an answer must not pass for one."""
        if response.state == "complete" and response.finish_reason is None:
            broken = ProviderFailed(
                f"The answer of the provider {self._provider_name!r} broke off before its end.", hint="Try again."
            )
            broken.passing = True
            raise broken

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except Exception as error:
            raise_explained(error, self._provider_name)
