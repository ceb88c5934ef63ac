"""Problems and failures in the caller's dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.kit.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TimedOut,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
    Upstream,
)
from entourage.llm.doors.answering import JSON
from entourage.llm.routing.names import ModelNotFound
from entourage.llm.translate.errors import Dialect, ErrorKind, error_body

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange, Header

_KINDS: tuple[tuple[type[Problem], ErrorKind], ...] = (
    (Unauthorized, "unauthorized"),
    (Forbidden, "forbidden"),
    (ModelNotFound, "model_not_found"),
    (NotFound, "not_found"),
    (TooLarge, "too_large"),
    (TooMany, "rate_limit"),
    (Invalid, "invalid_request"),
    (TimedOut, "timeout"),
    (Unavailable, "overloaded"),
    (Upstream, "upstream"),
)
_INVALID = 422
_BAD_REQUEST = 400
_PAYMENT_REQUIRED = 402
_SERVER_ERROR = 500


def kind_of(problem: Problem) -> ErrorKind:
    """What a problem is called in `translate.errors`."""
    if problem.status == _PAYMENT_REQUIRED:
        return "billing"
    for known, kind in _KINDS:
        if isinstance(problem, known):
            return kind
    return "internal" if problem.status >= _SERVER_ERROR else "invalid_request"


def refuse(exchange: Exchange, dialect: Dialect, problem: Problem, more: tuple[Header, ...] = ()) -> None:
    """Answer with a problem, as the dialect documents its errors."""
    told = f"{problem.detail} {problem.hint}" if problem.hint else problem.detail
    status = _BAD_REQUEST if problem.status == _INVALID else problem.status
    headers = [JSON, *more, *((name.lower().encode(), value.encode()) for name, value in problem.headers.items())]
    if status == Unauthorized.status:
        headers.append((b"www-authenticate", b"Bearer"))
    body = error_body(dialect, status, kind_of(problem), told, request_id=exchange.request_id)
    exchange.answer(status, headers, body)
