"""From checked bytes to committed events: one hook, one event, a batch of lines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import structlog

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.kit.errors import Problem
from entourage.observe.adapters import Adapter
from entourage.observe.guard import DECIDED, Decision, Guard, HookBody
from entourage.observe.hooks import read_hook
from entourage.observe.parse import MAX_BODY_BYTES, read_object
from entourage.observe.posted import Sender, app_of, posted
from entourage.observe.recorded import hook_event
from entourage.observe.refusals import Refused, too_large
from entourage.observe.sources import Sources
from entourage.stores.log.base import Appended

logger = structlog.get_logger(__name__)

MAX_LINES = 2_000
BESIDE_FROM_BYTES = 24 * 1024
"""Bodies from this size on are read in a thread, so that nothing else waits for them."""

SLICE_SECONDS = 0.004
"""How long the lines of a batch may keep the loop."""


class Taken(NamedTuple):
    """An event that is in the log."""

    id: str
    seq: int
    is_duplicate: bool


HookTold: TypeAlias = Callable[[dict[str, Any], Taken], None]
"""Called with what the agent is told, and the stored event."""


class BatchResult(NamedTuple):
    """What became of the lines."""

    accepted: int
    duplicates: int
    refused: list[dict[str, Any]]
    last_seq: int | None


class Ingest:
    """Takes what outside applications tell."""

    def __init__(self, log: EventLog, sources: Sources, guard: Guard) -> None:
        self._log = log
        self._sources = sources
        self._guard = guard

    def event(
        self, sender: Sender, body: bytes, told: Callable[[Taken], None], refused: Callable[[Problem], None]
    ) -> Coroutine[Any, Any, None] | None:
        """Store one event, then call `told`. Gives a coroutine where something must be waited for.

        Raises Refused; what goes wrong later is told by `refused`, or raised by the coroutine.
        """
        if len(body) >= BESIDE_FROM_BYTES:
            return self._event_beside(sender, body, told)
        return self._store(_read_event(sender, body), told, refused)

    async def _event_beside(self, sender: Sender, body: bytes, told: Callable[[Taken], None]) -> None:
        told(await self._stored(await asyncio.to_thread(_read_event, sender, body)))

    def hook(
        self, sender: Sender, app: str, body: bytes, told: HookTold, refused: Callable[[Problem], None]
    ) -> Coroutine[Any, Any, None] | None:
        """Store a hook, then call `told` with what the agent is told, `{}` for no opinion. Else as `event`."""
        if len(body) >= BESIDE_FROM_BYTES:
            return self._hook_beside(sender, app, body, told)
        hook, adapter = _read_hook(sender, app, body)
        if hook.kind in DECIDED:
            return self._hook_decided(sender, app, hook, adapter, told)
        return self._store(hook_event(sender.owner_id, app, hook, adapter), partial(told, {}), refused)

    async def _hook_beside(self, sender: Sender, app: str, body: bytes, told: HookTold) -> None:
        hook, adapter = await asyncio.to_thread(_read_hook, sender, app, body)
        decision = await self._decide(sender.owner_id, app, hook)
        event = await asyncio.to_thread(hook_event, sender.owner_id, app, hook, adapter, decision)
        told(adapter.answer(hook, decision) if decision else {}, await self._stored(event))

    async def _hook_decided(self, sender: Sender, app: str, hook: HookBody, adapter: Adapter, told: HookTold) -> None:
        decision = await self._decide(sender.owner_id, app, hook)
        event = hook_event(sender.owner_id, app, hook, adapter, decision)
        told(adapter.answer(hook, decision) if decision else {}, await self._stored(event))

    async def batch(self, sender: Sender, lines: Sequence[bytes]) -> BatchResult:
        """Store what can be stored of the lines, in one transaction. Raises TooMany; nothing is stored then."""
        events, refused = await _read_lines(sender, lines)
        return await self.store_all(events, refused)

    async def store_all(self, events: Sequence[NewEvent], refused: list[dict[str, Any]]) -> BatchResult:
        """Store events in one transaction. Raises TooMany."""
        places = await self._log.put(events)
        fresh = sum(place.new for place in places)
        last = max((place.seq for place in places), default=None)
        return BatchResult(fresh, len(places) - fresh, refused, last)

    async def _decide(self, owner_id: str, app: str, hook: HookBody) -> Decision | None:
        if hook.kind not in DECIDED:
            return None
        source = await self._sources.of(owner_id, app)
        if not source.is_guarded:
            return None
        try:
            return await self._guard.decide(owner_id, source, hook)
        except Exception:  # the event must not be lost for it, and an agent goes on at any error of a hook
            logger.exception("observe.guard_failed", owner_id=owner_id, source=app)
            return None

    def _store(
        self, event: NewEvent, told: Callable[[Taken], None], refused: Callable[[Problem], None]
    ) -> Coroutine[Any, Any, None] | None:
        def done(places: list[Appended], problem: Problem | None) -> None:
            if problem:
                refused(problem)
            else:
                told(Taken(event.id, places[0].seq, not places[0].new))

        if self._log.offer((event,), done):
            return None
        return self._store_later(event, told)

    async def _store_later(self, event: NewEvent, told: Callable[[Taken], None]) -> None:
        told(await self._stored(event))

    async def _stored(self, event: NewEvent) -> Taken:
        place: Appended
        (place,) = await self._log.put((event,))
        return Taken(event.id, place.seq, not place.new)


def _read_event(sender: Sender, body: bytes) -> NewEvent:
    return posted(sender, read_object(body))


def _read_hook(sender: Sender, app: str, body: bytes) -> tuple[HookBody, Adapter]:
    return read_hook(sender.owner_id, app_of(sender, app), read_object(body))


async def _read_lines(sender: Sender, lines: Sequence[bytes]) -> tuple[list[NewEvent], list[dict[str, Any]]]:
    events: list[NewEvent] = []
    refused: list[dict[str, Any]] = []
    until = time.perf_counter() + SLICE_SECONDS
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            small = len(line) < BESIDE_FROM_BYTES
            events.append(_read_event(sender, line) if small else await _read_large(sender, line))
        except Problem as problem:
            refused.append(_refused_line(number, problem))
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE_SECONDS
    return events, refused


async def _read_large(sender: Sender, line: bytes) -> NewEvent:
    if len(line) > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    return await asyncio.to_thread(_read_event, sender, line)


def _refused_line(number: int, problem: Problem) -> dict[str, Any]:
    told: dict[str, Any] = {"line": number, "code": "invalid", "detail": problem.detail}
    if isinstance(problem, Refused):
        told["code"] = problem.code
        if problem.field:
            told["field"] = problem.field
    return told
