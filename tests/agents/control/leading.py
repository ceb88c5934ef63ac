"""What the tests of leading runs share: scripts that take their time, and waiting for what happens."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fakes.conversation import Conversation
from tests.fakes.replies import Reply, call, say
from tests.world import Person

Json = dict[str, Any]

ENDINGS = ("task_completed", "task_failed", "task_cancelled")

SLOW = "import time; print('began', flush=True); time.sleep(60)"
SHORT = "import time; time.sleep(0.7); print('slept')"


def slowly(text: str, between_ms: int = 15) -> Reply:
    """Says it word by word."""
    return Reply(deltas=tuple(f"{word} " for word in text.split()), between_ms=between_ms)


def notes_read(c: Conversation) -> list[str]:
    """What the user said, oldest first."""
    return [line for turn in c.turns if turn.role == "user" for line in turn.text.splitlines() if line]


def codes(code: str) -> Reply:
    """Runs Python."""
    return call("run_code", language="python", code=code)


def counting(c: Conversation) -> Reply:
    """Says a long text for "write", a short one for everything else."""
    if c.user_text == "write a lot":
        return slowly(" ".join(f"word{number}" for number in range(400)))
    return say(f"You said: {c.user_text}")


async def happens(person: Person, chat: str, *types: str, after: int = 0) -> Json:
    """The first event of these types."""
    return (await person.events_until(chat, *types, after=after))[-1]


async def last(person: Person, chat: str) -> Json:
    """The newest message of the branch one sees."""
    return (await person.get(f"/my/chat/{chat}/messages"))["items"][-1]


async def run_of(person: Person, sent: Json) -> Json:
    return await person.get(f"/my/runs/{sent['run_id']}")


async def ended(person: Person, sent: Json) -> Json:
    """The run, with its turn, once it has ended: a moment after it has said so."""
    async with asyncio.timeout(60):
        async for event in person.events(sent["message"]["chat_id"]):
            if event["type"] in ENDINGS and event["run_id"] == sent["run_id"]:
                break
        while (run := await run_of(person, sent))["status"] in ("running", "queued"):
            pass
        return run


async def steps_of(person: Person, run_id: str) -> list[Json]:
    return (await person.get(f"/my/runs/{run_id}/steps"))["items"]


def text_of(message: Json) -> str:
    return "\n\n".join(part["text"] for part in message["parts"] if part["type"] == "text")


def kinds(message: Json) -> list[str]:
    return [part["type"] for part in message["parts"]]
