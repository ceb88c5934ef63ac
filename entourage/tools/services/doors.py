"""`/svc/{service}/{path}`: the hot door to services."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, cast

from entourage.accounts.identity import Identities, Identity
from entourage.accounts.standing import Standings
from entourage.accounts.strangers import Strangers
from entourage.kit.clock import now_ms
from entourage.kit.errors import BadRequest, NotFound, Problem, Unauthorized
from entourage.kit.exchange import Door, Exchange, Header
from entourage.kit.json import encode
from entourage.kit.problems import MEDIA_TYPE, MethodNotAllowed
from entourage.llm.kept import Kept
from entourage.tools.services.calling.forwarding import Forwarding
from entourage.tools.services.calling.headers import sent, told
from entourage.tools.services.calling.request import METHODS, ServiceRequest
from entourage.tools.services.calling.targets import raw_target
from entourage.tools.services.known import KnownServices
from entourage.wire.failures import WireFailed
from entourage.wire.reply import Flow, Reply

SVC = "/svc/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HIGH_WATER_BYTES = 256 * 1024
_SLOWEST_READER_SECONDS = 120.0


class ServiceDoors:
    """Finds the one door of all services."""

    def __init__(
        self,
        known: KnownServices,
        forwarding: Forwarding,
        identities: Identities,
        standings: Standings,
        strangers: Strangers,
        *,
        max_body_bytes: int,
    ) -> None:
        self._door = ServiceDoor(known, forwarding, identities, strangers, max_body_bytes)
        standings.on_forget(self._door.callers.drop)

    def find(self, _method: str, path: str) -> Door | None:
        """None when it is no path of a service."""
        return self._door if path.startswith(SVC) else None


class ServiceDoor:
    """Implements `Door`: who calls is found by token, then the call goes on to the service."""

    template = "/svc/{service}/{path}"

    def __init__(
        self,
        known: KnownServices,
        forwarding: Forwarding,
        identities: Identities,
        strangers: Strangers,
        max_body_bytes: int,
    ) -> None:
        self._known = known
        self._forwarding = forwarding
        self._strangers = strangers
        self.max_body_bytes = max_body_bytes
        self.callers: Kept[Identity] = Kept(identities.of_token)

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """One coroutine for the whole call; the caller's going away ends it."""
        return self._serve(exchange)

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """As a problem document."""
        headers = [(b"content-type", MEDIA_TYPE.encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        if problem.status == Unauthorized.status:
            headers.append((b"www-authenticate", b"Bearer"))
        exchange.answer(problem.status, headers, encode(problem.document()))

    async def _serve(self, exchange: Exchange) -> None:
        task = asyncio.current_task()
        assert task
        exchange.on_gone(cast("Any", task.cancel))
        try:
            request = await self._read(exchange)
            reply = await self._forwarding.ask(request, "pieces")
        except Problem as problem:
            self.refuse(exchange, problem)
            return
        except asyncio.CancelledError:
            if not exchange.is_gone:
                raise
            return
        await _answer(exchange, request, reply)

    async def _read(self, exchange: Exchange) -> ServiceRequest:
        """The call as the service gets it. Raises Problem."""
        method = exchange.method
        if method not in METHODS:
            raise MethodNotAllowed(f"Services are not asked with {method[:20]!r}.")
        name, slash, rest = exchange.path[len(SVC) :].partition("/")
        who = await self._caller(exchange, method)
        if not name or not slash:
            raise NotFound("The address of a call is /svc/SERVICE/PATH.")
        service = await self._known.named(who.user_id, name)
        target = raw_target(service.base_path, slash + rest, exchange.query)
        lines = sent(exchange.headers, service, exchange.request_id)
        return ServiceRequest(service, who, method, slash + rest, target, lines, exchange.body)

    async def _caller(self, exchange: Exchange, method: str) -> Identity:
        token = _token(exchange.headers)
        who = self.callers.known(token)
        if who is None or (who.expires_at is not None and who.expires_at <= now_ms()):
            self._strangers.check(exchange.client)
            try:
                who = await self.callers.of(token)
            except Unauthorized:
                self._strangers.note(exchange.client)
                raise
        who.require("read" if method in _SAFE else "write")
        return who


async def _answer(exchange: Exchange, request: ServiceRequest, reply: Reply) -> None:
    headers = told(reply.headers, request.service)
    if reply.stream is None:
        exchange.answer(reply.status, headers, reply.body or b"")
        return
    if request.method == "HEAD":
        reply.stream.abort()
        exchange.answer(reply.status, headers, b"")
        return
    exchange.begin(reply.status, headers)
    try:
        await _flow(exchange, reply.stream)
    except (WireFailed, TimeoutError):
        exchange.cut()
    except asyncio.CancelledError:
        reply.stream.abort()
        if not exchange.is_gone:
            raise
    else:
        exchange.end()


async def _flow(exchange: Exchange, stream: Flow) -> None:
    """Hand pieces on as they come, no faster than they are taken."""

    def take(data: bytes) -> None:
        exchange.write(data)
        if exchange.waiting_bytes > _HIGH_WATER_BYTES:
            stream.pause()

    stream.began()
    while not await stream.flow(take):
        try:
            async with asyncio.timeout(_SLOWEST_READER_SECONDS):
                await exchange.drained()
        except TimeoutError:
            stream.abort()
            raise


def _token(headers: Sequence[Header]) -> str:
    """The bearer token. Raises Unauthorized without one, BadRequest for two."""
    given = [value for name, value in headers if name == b"authorization"]
    if len(given) > 1:
        raise BadRequest("There are several Authorization headers.")
    scheme, _, token = (given[0] if given else b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("There is no token.", hint="Send `Authorization: Bearer <access token or API key>`.")
    return token.strip()
