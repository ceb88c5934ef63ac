"""How often and how much: requests by person and area, sign-in attempts by account and address, streams by person."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entourage.accounts.hashes import token_hash
from entourage.accounts.identity import identity_of
from entourage.kit.errors import Problem, TooMany
from entourage.kit.problems import send_problem
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.limits import Limiter, Rate, Verdict

ADDRESS_FACTOR = 5
"""An address may be a whole office, so it gets this many times the attempts of one account."""

UNLIMITED_AREAS = frozenset({"stream"})
"""Long-lived streams are counted while they are open (`events/streams.py`), not by the minute."""

_AREAS = frozenset(
    {"agents", "approvals", "artifacts", "attachments", "auth", "admin", "chat", "events", "keys", "mcp", "memory"}
    | {
        "models",
        "plans",
        "preferences",
        "providers",
        "runs",
        "sandboxes",
        "search",
        "secrets",
        "tools",
        "usage",
        "workspaces",
    }
)


class AuthThrottle:
    """Counts attempts to sign in or register, whether they succeed or not."""

    def __init__(self, limiter: Limiter, attempts_per_minute: int) -> None:
        self._limiter = limiter
        self._by_account = Rate("account", attempts_per_minute)
        self._by_address = Rate("address", attempts_per_minute * ADDRESS_FACTOR)

    async def attempt(self, email: str, address: str) -> None:
        """Count one attempt. Raises TooMany, equally for known and unknown accounts."""
        for rate, who in ((self._by_address, address), (self._by_account, email)):
            verdict = await self._limiter.hit(rate, token_hash(who)[:32])
            if not verdict.allowed:
                raise _too_many("Too many attempts to sign in.", verdict)


class RequestLimits:
    """Requests a minute per person (per address without one) and area of the API."""

    def __init__(self, limiter: Limiter, settings: Settings) -> None:
        self._limiter = limiter
        self._amount = settings.requests_per_minute

    async def hit(self, area: str, who: str) -> Verdict:
        """Count one request."""
        return await self._limiter.hit(Rate(f"requests:{area}", self._amount), who)


def area_of(path: str) -> str | None:
    """The class of a route: `/my/chat/1` and `/api/v1/chat` -> `chat`; None where nothing is counted."""
    if path.startswith("/my/"):
        area = path[4:].partition("/")[0]
    elif path.startswith("/api/v1/"):
        area = path[8:].partition("/")[0]
    else:
        return None
    if area in UNLIMITED_AREAS:
        return None
    return area if area in _AREAS else "other"


def client_address(scope: Scope) -> str:
    """The address the request came from (behind a proxy uvicorn has put the right one there)."""
    client = scope.get("client")
    return client[0] if client else "unknown"


class LimitRequests:
    """ASGI middleware: 429 over the limit, `RateLimit-*` headers on counted answers. Stands after `Authenticate`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        area = area_of(scope["path"]) if scope["type"] == "http" else None
        if area is None:
            await self._app(scope, receive, send)
            return
        identity = identity_of(scope)
        who = identity.user_id if identity else token_hash(client_address(scope))[:32]
        services: Services = scope["app"].state.services
        verdict = await services.get(RequestLimits).hit(area, who)
        if not verdict.allowed:
            problem = _too_many(f"More than {verdict.limit} requests a minute.", verdict)
            await send_problem(problem, scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in verdict.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, counted)


def _too_many(detail: str, verdict: Verdict) -> Problem:
    problem = TooMany(detail, retry_after_seconds=verdict.reset_seconds)
    problem.headers = {**problem.headers, **verdict.headers}
    return problem
