"""Trying a call: limits of the person first, then the service's breaker, then tries as its method allows."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter
from typing import Protocol

from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, Problem, TimedOut, TooMany, Unavailable, Upstream
from entourage.tools.path.breaker import Breaker, Breakers
from entourage.tools.path.quotas import DAY_MS, Quotas
from entourage.tools.path.trail import Trail
from entourage.tools.services.calling.pace import Paces
from entourage.tools.services.calling.request import ServiceRequest
from entourage.wire.client import Wire
from entourage.wire.failures import AddressRefused, CannotConnect, TookTooLong, WireFailed
from entourage.wire.reply import Reply, Wants

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_PASSING = frozenset({502, 503, 504})
"""Answers after which the same call may well succeed."""

_FIRST_ERROR = 500


class Inside(Protocol):
    """What answers for the server's own APIs."""

    async def ask(self, request: ServiceRequest) -> Reply:
        """A whole answer."""
        ...


class Forwarding:
    """Calls services for people. Its answers are `Reply`s, whole or as they come."""

    def __init__(self, wire: Wire, inside: Inside, breakers: Breakers, quotas: Quotas, trail: Trail) -> None:
        self._wire = wire
        self._inside = inside
        self._breakers = breakers
        self._quotas = quotas
        self._trail = trail
        self._paces = Paces()

    def breaker(self, service_id: str) -> Breaker:
        """That of a service: one for everybody, for it is the service that fails."""
        return self._breakers.of("", f"service:{service_id}")

    def forget(self, service_id: str) -> None:
        """A service was changed: its failures were another's."""
        self._breakers.forget("", f"service:{service_id}")

    async def ask(self, request: ServiceRequest, wants: Wants = "whole", *, retries: int | None = None) -> Reply:
        """The service's answer, whatever its status. `retries` in place of the service's own.

        Raises TooMany, Forbidden, Unavailable (open breaker), Upstream, TimedOut.
        """
        await self._admit(request)
        started = perf_counter()
        failed = True
        try:
            reply = await self._tried(request, wants, request.service.retries if retries is None else retries)
            failed = reply.status >= _FIRST_ERROR
            return reply
        finally:
            self._count(request, perf_counter() - started, failed=failed)

    def _count(self, request: ServiceRequest, seconds: float, *, failed: bool) -> None:
        self._trail.count(
            request.who.user_id,
            request.service.counted_as,
            "service",
            failed=failed,
            cached=False,
            duration_ms=round(seconds * 1000),
        )

    async def _admit(self, request: ServiceRequest) -> None:
        service, owner_id = request.service, request.who.user_id
        if not service.may(request.method, request.path):
            raise Forbidden(f"The service {service.name} does not let {request.method} {request.path[:200]} through.")
        if service.rps is not None:
            self._paces.take(owner_id, service.id, service.rps)
        per_day = service.quota_per_day
        if per_day is not None and not await self._quotas.take(owner_id, service.id, per_day):
            midnight = DAY_MS - now_ms() % DAY_MS
            raise TooMany(f"The quota of {per_day} calls a day is used up.", retry_after_seconds=midnight / 1000)

    async def _tried(self, request: ServiceRequest, wants: Wants, retries: int) -> Reply:
        tries = 1 + (retries if request.is_repeatable else 0)
        while True:
            tries -= 1
            try:
                reply = await self._once(request, wants)
            except (Upstream, TimedOut):
                if not tries:
                    raise
            else:
                if reply.status not in _PASSING or not tries:
                    return reply
                if reply.stream:
                    reply.stream.abort()
            await asyncio.sleep(_pause(retries - tries))

    async def _once(self, request: ServiceRequest, wants: Wants) -> Reply:
        breaker = self.breaker(request.service.id)
        if not breaker.allows():
            seconds = max(1, round(breaker.opens_in))
            raise Unavailable(
                f"The service {request.service.name} does not answer: it failed again and again.",
                hint=f"Try again in {seconds} s.",
            )
        started = perf_counter()
        try:
            reply = await self._sent(request, wants)
        except Problem as problem:
            breaker.failed(problem.detail)
            raise
        except BaseException:
            breaker.abandoned()
            raise
        if reply.status in _PASSING:
            breaker.failed(f"It answered with {reply.status}.")
        else:
            breaker.succeeded(round((perf_counter() - started) * 1000))
        return reply

    async def _sent(self, request: ServiceRequest, wants: Wants) -> Reply:
        service = request.service
        try:
            async with asyncio.timeout(service.timeout_seconds):
                if service.origin is None:
                    return await self._inside.ask(request)
                return await self._wire.ask(service.origin, request.bytes(), wants, may_repeat=request.is_repeatable)
        except (TimeoutError, TookTooLong):
            raise TimedOut(f"The service {service.name} took longer than {service.timeout_seconds:g} s.") from None
        except AddressRefused as error:
            raise Forbidden(str(error)) from None
        except CannotConnect:
            raise Upstream(f"The service {service.name} cannot be reached.") from None
        except WireFailed as error:
            raise Upstream(f"The service {service.name} gave no whole answer: {error}.") from None


def _pause(failures: int) -> float:
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** (failures - 1))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 (spread, so that not all come back at once)
