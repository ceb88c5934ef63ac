"""Who is calling: from a token to an `Identity`, for routes, WebSockets and middlewares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, cast

import msgspec
from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from entourage.accounts.standing import Standings
from entourage.accounts.tokens import AccessTokens
from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.kit.services import Services
from entourage.kit.tracing import bind

SCOPES = ("read", "write", "ingest", "admin")
"""What a key may be good for. A key for everything a person does has `read` and `write`."""

KEY_MARK = "ent_"
VIRTUAL_KEY_MARK = f"{KEY_MARK}vk_"
"""How keys begin that are good for the AI gateway only; they are no `Identity`."""
BUNDLE_TOKEN_MARK = f"{KEY_MARK}mcp_"
"""How tokens begin that open one virtual MCP server only; they are no `Identity` either."""
SUBPROTOCOL_MARK = "bearer."
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Identity(msgspec.Struct, frozen=True):
    """A person, and what this token of theirs is good for. `roles` maps workspace id to owner, editor or viewer.

    `expires_at` (epoch ms) is None for keys that do not expire; `sign_in_id` and `key_id` tell the kind of token.
    """

    user_id: str
    scopes: frozenset[str]
    is_admin: bool = False
    roles: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    sign_in_id: str | None = None
    key_id: str | None = None
    expires_at: int | None = None
    app: str | None = None
    """The application that an ingest key is for."""

    @property
    def prefix(self) -> str:
        """What stands before a person's keys in caches and blobs."""
        return f"{self.user_id}/"

    @property
    def db_filter(self) -> dict[str, str]:
        """The filter of a person's rows, for `filter_by(**...)`; stores opened with `user_id` apply it themselves."""
        return {"owner_id": self.user_id}

    def require(self, scope: str) -> None:
        """Raises Forbidden unless the token is good for `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This key does not have the scope {scope!r}.", hint="Make a key that has it.")


class Identities:
    """Reads tokens. What a person may do is looked up once in a while and at once after a change."""

    def __init__(self, tokens: AccessTokens, standings: Standings) -> None:
        self._tokens = tokens
        self._standings = standings

    async def of_token(self, token: str) -> Identity:
        """The identity behind an access token or a key. Raises Unauthorized."""
        if token.startswith(VIRTUAL_KEY_MARK):
            raise Unauthorized("This key is good for the AI gateway only.", hint="Make a personal key for all else.")
        if token.startswith(BUNDLE_TOKEN_MARK):
            raise Unauthorized("This token opens a virtual MCP server only.", hint="Make a personal key for all else.")
        if token.startswith(KEY_MARK):
            return await self._of_key(token)
        claims = await self._tokens.read(token)
        person = await self._standings.of_person(claims.user_id)
        ended = person is None or not person.is_active or person.token_version != claims.token_version
        if person is None or ended or claims.sign_in_id in person.ended_sign_ins:
            raise Unauthorized("This sign-in has ended.", hint="Sign in again.")
        return Identity(
            user_id=claims.user_id,
            scopes=frozenset(SCOPES) if person.is_admin else frozenset(SCOPES) - {"admin"},
            is_admin=person.is_admin,
            roles=person.roles,
            sign_in_id=claims.sign_in_id,
            expires_at=claims.expires_at,
        )

    async def _of_key(self, token: str) -> Identity:
        key = await self._standings.of_key(token)
        person = await self._standings.of_person(key.owner_id) if key else None
        if key is None or person is None or not person.is_active:
            raise Unauthorized("The API key is unknown, expired or revoked.", hint="Make a new key.")
        return Identity(
            user_id=key.owner_id,
            scopes=frozenset(key.scopes) if person.is_admin else frozenset(key.scopes) - {"admin"},
            is_admin=person.is_admin and "admin" in key.scopes,
            roles=person.roles,
            key_id=key.id,
            expires_at=key.expires_at,
            app=key.app,
        )

    async def of_socket(self, websocket: WebSocket) -> Identity:
        """The identity behind the subprotocol `bearer.<token>` or the Authorization header. Raises Unauthorized.

        Close with 4401 then; else accept with the subprotocol of the application, never with the one of the token.
        """
        for name in cast("list[str]", websocket.scope.get("subprotocols", [])):
            if name.startswith(SUBPROTOCOL_MARK):
                return await self._reading(name.removeprefix(SUBPROTOCOL_MARK))
        token = bearer_token(websocket.headers)
        if token is None:
            raise _no_token()
        return await self._reading(token)

    async def still(self, connection: HTTPConnection) -> bool:
        """Whether the token that a long connection was opened with is still good."""
        offered = cast("list[str]", connection.scope.get("subprotocols", []))
        marked = (name.removeprefix(SUBPROTOCOL_MARK) for name in offered if name.startswith(SUBPROTOCOL_MARK))
        try:
            await self._reading(next(marked, None) or bearer_token(connection.headers) or "")
        except Problem:
            return False
        return True

    async def _reading(self, token: str) -> Identity:
        identity = await self.of_token(token)
        identity.require("read")
        return identity


def bearer_token(headers: Headers) -> str | None:
    """The token of `Authorization: Bearer ...`, None without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _no_token() -> Unauthorized:
    return Unauthorized("There is no token.", hint="Send `Authorization: Bearer <access token or API key>`.")


