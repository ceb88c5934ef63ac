"""Providers without a dialect of ours, through any-llm: asked in chat completions, answered as if over the wire.

any-llm is an extra (`anyllm`), imported by the first call that needs it. Its clients make their own connections, so a
person chooses no address for them: hosts follow from the type and from a region, which is checked.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage.llm.longtail_keys import credentials_of
from entourage.llm.routing.failure import Failed
from entourage.llm.translate.errors import error_body, error_event, kind_of_status
from entourage.wire.bounds import Bounds
from entourage.wire.failures import TookTooLong
from entourage.wire.reply import Reply

if TYPE_CHECKING:
    from any_llm import AnyLLM

    from entourage.llm.catalogue import Target

_MOST_CLIENTS = 200
_JSON = [(b"content-type", b"application/json")]
_EVENTS = [(b"content-type", b"text/event-stream")]
_TAKEN = frozenset(
    {
        "messages",
        "tools",
        "tool_choice",
        "temperature",
        "top_p",
        "max_tokens",
        "max_completion_tokens",
        "response_format",
        "stream",
        "stream_options",
        "n",
        "stop",
        "presence_penalty",
        "frequency_penalty",
        "seed",
        "user",
        "parallel_tool_calls",
        "logprobs",
        "top_logprobs",
        "logit_bias",
        "reasoning_effort",
    }
)
"""Fields of a chat completion that any-llm knows; it raises for others."""


class LongTail:
    """Clients by provider. `endpoints` (by any-llm's names) stand for the public addresses: an admin's choice."""

    def __init__(self, bounds: Bounds, endpoints: Mapping[str, str] | None = None) -> None:
        self._bounds = bounds
        self._endpoints = endpoints or {}
        self._clients: OrderedDict[tuple[str, int], AnyLLM] = OrderedDict()

    async def ask(self, target: Target, model: str, body: bytes) -> Reply:
        """Send a chat completions request. What the provider refuses is a reply with its status.

        Raises Failed where any-llm is not installed or the key is none, WireFailed when it takes too long.
        """
        client: Any = await self._client(target)
        asked = {name: value for name, value in msgspec.json.decode(body).items() if name in _TAKEN}
        try:
            async with asyncio.timeout(self._bounds.first_byte_seconds):
                answer = await client.acompletion(model=model, **asked)
        except TimeoutError:
            raise TookTooLong("the first byte took too long") from None
        except Exception as error:  # of whichever SDK any-llm called: each has a family of its own
            return _refusal(error)
        if asked.get("stream"):
            chunks = cast("AsyncIterator[Any]", answer)
            return Reply(200, _EVENTS, None, ChunkFlow(chunks, self._bounds.between_bytes_seconds))
        return Reply(200, _JSON, answer.model_dump_json(exclude_none=True).encode())

    async def _client(self, target: Target) -> AnyLLM:
        key = (target.id, target.version)
        client = self._clients.get(key)
        if client is None:
            client = self._clients[key] = await asyncio.to_thread(self._make, target)
            while len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        self._clients.move_to_end(key)
        return client

    def _make(self, target: Target) -> AnyLLM:
        """Imports take seconds, so this is done in a thread. Raises Failed."""
        provider = target.kind.anyllm
        assert provider is not None
        try:
            from any_llm import AnyLLM
        except ImportError:
            raise _missing(target, "any-llm is not installed") from None
        try:
            credentials = credentials_of(provider, target.key)
            return AnyLLM.create(provider, api_base=self._endpoints.get(provider), **credentials)
        except ImportError as error:
            raise _missing(target, str(error)) from None
        except ValueError as error:
            told = f"The key of the provider {target.name!r} cannot be used: {error}."
            raise Failed(told, status=401, kind="unauthorized", is_passing=False) from None


class ChunkFlow:
    """Implements `Flow` over any-llm's chunks: as the events of a chat stream."""

    def __init__(self, chunks: AsyncIterator[Any], between_seconds: float) -> None:
        self._chunks = chunks
        self._between_seconds = between_seconds
        self._is_paused = False

    async def flow(self, take: Callable[[bytes], None]) -> bool:
        """See `Flow.flow`. An error of the provider is told as an event, as over the wire."""
        self._is_paused = False
        while not self._is_paused:
            try:
                async with asyncio.timeout(self._between_seconds):
                    chunk = await anext(self._chunks, None)
            except TimeoutError:
                raise TookTooLong("the next bytes took too long") from None
            except Exception as error:  # see LongTail.ask
                take(error_event("chat", kind_of_status(_status(error)), str(error)))
                return True
            if chunk is None:
                take(b"data: [DONE]\n\n")
                return True
            take(b"data: " + chunk.model_dump_json(exclude_none=True).encode() + b"\n\n")
        return False

    def pause(self) -> None:
        """See `Flow.pause`."""
        self._is_paused = True

    def began(self) -> None:
        """The first bytes were waited for before this was made."""

    def abort(self) -> None:
        """Nothing more is taken; the SDK closes the connection with its iterator."""
        self._is_paused = True
        self._chunks = _nothing()


async def _nothing() -> AsyncIterator[Any]:
    for chunk in ():
        yield chunk


def _refusal(error: Exception) -> Reply:
    status = _status(error)
    return Reply(status, _JSON, error_body("chat", status, None, str(error)))


def _status(error: Exception) -> int:
    """The provider's status where its SDK tells one."""
    original = getattr(error, "original_exception", None)
    for one in (error, original):
        status = getattr(one, "status_code", None) or getattr(one, "code", None)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    return 502


def _missing(target: Target, why: str) -> Failed:
    told = f"The provider {target.name!r} needs more on the server ({why}): pip install 'entourage[anyllm]'."
    return Failed(told, status=503, kind="upstream", is_passing=False)
