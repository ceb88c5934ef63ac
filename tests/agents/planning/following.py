"""What the tests of plans share: beginning one, waiting for it, and reading its tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.fakes.planning import REQUEST
from tests.world import Person

Json = dict[str, Any]

ENDED = ("succeeded", "failed", "cancelled")


async def begin(person: Person, goal: str = REQUEST, **more: Any) -> Json:
    """A new plan in a new conversation."""
    return await person.post("/my/plans", {"goal": goal, **more}, 202)


async def until(person: Person, plan: Json, fits: Callable[[Json], bool]) -> Json:
    """The plan as soon as it fits, by what the stream tells of it."""
    now = await person.get(f"/my/plans/{plan['id']}")
    if fits(now):
        return now
    async with asyncio.timeout(60):
        async for event in person.events(plan["session_id"]):
            if event["type"] in ("plan_created", "plan_updated") and fits(event["data"]["plan"]):
                return event["data"]["plan"]
    raise AssertionError("the stream ended before the plan did")


async def until_status(person: Person, plan: Json, *status: str) -> Json:
    """The plan once its status is one of these."""
    return await until(person, plan, lambda now: now["status"] in status)


async def until_ended(person: Person, plan: Json) -> Json:
    """The plan at its end."""
    return await until_status(person, plan, *ENDED)


async def until_free(person: Person, chat: str) -> None:
    """Nobody works in the conversation any more: the rows of its last turn are kept."""
    async with asyncio.timeout(60):
        async for event in person.events(chat):
            is_told = event["type"] == "chat_updated" and not event["data"]["chat"]["running"]
            if is_told and not (await person.get(f"/my/chat/{chat}"))["running"]:
                return


def tasks(plan: Json) -> dict[str, Json]:
    """By key."""
    return {task["key"]: task for task in plan["tasks"]}


def states(plan: Json) -> dict[str, str]:
    """The status of each task."""
    return {task["key"]: task["status"] for task in plan["tasks"]}


async def reply_of(person: Person, plan: Json) -> Json:
    """The turn that carried the plan out."""
    items = (await person.get(f"/my/chat/{plan['session_id']}/messages"))["items"]
    return next(item for item in items if item["id"] == plan["message_id"])


async def pending(person: Person, kind: str) -> list[Json]:
    """What waits in the inbox."""
    items = (await person.get("/my/approvals", status="pending"))["items"]
    return [item for item in items if item["kind"] == kind]
