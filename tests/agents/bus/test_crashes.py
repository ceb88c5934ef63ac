"""kill -9 after a commit of a run of ten steps: the next process ends it, and no finished step is done twice.

Each commit is a round of its own with ENTOURAGE_TEST_EVERY_COMMIT=1; else every fourth, which meets each kind of them.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from entourage.chats.tables import MessageRow
from entourage.stores.sql import EVERYONE, Database
from tests.agents.bus.processes import Processes
from tests.fakes.llm_server import FakeLLM
from tests.world import open_world

CALLS = 9
MOST_COMMITS = 90
STRIDE = 1 if os.environ.get("ENTOURAGE_TEST_EVERY_COMMIT") else 4


def ask(number: int) -> str:
    """Nine calls, each a step, and a last word."""
    calls = [f'/call mark {{"n": {call}}}' for call in range(CALLS)]
    return "\n".join([*calls, f"/say All of round {number} are marked."])


def commit_of(number: int) -> int:
    """After which commit the process of this round dies."""
    return 1 + (number - 1) * STRIDE


@dataclass
class Left:
    """What a killed process left of its run: no id where another room's commit was before that of the message."""

    run_id: str | None
    responses: int
    tools: int


async def test_a_run_killed_after_any_commit_is_ended_whole_by_the_next_process(
    tmp_path: Path, database_url: str | None, warm: Processes
) -> None:
    with FakeLLM("calls") as llm:
        owner, chats = await _prepare(tmp_path, database_url, llm)
        database = Database(database_url, tmp_path, pool_size=1)
        rounds: list[Left] = []
        for number, chat in enumerate(chats, 1):
            before = rounds[-1].run_id if rounds else None
            given: dict[str, Any] = {"folder": str(tmp_path), "database_url": database_url, "owner": owner}
            given |= {"before": before, "chat": chat, "text": ask(number), "kill_at": commit_of(number)}
            await warm.run("one_after_the_other", **given)
            rounds.append(await _left(database, chat))
            if (tmp_path / "whole.txt").exists():
                break
        asked = Counter[int]()
        for request in llm.requests:
            asked.update(n for n in range(1, len(rounds) + 1) if f"round {n} are" in str(request["body"]))
    assert commit_of(len(rounds)) > 2 * (CALLS + 1), "a step is a commit for the response, one for its call"
    assert sum(left.run_id is None for left in rounds) * STRIDE <= 4, "a message is taken within a few commits"
    marks = Counter((tmp_path / "marks.txt").read_text().splitlines())
    for number, (chat, left) in enumerate(zip(chats, rounds, strict=False), 1):
        if left.run_id is None:
            continue  # nobody was told that the message is taken
        told = f"killed after commit {commit_of(number)}: {left}"
        done = [marks[f"{chat} {call}"] for call in range(CALLS)]
        assert done[: left.tools] == [1] * left.tools, f"a recorded call ran again, {told}"
        assert all(done), f"a call was lost, {told}"
        again = sum(done) - CALLS + asked[number] - CALLS - 1
        assert again <= 1, f"more than the step in flight was done again, {told}"
        await _check_whole(database, chat, number)
    await database.close()


async def _prepare(folder: Path, database_url: str | None, llm: FakeLLM) -> tuple[str, list[str]]:
    """A person with an agent that may mark, and empty conversations."""
    async with open_world(folder, database_url=database_url) as world:
        anna = await world.person("anna")
        await anna.connect(llm.openai_url, ["calls"])
        await anna.post("/my/agents", {"name": "marker"}, 201)
        return anna.id, [await anna.chat() for _ in range(MOST_COMMITS)]


async def _left(database: Database, chat: str) -> Left:
    query = "SELECT r.id, s.kind FROM runs r LEFT JOIN run_steps s ON s.run_id = r.id WHERE r.chat_id = :chat"
    async with database.read(EVERYONE) as session:
        rows = list(await session.execute(text(query), {"chat": chat}))
    kinds = Counter(kind for _, kind in rows)
    return Left(rows[0][0] if rows else None, kinds["response"], kinds["tool"])


async def _check_whole(database: Database, chat: str, number: int) -> None:
    query = select(MessageRow).where(MessageRow.chat_id == chat, MessageRow.role == "assistant")
    async with database.read(EVERYONE) as session:
        (message,) = list(await session.scalars(query))
        events = list(await session.execute(text(_EVENTS), {"chat": chat}))
    parts = message.parts
    assert (message.status, message.text) == ("done", f"All of round {number} are marked.")
    kinds = Counter(kind for (kind,) in events)
    assert (kinds["tool_started"], kinds["task_completed"]) == (CALLS, 1)
    assert [(part["type"], part.get("status")) for part in parts] == [("tool_call", "ok")] * CALLS + [("text", None)]


_EVENTS = "SELECT type FROM events WHERE session_id = :chat"
