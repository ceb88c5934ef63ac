"""What tests of alerts do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from entourage.alerts.deliveries import Deliveries
from entourage.alerts.evaluator import Evaluator
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ErrorEvent, EventData, Usage
from entourage.kit.clock import now_ms
from tests.world import Person, World

MATCH = {"name": "Deployed", "kind": "event_match", "types": ["error"], "threshold": 1, "cooldown_seconds": 0}


async def make(person: Person, **changes: Any) -> dict[str, Any]:
    """A rule; by default one that fires at the first error."""
    return await person.post("/my/alerts", {**MATCH, **changes}, 201)


async def happen(world: World, person: Person, *data: EventData, **more: Any) -> None:
    """Put events into the person's log."""
    items = data or (ErrorEvent(title="Oh", detail="no"),)
    await world.services.get(EventLog).append(*(NewEvent(owner_id=person.id, data=item, **more) for item in items))


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    """The first answer that is not empty; what is waited for happens in tasks of the server."""
    async with asyncio.timeout(20):
        while not (answer := await holds()):  # noqa: ASYNC110  the public doors tell nobody
            await asyncio.sleep(0.01)
    return answer


async def look(world: World, minutes: float = 0) -> None:
    """Look at every rule, as if it were so many minutes from now."""
    at_ms = now_ms() + round(minutes * 60_000)
    # the gap to the last look must be longer than the interval, or the rule counts as looked at
    world.services.get(Evaluator)._seconds = 0
    await world.services.get(Evaluator).look(at_ms)


async def send(world: World, seconds: float = 0) -> int:
    """Send what is due, as if it were so many seconds from now."""
    return await world.services.get(Deliveries).send_due(now_ms() + round(seconds * 1000))


async def state_of(person: Person, rule: dict[str, Any]) -> str:
    return (await person.get(f"/my/alerts/{rule['id']}"))["state"]


async def firings(person: Person, **params: Any) -> list[dict[str, Any]]:
    return (await person.get("/my/alerts/firings", **params))["items"]


def spent(dollars: str, **more: Any) -> Usage:
    """One model call."""
    values: dict[str, Any] = {
        "provider": "p", "model": "m", "input_tokens": 1, "output_tokens": 1, "cached_tokens": 0, "reasoning_tokens": 0,
        "latency_ms": 1, "first_token_ms": None,
    }  # fmt: skip
    return Usage(**{**values, "cost_usd": dollars, **more})
