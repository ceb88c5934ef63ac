"""What went wrong at a provider, as a problem a person can act on."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn, cast

import httpx2

from entourage.kit.errors import Forbidden, Problem, TimedOut, TooMany, Unavailable, Upstream
from entourage.wire.failures import AddressRefused, CannotConnect, TookTooLong

if TYPE_CHECKING:
    from entourage.llm.routing.failure import Failed

_LONGEST_MESSAGE = 300
_LOOKS_LIKE_KEY = re.compile(r"\b(?:sk|key|pk|xai|gsk|AIza)[-_][\w*.-]{6,}", re.IGNORECASE)
_NO_CREDIT = re.compile(r"insufficient_quota|billing|credit balance|payment", re.IGNORECASE)
_OVERLOADED = 529
_FIRST_ERROR = 400


class ProviderFailed(Upstream):
    """The provider refused or broke off."""

    title = "The model provider failed"


class ProviderLimited(TooMany):
    """The provider wants fewer requests."""

    title = "The model provider has too many requests"


class ProviderOverloaded(Unavailable):
    """The provider is overloaded."""

    title = "The model provider is overloaded"


class ProviderTooSlow(TimedOut):
    """The provider did not answer in time."""

    title = "The model provider took too long"


def raise_explained(error: Exception, provider_name: str) -> NoReturn:
    """Raises the problem behind `error`, or `error` itself when no provider is behind it."""
    problem = problem_of(error, provider_name)
    if problem is None or problem is error:
        raise error
    raise problem from error


def problem_of(error: BaseException, provider_name: str) -> Problem | None:
    """The problem behind an error of pydantic-ai, an SDK or the HTTP client; None for any other error."""
    chain = list(_chain(error))
    known = next((one for one in chain if isinstance(one, Problem)), None)
    if known is not None:
        return known
    status = next((found for one in chain if (found := _status(one)) is not None), None)
    if status is not None:
        return _of_status(status, provider_name, _message(_body(chain)), _text(chain), _retry_after(chain))
    return _of_connection(error, chain, provider_name)


def problem_of_failed(failed: Failed, provider_name: str) -> Problem:
    """The problem behind an attempt of the gateway that came to nothing."""
    if (reply := failed.reply) is not None and reply.status >= _FIRST_ERROR:
        body = _decoded(reply.body or b"")
        return _of_status(reply.status, provider_name, _message(body), str(body), failed.retry_after or 1.0)
    problem: Problem
    match failed.__cause__:
        case AddressRefused():
            return Forbidden(failed.message)
        case CannotConnect():
            problem = _unreachable(provider_name)
        case TookTooLong():
            problem = _too_slow(provider_name)
        case _ if failed.kind == "overloaded":
            retry = failed.retry_after
            problem = ProviderOverloaded(failed.message, hint=f"Try again in {math.ceil(retry)} s." if retry else None)
        case _:
            problem = ProviderFailed(failed.message, hint="Try again.")
    return _passing(problem) if failed.is_passing else problem


def _unreachable(name: str) -> Problem:
    return ProviderFailed(
        f"The provider {name!r} cannot be reached.", hint="Check its base URL under Models, and that it is running."
    )


def _too_slow(name: str) -> Problem:
    return ProviderTooSlow(f"The provider {name!r} did not answer in time.", hint="Try again in a minute.")


def _of_connection(error: BaseException, chain: list[BaseException], name: str) -> Problem | None:
    problem: Problem | None = None
    if any(isinstance(one, httpx2.TimeoutException) for one in chain):
        problem = _too_slow(name)
    elif any(isinstance(one, httpx2.ConnectError) for one in chain):
        problem = _unreachable(name)
    elif _is_model_error(error, "ModelAPIError") or any(map(_is_sdk_error, chain)):
        told = _message(chain)
        problem = ProviderFailed(
            f"The connection to the provider {name!r} broke{': ' + told if told else ''}.", hint="Try again."
        )
    elif _is_model_error(error, "UnexpectedModelBehavior") or isinstance(error, json.JSONDecodeError):
        problem = ProviderFailed(f"The provider {name!r} sent an answer that cannot be read.", hint="Try again.")
    return problem and _passing(problem)


def _passing(problem: Problem) -> Problem:
    """The same request may succeed a little later."""
    problem.passing = True
    return problem


def _is_model_error(error: BaseException, name: str) -> bool:
    """Whether pydantic-ai raised it; where pydantic-ai is not imported, it did not."""
    exceptions = sys.modules.get("pydantic_ai.exceptions")
    return exceptions is not None and isinstance(error, getattr(exceptions, name))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_sdk_error(error: BaseException | None) -> bool:
    return error is not None and type(error).__module__.partition(".")[0] in {
        "openai",
        "anthropic",
        "httpx2",
        "httpcore2",
    }


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    told_by_provider = _is_model_error(error, "ModelHTTPError") or _is_sdk_error(error)
    return status if told_by_provider and isinstance(status, int) else None


_HINTS: dict[int, str] = {
    404: "The model or the base URL may be wrong; test the provider under Models.",
    408: "Try again in a minute.",
    503: "The provider is overloaded. Try again in a minute, or choose another model.",
    504: "Try again in a minute.",
    _OVERLOADED: "The provider is overloaded. Try again in a minute, or choose another model.",
}
_KINDS: dict[int, type[Problem]] = {
    408: ProviderTooSlow,
    503: ProviderOverloaded,
    504: ProviderTooSlow,
    _OVERLOADED: ProviderOverloaded,
}


def _of_status(status: int, name: str, told: str, text: str, retry_after: float) -> Problem:
    detail = f"The provider {name!r} answered {status}{': ' + told if told else ''}."
    if status in {401, 403}:
        detail, hint = f"The provider {name!r} refused the key ({status}).", "Put in the right API key under Models."
    elif status == 402 or (status in {400, 429} and _NO_CREDIT.search(text)):
        hint = "The account at the provider has no credit left; check its billing."
    elif status == 429:
        return _passing(ProviderLimited(detail, retry_after_seconds=retry_after))
    elif status < 500:
        hint = _HINTS.get(status, "The model may not support what was asked; another model may.")
    else:
        hint = _HINTS.get(status, "Try again in a minute, or choose another model.")
    problem = _KINDS.get(status, ProviderFailed)(detail, hint=hint)
    return _passing(problem) if status >= 500 or status == 408 else problem


def _body(chain: list[BaseException]) -> object:
    return next((body for one in chain if (body := getattr(one, "body", None)) is not None), None)


def _text(chain: list[BaseException]) -> str:
    return str(_body(chain))


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _message(body: object) -> str:
    """The provider's own words, without anything that looks like a key."""
    while isinstance(body, dict):
        fields = cast("dict[str, object]", body)
        body = fields.get("message") or fields.get("error") or fields.get("detail")
    text = body if isinstance(body, str) else ""
    return _LOOKS_LIKE_KEY.sub("(key)", " ".join(text.split()))[:_LONGEST_MESSAGE].rstrip(".")


def _retry_after(chain: list[BaseException]) -> float:
    for one in chain:
        headers = getattr(one, "headers", None) or getattr(getattr(one, "response", None), "headers", None)
        try:
            return float(cast("dict[str, str]", headers or {}).get("retry-after") or "")
        except ValueError:
            continue
    return 1.0
