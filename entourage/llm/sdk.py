"""The SDKs of the two dialects, imported when the first run needs them; the gateway answers their requests."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI
    from pydantic_ai.models import Model

    from entourage.llm.catalogue import Target

BASE_URL = "http://gateway.invalid"
"""Where our SDK clients believe the gateway to be; their requests never leave the process."""


# the SDKs insist on a key; the gateway puts in the provider's own
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


def sdk_of(target: Target) -> str:
    """`openai` or `anthropic`: whose SDK our agents speak to this provider with."""
    return "anthropic" if target.kind.is_anthropic else "openai"


def modules_of(target: Target) -> tuple[str, ...]:
    """What runs with this provider need besides."""
    return _MODULES[sdk_of(target)]


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


def make_client(
    target: Target, http_client: httpx2.AsyncClient, headers: dict[str, str]
) -> AsyncOpenAI | AsyncAnthropic:
    """An SDK's client whose requests the gateway answers. It holds no key and no connection.

    It does not try again: the gateway and the run loop do, and they know what was recorded.
    """
    if sdk_of(target) == "openai":
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=_KEYLESS,
            base_url=f"{BASE_URL}/v1",
            http_client=http_client,
            default_headers=headers,
            max_retries=0,
        )
    from anthropic import AsyncAnthropic

    return AsyncAnthropic(
        api_key=_KEYLESS, base_url=BASE_URL, http_client=http_client, default_headers=headers, max_retries=0
    )


def make_model(target: Target, model_name: str, client: AsyncOpenAI | AsyncAnthropic) -> Model[Any]:
    """A pydantic-ai model of the provider, whose errors are ours."""
    from entourage.llm.guarded import ProviderModel

    return ProviderModel(_bare_model(target, model_name, client), target.name)


def _bare_model(target: Target, model_name: str, client: AsyncOpenAI | AsyncAnthropic) -> Model[Any]:
    if sdk_of(target) == "anthropic":
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
    if target.kind.type == "openai":
        # a stream of OpenAI's always says why it ends; one that does not was cut on its way (others are less strict)
        strict = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
        return OpenAIChatModel(model_name, provider=OpenAIProvider(openai_client=client), profile=strict)
    return OpenAIChatModel(model_name, provider=OpenAICompatibleProvider(target.name, openai_client=client))
