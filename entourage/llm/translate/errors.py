"""Errors in the shapes the three dialects document, whole and in the middle of a stream."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import msgspec

Dialect: TypeAlias = Literal["chat", "responses", "messages"]
"""OpenAI chat completions, OpenAI Responses, Anthropic messages."""

ErrorKind: TypeAlias = Literal[
    "invalid_request",
    "unauthorized",
    "billing",
    "forbidden",
    "not_found",
    "model_not_found",
    "too_large",
    "rate_limit",
    "overloaded",
    "timeout",
    "upstream",
    "internal",
]
"""What went wrong, in our own words; each dialect has its own."""


class Untranslatable(Exception):
    """A request asks for what the provider's dialect has no words for. `field` is its path in the caller's body."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class StreamBroken(Exception):
    """The upstream's stream was not whole: it ended early, could not be read, or told of an error itself.

    `kind` and `message` are the upstream's own words where it `told` of an error. `before` holds what had been
    translated from the same bytes and not given back yet.
    """

    def __init__(self, message: str, *, kind: ErrorKind = "upstream", told: bool = False, before: bytes = b"") -> None:
        super().__init__(message)
        self.message = message
        self.kind: ErrorKind = kind
        self.told = told
        self.before = before


UNREADABLE = (ValueError, LookupError, OverflowError)
"""What reading an answer raises that is not what it should be: broken JSON or UTF-8, deltas of what never began."""


class _Words(NamedTuple):
    messages: str
    openai: str
    code: str | None


_WORDS: dict[ErrorKind, _Words] = {
    "invalid_request": _Words("invalid_request_error", "invalid_request_error", None),
    "unauthorized": _Words("authentication_error", "invalid_request_error", "invalid_api_key"),
    "billing": _Words("billing_error", "insufficient_quota", "insufficient_quota"),
    "forbidden": _Words("permission_error", "invalid_request_error", "permission_denied"),
    "not_found": _Words("not_found_error", "invalid_request_error", "not_found"),
    "model_not_found": _Words("not_found_error", "invalid_request_error", "model_not_found"),
    "too_large": _Words("request_too_large", "invalid_request_error", "request_too_large"),
    "rate_limit": _Words("rate_limit_error", "rate_limit_error", "rate_limit_exceeded"),
    "overloaded": _Words("overloaded_error", "server_error", "overloaded"),
    "timeout": _Words("timeout_error", "server_error", "timeout"),
    "upstream": _Words("api_error", "server_error", "upstream_error"),
    "internal": _Words("api_error", "server_error", "server_error"),
}

_STATUSES: dict[int, ErrorKind] = {
    400: "invalid_request",
    401: "unauthorized",
    402: "billing",
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    429: "rate_limit",
    500: "internal",
    502: "upstream",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}


def kind_of_status(status: int) -> ErrorKind:
    """What a status says went wrong."""
    return _STATUSES.get(status, "internal" if status >= 500 else "invalid_request")


def kind_of_words(words: str) -> ErrorKind | None:
    """What an upstream meant by its `type` or `code`; None for words nobody documents."""
    return _KINDS.get(words)


_KINDS: dict[str, ErrorKind] = {
    **{words.messages: kind for kind, words in reversed(_WORDS.items())},
    **{words.code: kind for kind, words in reversed(_WORDS.items()) if words.code},
    "rate_limit_error": "rate_limit",
    "server_error": "internal",
    "server_is_overloaded": "overloaded",
    "api_error": "upstream",
}


def error_body(
    dialect: Dialect,
    status: int,
    kind: ErrorKind | None,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    request_id: str | None = None,
) -> bytes:
    """The body of a refusal. `kind` None means what `status` says. `code` and `param` are OpenAI's alone."""
    words = _WORDS[kind or kind_of_status(status)]
    if dialect == "messages":
        return msgspec.json.encode(
            {"type": "error", "error": {"type": words.messages, "message": message}, "request_id": request_id}
        )
    error = {"message": message, "type": words.openai, "param": param, "code": code or words.code}
    return msgspec.json.encode({"error": error})


def error_event(
    dialect: Dialect,
    kind: ErrorKind,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    sequence_number: int = 0,
) -> bytes:
    """The error as an event of a stream that had begun; nothing may follow it."""
    words = _WORDS[kind]
    match dialect:
        case "messages":
            body = {"type": "error", "error": {"type": words.messages, "message": message}}
            return b"event: error\ndata: " + msgspec.json.encode(body) + b"\n\n"
        case "responses":
            body = {
                "type": "error",
                "code": code or words.code or words.openai,
                "message": message,
                "param": param,
                "sequence_number": sequence_number,
            }
            return b"event: error\ndata: " + msgspec.json.encode(body) + b"\n\n"
        case "chat":
            return b"data: " + error_body("chat", 500, kind, message, code=code, param=param) + b"\n\n"
