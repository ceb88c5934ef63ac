"""The SDKs of the two dialects, imported when the first provider needs them (`load`), behind our own HTTP client."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

from entourage.llm.service import Providers, dialect_of
from entourage.llm.tables import ProviderRow

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI
    from pydantic_ai.models import Model

# what a provider without a key is sent, since the SDKs insist on one
_KEYLESS = "none"


_MODULES = {
    "openai": (
        "pydantic_ai.models.openai",
        "pydantic_ai.providers.openai",
        "pydantic_ai.providers.openai_compatible",
    ),
    "anthropic": ("pydantic_ai.models.anthropic", "pydantic_ai.providers.anthropic"),
}


RUNTIME = ("pydantic_ai", "entourage.llm.offline")
"""What every run needs."""


def modules_of(provider_type: str) -> tuple[str, ...]:
    """What runs with this type of provider need besides."""
    return _MODULES[dialect_of(provider_type)]


class Imports:
    """Heavy modules, imported once, in a thread, one after the other.

    Two threads that import modules which import each other can see one another's halves; so everybody asks here first.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._done: set[str] = set()

    async def need(self, *names: str) -> None:
        """Wait until these modules are whole. The first time takes a second or two."""
        if self._done.issuperset(names):
            return
        async with self._lock:
            for name in names:
                if name not in self._done:
                    await asyncio.to_thread(importlib.import_module, name)
                    self._done.add(name)


def make_client(providers: Providers, row: ProviderRow, key: str | None, retries: int) -> AsyncOpenAI | AsyncAnthropic:
    """An SDK client. It holds the key and shares the connections, so it need not be closed."""
    timeout = providers.timeouts.as_httpx()
    if dialect_of(row.type) == "openai":
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=key or _KEYLESS,
            base_url=row.base_url,
            http_client=providers.client,
            timeout=timeout,
            max_retries=retries,
        )
    from anthropic import AsyncAnthropic

    return AsyncAnthropic(
        api_key=key or _KEYLESS,
        base_url=row.base_url,
        http_client=providers.client,
        timeout=timeout,
        max_retries=retries,
    )


def make_model(row: ProviderRow, model_name: str, client: AsyncOpenAI | AsyncAnthropic) -> Model[Any]:
    """A pydantic-ai model of the provider, whose errors are ours."""
    from entourage.llm.guarded import ProviderModel

    return ProviderModel(_bare_model(row, model_name, client), row.name)


def _bare_model(row: ProviderRow, model_name: str, client: AsyncOpenAI | AsyncAnthropic) -> Model[Any]:
    if dialect_of(row.type) == "anthropic":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        assert isinstance(client, AsyncAnthropic)
        return AnthropicModel(model_name, provider=AnthropicProvider(anthropic_client=client))

    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    assert isinstance(client, AsyncOpenAI)
    if row.type == "openai":
        # a stream of OpenAI's always says why it ends; one that does not was cut on its way (others are less strict)
        strict = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
        return OpenAIChatModel(model_name, provider=OpenAIProvider(openai_client=client), profile=strict)
    return OpenAIChatModel(model_name, provider=OpenAICompatibleProvider(row.name, openai_client=client))
