"""kill -9 of a real server at random moments of the walk, again and again.

`python -m tests.e2e.kill_rounds --rounds 50 [--seed 1] [--database-url postgresql://...]` prints a line a round and a
summary. A round is one walk: it is killed once, started again, and must end by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from entourage.stores.sql import EVERYONE, Database
from tests.e2e.processes import ServerProcess, running_server
from tests.e2e.walking import ENDINGS, SALES, messages, text_of, tool_parts
from tests.fakes import openai_dialect
from tests.fakes.conversation import Conversation
from tests.fakes.csv_program import csv_program
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call
from tests.schema import fresh_postgres
from tests.world import Person

ANSWER = "The table is charted. " + " ".join(f"Sentence {n} of the report." for n in range(25))
MOMENTS = 90
"""About how many events a walk has: the kill comes after a random one of them."""

TOOLS = ["list_files", "run_code", "read_file", "run_code", "create_artifact", "create_artifact", "run_code"]


def marked_walk(c: Conversation) -> Reply:
    """The CSV walk, in which every program leaves a mark, so that one sees how often it ran."""
    path = next((a.path for a in c.attachments), "")
    steps = [
        call("list_files", "Let me look.", path=""),
        call("run_code", language="bash", code="echo first >> marks.txt; sleep 0.05"),
        call("read_file", path=path),
        call("run_code", "Now the totals.", language="python", code=csv_program(path) + _MARK),
        call("create_artifact", type="image", title="Totals chart", path="chart.svg"),
        call("create_artifact", type="data", title="Totals", path="summary.csv"),
        call("run_code", language="bash", code="echo third >> marks.txt; sleep 0.05"),
    ]
    if c.step < len(steps):
        return steps[c.step]
    return Reply(deltas=tuple(word + " " for word in ANSWER.split(" ")))


_MARK = "\nwith open('marks.txt', 'a') as marks:\n    marks.write('second\\n')\n"
MARKS = {1: "first", 3: "second", 6: "third"}
"""Which mark the run_code of which response leaves."""


@dataclass
class Left:
    """What was on disk when the server had been killed."""

    tools: set[int]
    responses: int
    marks: Counter[str]
    requests: int


@dataclass
class Round:
    """How one walk went."""

    number: int
    moment: str
    recorded: int
    seconds: float
    repeated: int


class Rounds:
    """Walks one after the other over one data folder."""

    def __init__(self, server: ServerProcess, person: Person, llm: FakeLLM, seed: int) -> None:
        self._server = server
        self._person = person
        self._llm = llm
        self._random = random.Random(seed)

    async def play(self, number: int) -> Round:
        """One walk with one kill. Raises AssertionError when anything was lost or done twice."""
        chat = await self._person.chat()
        attachment = await self._person.attach(chat, "sales.csv", SALES)
        sent = await self._person.say(chat, "Chart the totals by region.", wait=False, attachments=[attachment])
        before, moment = await self._watch_and_kill(chat, sent["seq"])
        left = await self._left(sent["run_id"], chat)
        began = time.monotonic()
        await self._server.start()
        after = await self._to_end(chat, sent["run_id"], before, before[-1]["seq"] if before else sent["seq"])
        seconds = time.monotonic() - began
        await self._check_message(chat, sent["reply_id"])
        repeated = await self._check_work(left, chat)
        await self._check_log(before + after, chat)
        return Round(number, moment, len(left.tools) + left.responses, seconds, repeated)

    async def _watch_and_kill(self, chat: str, after: int) -> tuple[list[dict[str, Any]], str]:
        """Events as a client saw them until the server was gone."""
        seen: list[dict[str, Any]] = []
        wanted = self._random.randrange(MOMENTS)
        pause = self._random.random() * 0.03
        try:
            async with asyncio.timeout(60):
                async for event in self._person.events(chat, after):
                    if "seq" in event:
                        seen.append(event)
                    if len(seen) > wanted or event["type"] in ENDINGS:
                        await asyncio.sleep(pause)
                        break
        except httpx.TransportError:
            log = (self._server.data_dir / "server.log").read_text()
            raise AssertionError(f"the server fell by itself: {log[-1500:]}") from None
        await self._server.kill()
        return seen, seen[-1]["type"] if seen else "nothing"

    async def _to_end(self, chat: str, run_id: str, before: list[dict[str, Any]], after: int) -> list[dict[str, Any]]:
        """A run ends a moment after it has said so; whoever takes it over then does not say so again."""
        seen: list[dict[str, Any]] = []
        has_ended = (await self._person.get(f"/my/runs/{run_id}"))["ended_at"] is not None
        has_said = has_ended or any(event["type"] in ENDINGS for event in before)
        async with asyncio.timeout(60):
            if not has_said:
                async for event in self._person.events(chat, after):
                    if "seq" in event:
                        seen.append(event)
                        has_said = event["type"] in ENDINGS and event["data"]["run_id"] == run_id
                    if has_said:
                        break
            while not (await self._person.get(f"/my/runs/{run_id}"))["ended_at"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return seen or [event for event in await self._all(chat) if event["seq"] > after]

    async def _left(self, run_id: str, chat: str) -> Left:
        rows = await self._rows("SELECT kind, ordinal FROM run_steps WHERE run_id = :id", id=run_id)
        return Left(
            tools={ordinal for kind, ordinal in rows if kind == "tool"},
            responses=sum(kind == "response" for kind, _ in rows),
            marks=self._marks(chat),
            requests=len(self._llm.requests),
        )

    async def _check_message(self, chat: str, reply_id: str) -> None:
        (_, reply) = await messages(self._person, chat)
        assert reply["id"] == reply_id
        assert reply["status"] == "done", reply["error"]
        assert text_of(reply).strip().endswith(ANSWER), text_of(reply)
        calls = tool_parts(reply)
        assert [part["tool"] for part in calls] == TOOLS
        assert {part["status"] for part in calls} == {"ok"}, calls
        artifacts = (await self._person.get("/my/artifacts", chat_id=chat))["items"]
        assert [(item["type"], item["versions"]) for item in artifacts] == [("data", 1), ("image", 1)]

    async def _check_work(self, left: Left, chat: str) -> int:
        """Nothing recorded was done again; how many programs ran twice because the kill came while they ran."""
        marks = self._marks(chat)
        for ordinal, mark in MARKS.items():
            if ordinal in left.tools:
                assert marks[mark] == left.marks[mark], f"{mark} was finished and ran again"
            assert 1 <= marks[mark] <= 2, marks
        later = [openai_dialect.read_request(r["body"]).step for r in self._llm.requests[left.requests :]]
        assert all(step >= left.responses for step in later), f"{later} asked again, {left.responses} were recorded"
        return sum(marks.values()) - len(MARKS)

    async def _check_log(self, seen: list[dict[str, Any]], chat: str) -> None:
        seqs = [event["seq"] for event in seen]
        assert seqs == sorted(set(seqs)), "a client saw an event twice"
        kept = await self._all(chat)
        lasting = [event for event in kept if event["type"] != "text_delta"]
        by_id = {event["id"]: event for event in kept}
        assert len(by_id) == len(kept)
        missing = {event["type"] for event in seen if event["id"] not in by_id}
        assert missing <= {"text_delta"}, missing
        first, last = seqs[0], seqs[-1]
        got = {event["id"] for event in seen}
        assert all(event["id"] in got for event in lasting if first <= event["seq"] <= last), "a client missed an event"
        owner = {"owner": self._person.id}
        ((head,),) = await self._rows("SELECT seq FROM event_heads WHERE owner_id = :owner", **owner)
        ((total,),) = await self._rows("SELECT sum(count) FROM event_rollups WHERE owner_id = :owner", **owner)
        assert head == total, "a seq was given and never used, or used twice"

    async def _all(self, chat: str) -> list[dict[str, Any]]:
        rows = await self._rows("SELECT max(seq) FROM events WHERE session_id = :chat", chat=chat)
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(30):
            async for event in self._person.events(chat, 0):
                seen.append(event)
                if event["seq"] >= rows[0][0]:
                    break
        return seen

    async def _rows(self, query: str, **values: Any) -> list[Any]:
        database = Database(self._server.database_url, self._server.data_dir, pool_size=1)
        try:
            async with database.read(EVERYONE) as session:
                return list(await session.execute(text(query), values))
        finally:
            await database.close()

    def _marks(self, chat: str) -> Counter[str]:
        found = [path for path in self._server.data_dir.glob("workspaces/**/marks.txt") if chat in str(path)]
        return Counter(found[0].read_text().split()) if found else Counter()


async def play_rounds(
    data_dir: Path, database_url: str | None, rounds: int, seed: int, tell: Any = None
) -> list[Round]:
    """All rounds over one server; stops at the first failure."""
    played: list[Round] = []
    with FakeLLM(marked_walk, tokens_per_second=120, first_token_ms=20) as llm:
        async with running_server(data_dir, database_url) as server:
            person = await server.sign_in()
            try:
                await person.connect(llm.openai_url, ["walk"])
                game = Rounds(server, person, llm, seed)
                for number in range(1, rounds + 1):
                    played.append(await game.play(number))
                    if tell:
                        tell(played[-1])
            finally:
                await person.client.aclose()
    return played


async def _main(rounds: int, seed: int, url: str | None) -> None:
    def tell(one: Round) -> None:
        killed = f"round {one.number:>3}: killed after {one.moment:<18} {one.recorded:>2} steps recorded"
        sys.stdout.write(f"{killed}, ended {one.seconds:.1f} s after the kill, {one.repeated} programs ran again\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as folder:
        if url:
            async with fresh_postgres(url) as database_url:
                played = await play_rounds(Path(folder), database_url, rounds, seed, tell)
        else:
            played = await play_rounds(Path(folder), None, rounds, seed, tell)
    moments = ", ".join(f"{kind} {count}" for kind, count in Counter(one.moment for one in played).most_common())
    sys.stdout.write(
        f"{len(played)} kills, every run ended whole, no finished call ran twice.\n"
        f"moments: {moments}\nprograms in flight that ran again: {sum(one.repeated for one in played)}\n"
        f"slowest end after a restart: {max(one.seconds for one in played):.1f} s\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", help="a PostgreSQL on which databases can be made; default SQLite")
    given = parser.parse_args()
    asyncio.run(_main(given.rounds, given.seed, given.database_url))


if __name__ == "__main__":
    main()
