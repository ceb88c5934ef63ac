"""What went wrong at a provider, as a problem a person can act on."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, cast

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


def problem_of_answer(status: int, body: bytes, provider_name: str) -> Problem:
    """The problem behind a refusal in any dialect."""
    told = _decoded(body)
    return _of_status(status, provider_name, _message(told), str(told), 1.0)


def broken_off(provider_name: str, told: str = "") -> Problem:
    """The answer ended before its end. `told` are the provider's own words."""
    said = f": {_clean(told)}" if told else " before its end"
    return passing(ProviderFailed(f"The answer of the provider {provider_name!r} broke off{said}.", hint="Try again."))


def said_nothing(model: str) -> Problem:
    """An answer without a word or a call."""
    return passing(ProviderFailed(f"The model {model!r} said nothing.", hint="Try again, or choose another model."))


def unreadable(provider_name: str) -> Problem:
    """The answer is none."""
    told = f"The provider {provider_name!r} sent an answer that cannot be read."
    return passing(ProviderFailed(told, hint="Try again."))


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
            problem = unreachable(provider_name)
        case TookTooLong():
            problem = too_slow(provider_name)
        case _ if failed.kind == "timeout":
            problem = too_slow(provider_name)
        case _ if failed.kind == "overloaded":
            retry = failed.retry_after
            problem = ProviderOverloaded(failed.message, hint=f"Try again in {math.ceil(retry)} s." if retry else None)
        case _:
            problem = ProviderFailed(failed.message, hint="Try again.")
    return passing(problem) if failed.is_passing else problem


def unreachable(name: str) -> Problem:
    """Nobody answers there."""
    return ProviderFailed(
        f"The provider {name!r} cannot be reached.", hint="Check its base URL under Models, and that it is running."
    )


def too_slow(name: str) -> Problem:
    """No answer in time."""
    return ProviderTooSlow(f"The provider {name!r} did not answer in time.", hint="Try again in a minute.")


def passing(problem: Problem) -> Problem:
    """The same request may succeed a little later."""
    problem.passing = True
    return problem


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
        return passing(ProviderLimited(detail, retry_after_seconds=retry_after))
    elif status < 500:
        hint = _HINTS.get(status, "The model may not support what was asked; another model may.")
    else:
        hint = _HINTS.get(status, "Try again in a minute, or choose another model.")
    problem = _KINDS.get(status, ProviderFailed)(detail, hint=hint)
    return passing(problem) if status >= 500 or status == 408 else problem


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
    return _clean(body) if isinstance(body, str) else ""


def _clean(text: str) -> str:
    return _LOOKS_LIKE_KEY.sub("(key)", " ".join(text.split()))[:_LONGEST_MESSAGE].rstrip(".")
