"""From checked bytes to committed events: one hook, one event, a batch of lines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, ParamSpec, TypeVar

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

P = ParamSpec("P")
T = TypeVar("T")


class Taken(NamedTuple):
    """An event that is in the log."""

    id: str
    seq: int
    is_duplicate: bool


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

    async def event(self, sender: Sender, body: bytes) -> Taken:
        """Store one event. Raises Refused, TooMany."""
        event = await _quickly(len(body), _read_event, sender, body)
        return await self._store(event)

    async def hook(self, sender: Sender, app: str, body: bytes) -> tuple[dict[str, Any], Taken]:
        """Store a hook; what the agent is told, `{}` for no opinion. Raises Refused, TooMany."""
        owner_id = sender.owner_id
        hook, adapter = await _quickly(len(body), _read_hook, sender, app, body)
        decision = await self._decide(owner_id, app, hook) if hook.kind in DECIDED else None
        event = await _quickly(len(body), hook_event, owner_id, app, hook, adapter, decision)
        taken = await self._store(event)
        return (adapter.answer(hook, decision) if decision else {}), taken

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
        source = await self._sources.of(owner_id, app)
        if not source.is_guarded:
            return None
        try:
            return await self._guard.decide(owner_id, source, hook)
        except Exception:  # the event must not be lost for it, and an agent goes on at any error of a hook
            logger.exception("observe.guard_failed", owner_id=owner_id, source=app)
            return None

    async def _store(self, event: NewEvent) -> Taken:
        place: Appended
        (place,) = await self._log.put((event,))
        return Taken(event.id, place.seq, not place.new)


def _read_event(sender: Sender, body: bytes) -> NewEvent:
    return posted(sender, read_object(body))


def _read_hook(sender: Sender, app: str, body: bytes) -> tuple[HookBody, Adapter]:
    return read_hook(sender.owner_id, app_of(sender, app), read_object(body))


async def _quickly(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`work` here when it is small, else in a thread."""
    if size < BESIDE_FROM_BYTES:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


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