class Authenticate:
    """ASGI middleware: leaves `identity`, `user_id`, `user_prefix` and `db_filter` in the state of the request.

    It refuses nobody: a route that wants a person asks for `CurrentUser`, which tells what was wrong with the token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (token := bearer_token(Headers(scope=scope))):
            await _remember(token, scope)
        await self._app(scope, receive, send)


async def _remember(token: str, scope: Scope) -> None:
    state: dict[str, Any] = scope.setdefault("state", {})
    services: Services = scope["app"].state.services
    try:
        identity = await services.get(Identities).of_token(token)
    except Problem as refusal:
        state["refusal"] = refusal
        return
    state["identity"] = identity
    state["user_id"] = identity.user_id
    bind(user_id=identity.user_id)
    state["user_prefix"] = identity.prefix
    state["db_filter"] = identity.db_filter


def identity_of(scope: Scope) -> Identity | None:
    """The identity that `Authenticate` found, for other middlewares."""
    return scope.get("state", {}).get("identity")


class _Bearer(SecurityBase):
    """The dependency behind `CurrentUser`: documents the scheme and gives the identity. Raises Unauthorized."""

    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT or API key")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection) -> Identity:
        identity = identity_of(connection.scope)
        if identity is None:
            raise connection.scope.get("state", {}).get("refusal") or _no_token()
        return identity


_AnyToken = Annotated[Identity, Depends(_Bearer())]


async def _current_user(connection: HTTPConnection, identity: _AnyToken) -> Identity:
    identity.require("read" if connection.scope.get("method", "GET") in _SAFE_METHODS else "write")
    return identity


CurrentUser = Annotated[Identity, Depends(_current_user)]
"""The caller. A key must have `read` for GET and HEAD, `write` for all else. 401 without a person."""


async def _signed_in(identity: CurrentUser) -> Identity:
    if identity.key_id is not None:
        raise Forbidden("An API key may not do this.", hint="Sign in with your password.")
    return identity


SignedIn = Annotated[Identity, Depends(_signed_in)]
"""The caller, signed in with a password: for what a stolen key must not do (keys, passwords)."""


async def _admin(identity: CurrentUser) -> Identity:
    if not identity.is_admin:
        raise Forbidden("Only an admin may do this.")
    return identity


AdminUser = Annotated[Identity, Depends(_admin)]
"""The caller, who is an admin; a key needs the scope `admin`."""


def require_scope(scope: str) -> Callable[..., Awaitable[Identity]]:
    """For `Depends`: the caller when the token has this scope alone, e.g. `Depends(require_scope("ingest"))`."""

    async def check(identity: _AnyToken) -> Identity:
        identity.require(scope)
        return identity

    return check
