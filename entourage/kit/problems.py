"""Errors on the wire: every failure of a route becomes `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from entourage.kit import json
from entourage.kit.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    OutOfRange,
    Problem,
    QuotaExceeded,
    Stale,
    TimedOut,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
    Upstream,
)
from entourage.kit.routing import all_routes

MEDIA_TYPE = "application/problem+json"
ANY_PATH = "/{path:path}"

logger = logging.getLogger(__name__)


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "This method is not taken here"


class NotAcceptable(Problem):
    status, slug, title = 406, "not-acceptable", "There is no such form of this"


class SlowBody(Problem):
    status, slug, title = 408, "slow-body", "The body did not arrive in time"


_KINDS: tuple[type[Problem], ...] = (
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    SlowBody,
    Conflict,
    Stale,
    TooLarge,
    UnsupportedMedia,
    OutOfRange,
    Invalid,
    TooMany,
    Problem,
    Upstream,
    Unavailable,
    TimedOut,
    QuotaExceeded,
)
_BY_STATUS = {kind.status: kind for kind in _KINDS}

EVERY_ROUTE = (400, 408, 413, 415, 422, 429, 500)
"""What any route may answer, whatever it does."""

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "An error (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: these statuses and those of every route. Raises KeyError for an unknown one."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _BY_STATUS[status].title, "content": content}
        for status in sorted({*statuses, *EVERY_ROUTE})
    }


def problem_response(problem: Problem) -> Response:
    """The answer that tells `problem`."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.status == Unauthorized.status:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return Response(json.encode(problem.document()), problem.status, headers, media_type=MEDIA_TYPE)


async def send_problem(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with `problem` from inside a middleware."""
    await problem_response(problem)(scope, receive, send)


def install_problems(app: FastAPI) -> None:
    """Tell every error of the routes as a problem, and describe problems in the OpenAPI document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    _document_problems(app)


async def _on_problem(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if isinstance(connection, WebSocket):
        await connection.close(4401 if isinstance(error, Unauthorized) else 1008, error.detail[:120])
    if error.status >= Problem.status:
        logger.warning("%s: %s", error.slug, error.detail)
    return problem_response(error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(invalid_request(error.errors(), request.headers.get("content-type")))


def invalid_request(errors: Sequence[Any], content_type: str | None) -> Problem:
    """The problem of a request that does not fit its route. Values are never repeated: they may be secrets."""
    whole_body = any(tuple(error["loc"]) == ("body",) and error["type"] != "missing" for error in errors)
    if whole_body and not is_json(content_type):
        return UnsupportedMedia(f"This route takes application/json, not {(content_type or 'nothing')[:80]!r}.")
    found = [
        FieldError(field=field_path(error["loc"]), message=str(error["msg"]).removeprefix("Value error, "))
        for error in errors
        if error.get("loc")
    ]
    names = ", ".join(dict.fromkeys(item["field"] for item in found))
    return Invalid(f"Not valid: {names[:300]}." if names else "", errors=found[:50] or None)


def field_path(loc: Sequence[int | str]) -> str:
    """`("body", "items", 0, "name")` -> `items.0.name`."""
    parts = loc[1:] if len(loc) > 1 and loc[0] in {"body", "query", "path", "header", "cookie"} else loc
    return ".".join(str(part)[:80] for part in parts)


def is_json(content_type: str | None) -> bool:
    """Whether a Content-Type header names JSON."""
    kind = (content_type or "").split(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _on_http(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(connection, WebSocket):
        await connection.close(1008)
    headers = dict(error.headers or {})
    if error.status_code in {204, 304} or error.status_code < 200:
        return Response(status_code=error.status_code, headers=headers)
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        return _unnamed(error.status_code, str(error.detail), headers)
    detail = f"There is nothing at {_path(connection.scope)}." if kind is NotFound else str(error.detail)
    problem = wrong_method(connection.scope) if kind is MethodNotAllowed else kind(detail)
    problem.headers = {**headers, **problem.headers}
    return problem_response(problem)


def wrong_method(scope: Scope) -> Problem:
    """405 with every method this path takes, or 404 when it takes none.

    The router itself tells the methods of one route only, and a route that answers every path hides the others.
    """
    methods = allowed_methods(scope)
    if not methods:
        return NotFound(f"There is nothing at {_path(scope)}.")
    return MethodNotAllowed(
        f"{_path(scope)} does not take {scope['method'][:20]}.", headers={"Allow": ", ".join(methods)}
    )


def _path(scope: Scope) -> str:
    return scope["path"][:200]


def allowed_methods(scope: Scope) -> list[str]:
    """Methods that some route takes at this path; a route for every path does not count."""
    routes = [route for route in scope["app"].routes if getattr(route, "path", None) != ANY_PATH]
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _unnamed(status: int, title: str, headers: dict[str, str]) -> Response:
    document = {"type": "about:blank", "title": title, "status": status, "detail": title}
    return Response(json.encode(document), status, headers, media_type=MEDIA_TYPE)


def _document_problems(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version=app.openapi_version,
                description=app.description,
                routes=all_routes(app),
            )
            document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi
