"""Asking a provider for its models, to see whether it can be reached and takes the key."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import httpx2
import msgspec

from entourage.kit.errors import Problem
from entourage.kit.json import decode
from entourage.llm.failures import ProviderFailed, ProviderTooSlow, passing, too_slow, unreachable
from entourage.llm.schemas import MAX_MODELS, ProviderTest

_TEST_SECONDS = 20
_NO_CHAT = re.compile(
    r"embed|tts|whisper|dall-e|image|moderation|transcri|realtime|audio|rerank|davinci|babbage", re.IGNORECASE
)
_LARGEST_BYTES = 4 * 1024 * 1024
_LONGEST_NAME = 200


class _Model(msgspec.Struct):
    id: str


class _Listed(msgspec.Struct):
    data: list[_Model]


async def probe(client: httpx2.AsyncClient, dialect: str, base_url: str, key: str | None, name: str) -> ProviderTest:
    """Lists the models. Never raises for what the provider does: that is in `error`."""
    begun = time.perf_counter()
    models: list[str] = []
    error: str | None = None
    try:
        models = await _list_models(client, dialect, base_url, key, name)
    except Problem as problem:
        error = f"{problem.detail} {problem.hint or ''}".strip()
    return ProviderTest(
        ok=error is None, latency_ms=round((time.perf_counter() - begun) * 1000), models=models, error=error
    )


async def _list_models(
    client: httpx2.AsyncClient, dialect: str, base_url: str, key: str | None, name: str
) -> list[str]:
    url = f"{base_url}/models" if dialect == "openai" else f"{base_url}/v1/models?limit=1000"
    try:
        async with asyncio.timeout(_TEST_SECONDS), client.stream("GET", url, headers=_headers(dialect, key)) as answer:
            _check_status(answer.status_code, url)
            return _names(await _body(answer))
    except TimeoutError as failure:
        raise ProviderTooSlow(f"The provider did not answer within {_TEST_SECONDS} s.") from failure
    except (httpx2.HTTPError, Problem) as failure:
        raise _problem_of(failure, name) from failure


def _headers(dialect: str, key: str | None) -> dict[str, str]:
    if dialect == "openai":
        return {"Authorization": f"Bearer {key}"} if key else {}
    return {"anthropic-version": "2023-06-01"} | ({"x-api-key": key} if key else {})


def _check_status(status: int, url: str) -> None:
    if status in {401, 403}:
        raise ProviderFailed(f"The provider refused the key ({status}).", hint="Check the API key.")
    if status != 200:
        raise ProviderFailed(
            f"The provider answered {status} to GET {url}.",
            hint="Check the base URL; for the OpenAI dialect it usually ends with /v1.",
        )


async def _body(answer: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > _LARGEST_BYTES:
            raise ProviderFailed("The provider's list of models is too long.", hint="Check the base URL.")
    return bytes(body)


def _names(body: bytes) -> list[str]:
    """Models one can talk to, as far as names tell."""
    try:
        listed = decode(body, type=_Listed)
    except ValueError as error:
        raise ProviderFailed(
            "The provider's list of models cannot be read.", hint="Check the base URL and the type of the provider."
        ) from error
    usable = (item.id.strip() for item in listed.data if not _NO_CHAT.search(item.id))
    return list(dict.fromkeys(name for name in usable if name and len(name) <= _LONGEST_NAME))[:MAX_MODELS]


def _problem_of(error: Exception, provider_name: str) -> Problem:
    """The problem behind an error of the HTTP client."""
    chain = list(_chain(error))
    known = next((one for one in chain if isinstance(one, Problem)), None)
    if known is not None:
        return known
    if any(isinstance(one, httpx2.TimeoutException) for one in chain):
        return passing(too_slow(provider_name))
    if any(isinstance(one, httpx2.ConnectError) for one in chain):
        return passing(unreachable(provider_name))
    return passing(ProviderFailed(f"The connection to the provider {provider_name!r} broke.", hint="Try again."))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
