"""Our problems in E2B's words: the control API and `/files` have `{code, message}`, Connect has named codes."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

from entourage.kit.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    QuotaExceeded,
    TimedOut,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
    Upstream,
)

GONE_STATUS = 502
INVALID_STATUS = 400


class Gone(Problem):
    """The sandbox is not there any more; the SDKs know it by these words."""

    status, slug, title = GONE_STATUS, "sandbox-gone", "The sandbox was not found"

    def __init__(self, sandbox_id: str) -> None:
        super().__init__(f"The sandbox {sandbox_id[:100]!r} was not found")


class NoSuchMethod(Problem):
    status, slug, title = 501, "unimplemented", "This is not implemented"


_CODES: Mapping[type[Problem], str] = {
    Gone: "unavailable",
    NoSuchMethod: "unimplemented",
    NotFound: "not_found",
    Invalid: "invalid_argument",
    BadRequest: "invalid_argument",
    UnsupportedMedia: "invalid_argument",
    Unauthorized: "unauthenticated",
    Forbidden: "permission_denied",
    Conflict: "failed_precondition",
    TooMany: "resource_exhausted",
    TooLarge: "resource_exhausted",
    QuotaExceeded: "resource_exhausted",
    Unavailable: "unavailable",
    Upstream: "unavailable",
    TimedOut: "deadline_exceeded",
}
_STATUSES: Mapping[str, int] = {
    "not_found": 404,
    "invalid_argument": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "already_exists": 409,
    "failed_precondition": 400,
    "resource_exhausted": 429,
    "unavailable": 503,
    "unimplemented": 501,
    "deadline_exceeded": 504,
}


def message_of(problem: Problem) -> str:
    """What is told of a problem."""
    return f"{problem.detail} {problem.hint}" if problem.hint else problem.detail


def code_of(problem: Problem) -> str:
    """Connect's name of its kind."""
    found = getattr(problem, "connect_code", None) or _CODES.get(type(problem))
    return found if isinstance(found, str) else "internal"


def refusal(problem: Problem) -> JSONResponse:
    """The answer of the control API, of `/files` and of the interpreter."""
    status = INVALID_STATUS if isinstance(problem, Invalid) else problem.status
    body = {"code": status, "message": message_of(problem)}
    return JSONResponse(body, status, headers=problem.headers)


def connect_refusal(problem: Problem) -> JSONResponse:
    """The answer of a Connect call that is not a stream."""
    code = code_of(problem)
    return JSONResponse({"code": code, "message": message_of(problem)}, _STATUSES.get(code, 500))
