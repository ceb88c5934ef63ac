"""Where live content (web pages, interactive results) is shown: at another origin than the application.

By `ENTOURAGE_CONTENT_ORIGIN`, another name that leads to this server. Without it the two names of this machine are each
other's: a page at 127.0.0.1 shows live content from localhost and the other way round, which browsers hold to be
different sites. Anywhere else the sandbox of the answer's policy, an origin that is nobody's, must do alone.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from entourage.artifacts.links import PATH
from entourage.kit.errors import NotFound
from entourage.kit.problems import send_problem

_LOCAL: Final = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}

LIVE_CSP: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'{evaluating}; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; connect-src 'none'; frame-src 'none'; "
    "worker-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)
"""What live content may do: run its own script in an origin of nobody, draw, and reach nothing."""

LIVE_CONNECTIONS: Final = "()"
"""`Connection-Allowlist` of live content: none at all. It covers what no directive of a policy does: WebRTC."""

STILL_CSP: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""What any other content may do where a browser shows it by itself."""


class ContentOrigin:
    """Knows the origin of live content for whoever is at some host."""

    def __init__(self, content_origin: str | None, base_url: str) -> None:
        self._given = content_origin.rstrip("/") if content_origin else None
        self._given_host = urlsplit(self._given).netloc.lower() if self._given else None
        self._base = urlsplit(base_url)

    def of(self, headers: Headers, scheme: str) -> str | None:
        """The other origin for a page at the host of this request; None where there is none."""
        if self._given:
            return self._given
        name, colon, port = headers.get("host", "").lower().partition(":")
        twin = _LOCAL.get(name)
        return f"{scheme}://{twin}{colon}{port}" if twin else None

    def is_content_host(self, headers: Headers) -> bool:
        """Whether the request came to the host that is for content alone."""
        return self._given_host is not None and headers.get("host", "").lower() == self._given_host

    def elsewhere(self, headers: Headers, scheme: str) -> str | None:
        """Where live content must be asked for instead, None when here is right."""
        if self._given_host is not None:
            return None if self.is_content_host(headers) else self._given
        return self.of(headers, scheme) if headers.get("sec-fetch-site") == "same-origin" else None

    def live_csp(self, headers: Headers, scheme: str, *, may_evaluate: bool) -> str:
        """The policy of live content in an answer to this request."""
        pages = {"'self'", f"{self._base.scheme}://{self._base.netloc}"}
        other = self.of(headers, scheme) if self._given is None else None
        ancestors = " ".join(sorted(pages | ({other} if other else set())))
        evaluating = " 'unsafe-eval' 'wasm-unsafe-eval'" if may_evaluate else ""
        return LIVE_CSP.format(evaluating=evaluating, ancestors=ancestors)


class OnlyContent:
    """ASGI middleware: at the host of content there is content, and nothing of the application."""

    def __init__(self, app: ASGIApp, origin: ContentOrigin) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self._origin.is_content_host(Headers(scope=scope)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            if not scope["path"].startswith(f"{PATH}/"):
                await send_problem(NotFound("There is only content at this address."), scope, receive, send)
                return
        await self._app(scope, receive, send)
