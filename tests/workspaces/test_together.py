"""Two people and an agent at the same files: nothing is lost, and each is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import websockets

from tests.workspaces.agents import agent_in
from tests.workspaces.places import Space, workspace
from tests.world import Person, World

ROUNDS = 12


async def add_by_hand(space: Space, who: str) -> int:
    """Add a line as an editor does it: read, change, save if it is still the same; how often somebody was faster."""
    refused = 0
    for number in range(ROUNDS):
        while True:
            got = await space.read("list.txt")
            saved = await space.put("list.txt", f"{got.text}{who} {number}\n", None, If_Match=got.headers["ETag"])
            if saved.status_code == 200:
                break
            assert saved.status_code == 412
            assert saved.json()["hint"]
            refused += 1
    return refused


async def test_no_save_is_lost(world: World):
    anna, boris = await world.person("anna"), await world.person("boris")
    mine = await workspace(anna)
    await mine.put("list.txt", "begin\n")
    yours = await mine.share(boris)
    coder = await agent_in(world, anna, mine.id)

    async def by_agent() -> None:
        for number in range(ROUNDS):
            args = {"path": "list.txt", "old": "begin\n", "new": f"begin\nagent {number}\n"}
            while not (await coder.call("edit_file", **args)).success:
                pass

    async def by_agent_whole() -> None:
        for number in range(ROUNDS):
            while True:
                text = await coder.does("read_file", path="list.txt")
                if (await coder.call("write_file", path="list.txt", content=f"{text}whole {number}\n")).success:
                    break

    await asyncio.gather(add_by_hand(mine, "anna"), add_by_hand(yours, "boris"), by_agent())
    await asyncio.gather(add_by_hand(mine, "anna2"), by_agent_whole())
    lines = (await mine.text("list.txt")).splitlines()
    wanted = {f"{who} {number}" for who in ("anna", "boris", "agent", "anna2", "whole") for number in range(ROUNDS)}
    assert set(lines) == wanted | {"begin"}
    assert len(lines) == len(wanted) + 1


async def test_a_file_is_made_once(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    answers = await asyncio.gather(*(space.put("new.txt", f"{n}", None, If_None_Match="*") for n in range(8)))
    assert sorted(one.status_code for one in answers) == [200] + [412] * 7
    winner = next(n for n, one in enumerate(answers) if one.status_code == 200)
    assert await space.text("new.txt") == str(winner)
    gone = await space.put("gone.txt", "x", 412, If_Match='"0123456789abcdef01234567"')
    assert "ETag" not in gone.headers


async def heard(person: Person) -> AsyncIterator[dict[str, Any]]:
    """Events of a person, as they happen."""
    url = str(person.client.base_url).replace("http", "ws", 1).rstrip("/") + "/stream"
    async with websockets.connect(url, subprotocols=["entourage.v1", f"bearer.{person.token}"]) as opened:  # type: ignore[list-item]
        await opened.send(json.dumps({"action": "subscribe", "id": "main", "filters": {}}))
        async for raw in opened:
            message = json.loads(raw)
            if message["type"] == "subscribed":
                yield {}
            elif message["type"] == "event" and message["payload"]["type"] == "workspace_changed":
                yield message["payload"]["data"]


async def test_everybody_is_told_who_did_what(world: World):
    anna, boris, cleo = [await world.person(name) for name in ("anna", "boris", "cleo")]
    mine = await workspace(anna)
    yours = await mine.share(boris, "viewer")
    await yours.get("tree")
    streams = [heard(person) for person in (anna, boris)]
    strange = heard(cleo)
    async with asyncio.timeout(60):
        for stream in (*streams, strange):
            assert await anext(stream) == {}
        saved = await mine.put("a.txt", "1")
        await mine.post("move", {"from": "a.txt", "to": "b.txt"})
        coder = await agent_in(world, anna, mine.id)
        await coder.does("write_file", path="c.txt", content="2")
        folder = world.settings.data_dir / "workspaces" / anna.id / mine.id
        await coder.does("run_code", language="bash", code="echo 3 > d.txt")
        await mine.delete("b.txt")
        for stream in streams:
            told = [await anext(stream) for _ in range(5)]
            assert [(one["by"], [(path["path"], path["kind"]) for path in one["paths"]]) for one in told] == [
                ({"user_id": anna.id}, [("a.txt", "written")]),
                ({"user_id": anna.id}, [("b.txt", "moved")]),
                ({"agent": "coder"}, [("c.txt", "written")]),
                ({"agent": "coder"}, [("d.txt", "written")]),
                ({"user_id": anna.id}, [("b.txt", "deleted")]),
            ]
            assert told[0]["paths"][0]["etag"] == saved.headers["ETag"]
            assert told[1]["paths"][0]["from"] == "a.txt"
        write_behind(folder)
        for stream in streams:
            told = await anext(stream)
            assert (told["by"], told["paths"][0]["path"]) == ({"process": "sandbox"}, "behind.txt")
        own = await workspace(cleo, "Hers")
        await own.put("hers.txt", "x")
        first = await anext(strange)
        assert first["paths"][0]["path"] == "hers.txt"


def write_behind(folder: Path) -> None:
    """As a program that runs on in the sandbox does it."""
    (folder / "behind.txt").write_text("x")
