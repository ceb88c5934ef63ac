"""What stands around every route: problems, security headers, request ids, timing, traces, CORS.

The middlewares are plain ASGI callables and let WebSockets and streams through untouched.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, cast

import structlog
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entourage.kit.body_guard import BodyGuard
from entourage.kit.errors import Problem
from entourage.kit.ids import new_id
from entourage.kit.problems import install_problems, problem_response, problems, send_problem, wrong_method
from entourage.kit.tracing import Answered, bind, current, new_span_id, new_trace_id, parse_traceparent

if TYPE_CHECKING:
    from fastapi import FastAPI

    from entourage.kit.telemetry import Telemetry
    from entourage.settings import Settings

__all__ = [
    "BodyGuard",
    "LastResort",
    "ProcessTime",
    "SecurityHeaders",
    "guard_bodies",
    "install_problems",
    "problem_response",
    "problems",
    "route_template",
    "send_problem",
    "surround",
    "wrong_method",
]

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self' ws: wss:; frame-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_CSP = "default-src 'none'; frame-ancestors 'none'"

EXPOSED_HEADERS = (
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Process-Time",
    "X-Request-Id",
)

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ACCESS_LEVELS = {"off": None, "debug": logging.DEBUG, "info": logging.INFO}

logger = logging.getLogger(__name__)
access = structlog.get_logger("entourage.access")
access_lines = logging.getLogger("entourage.access")


class SecurityHeaders:
    """Headers that keep a browser from sniffing, framing, leaking referrers or running foreign scripts.

    A header that the route set itself stays as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, secured)


def _secure(headers: MutableHeaders) -> None:
    kind = headers.get("content-type", "")
    headers.setdefault("x-content-type-options", "nosniff")
    headers.setdefault("referrer-policy", "no-referrer")
    headers.setdefault("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()")
    headers.setdefault("cross-origin-opener-policy", "same-origin")
    headers.setdefault("content-security-policy", PAGE_CSP if kind.startswith("text/html") else DATA_CSP)
    if kind.startswith("application/json"):
        headers.setdefault("cache-control", "private, no-cache" if "etag" in headers else "no-store")


class ProcessTime:
    """`x-process-time` (seconds until the answer began) and `x-request-id` (the caller's when it is a plain one).

    Each request gets a trace of its own, or goes on with the caller's `traceparent`. What it took is told to the
    `telemetry`, under the template of its route, and with an `access_level` to the log.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry | None = None, access_level: int | None = None) -> None:
        self._app = app
        self._telemetry = telemetry
        self._access_level = access_level

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        caller = parse_traceparent(_header(scope, b"traceparent"))
        bind(trace_id=caller[0] if caller else new_trace_id(), span_id=new_span_id())
        if self._telemetry and self._telemetry.on_ask:
            self._telemetry.on_ask(current())

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started
                headers = MutableHeaders(scope=message)
                headers["x-process-time"] = f"{seconds:.6f}"
                headers["x-request-id"] = request_id
                self._tell(scope, message["status"], seconds, caller[1] if caller else None)
            await send(message)

        await self._app(scope, receive, timed)

    def _tell(self, scope: Scope, status: int, seconds: float, caller_span: str | None) -> None:
        route = route_template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        user_id: str | None = scope["state"].get("user_id")
        if self._telemetry:
            self._telemetry.http(method, route, status, seconds)
            if user_id:
                self._telemetry.users.see(user_id)
            if self._telemetry.on_answer:
                self._telemetry.on_answer(Answered(current(), caller_span, method, route, status, seconds))
        if self._access_level is not None and access_lines.isEnabledFor(self._access_level):
            params = cast("dict[str, str]", scope.get("path_params") or {})
            access.log(
                self._access_level,
                "request",
                method=method,
                route=route,
                status=status,
                latency_ms=round(seconds * 1000, 2),
                user_id=user_id,
                session_id=params.get("chat_id") or params.get("session_id"),
                request_id=scope["state"]["request_id"],
            )


def route_template(scope: Scope) -> str:
    """`/my/chat/{chat_id}` of the route that took the request; `unmatched` when none did. Never the path itself."""
    route = scope.get("route")
    return scope.get("route_template") or getattr(route, "path_format", None) or getattr(route, "path", "unmatched")


def _header(scope: Scope, wanted: bytes) -> bytes | None:
    return next((value for name, value in scope["headers"] if name == wanted), None)


def _request_id(scope: Scope) -> str:
    given = (_header(scope, b"x-request-id") or b"").decode("latin-1")
    return given if _REQUEST_ID.match(given) else new_id()


class LastResort:
    """Turns what nobody caught into a 500 that tells an id and nothing else; the log has the rest under that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering = False

        async def watched(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if answering:
                raise
            await send_problem(_told(error, scope), scope, receive, send)


def _told(error: Exception, scope: Scope) -> Problem:
    if isinstance(error, Problem):
        return error
    request_id = scope.get("state", {}).get("request_id") or new_id()
    logger.error("request %s %s %s failed", request_id, scope["method"], scope["path"], exc_info=error)
    return Problem("The server failed to answer.", hint=f"Tell the operator this id: {request_id}.")


def guard_bodies(app: FastAPI, settings: Settings) -> None:
    """Add the limits on bodies; call it before `surround`, so that they stand nearer to the routes."""
    app.add_middleware(
        BodyGuard,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.max_upload_bytes,
        max_json_depth=settings.max_json_depth,
    )


def surround(app: FastAPI, settings: Settings, telemetry: Telemetry | None = None) -> None:
    """Add what stands outermost: time and id, security headers, CORS, last resort. Call it after all others."""
    app.add_middleware(LastResort)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Prefer"],
            expose_headers=EXPOSED_HEADERS,
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProcessTime, telemetry=telemetry, access_level=_ACCESS_LEVELS[settings.access_log])
