"""`entourage events` and `entourage load` against a running server."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import msgspec

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ErrorEvent, OutsideEvent
from tests import warm
from tests.world import Person, World


async def entourage(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    process = await _started(world, person, *arguments)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def _started(world: World, person: Person, *arguments: str) -> warm.Running:
    return await warm.entourage(
        *arguments,
        env={**os.environ, "ENTOURAGE_URL": world.url, "ENTOURAGE_TOKEN": person.token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def said(person: Person, text: str, kind: str = "custom.said") -> NewEvent:
    data = OutsideEvent(kind=kind, body=msgspec.Raw(msgspec.json.encode({"text": text})))
    return NewEvent(owner_id=person.id, data=data, session_id="s", source="cli", type=kind)


async def test_search_prints_what_matches_oldest_first(small_world: World) -> None:
    person = await small_world.person("anna")
    log = small_world.services.get(EventLog)
    failed = NewEvent(owner_id=person.id, data=ErrorEvent(title="It broke", detail="x"), session_id="s", source="cli")
    await log.append(said(person, "one"), said(person, "two", "custom.other"), failed)
    code, out, err = await entourage(small_world, person, "events", "search", "--type", "custom.*", "--json")
    assert code == 0, err
    assert [json.loads(line)["type"] for line in out.splitlines()] == ["custom.said", "custom.other"]
    code, out, _ = await entourage(small_world, person, "events", "search", "--type", "error")
    assert (code, "It broke" in out) == (0, True)
    code, out, _ = await entourage(small_world, person, "events", "search", "--source", "nobody")
    assert (code, out) == (1, "")


async def test_tail_prints_events_as_they_happen(small_world: World) -> None:
    person = await small_world.person("anna")
    log = small_world.services.get(EventLog)
    await log.append(said(person, "before"))
    process = await _started(small_world, person, "events", "tail", "--session", "s", "--after", "0", "--json")
    assert process.stdout
    lines: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        lines.append(json.loads(await process.stdout.readline()))
        await log.append(said(person, "after"))
        lines.append(json.loads(await process.stdout.readline()))
    process.terminate()
    await process.communicate()
    assert [line["data"]["body"]["text"] for line in lines] == ["before", "after"]


async def test_load_tells_how_the_server_took_it(small_world: World) -> None:
    person = await small_world.person("anna")
    options = ("--rate", "200", "--clients", "4", "--seconds", "0.5", "--listeners", "3", "--json")
    code, out, err = await entourage(small_world, person, "load", *options)
    assert code == 0, err
    report = json.loads(out)
    assert 0 < report["accepted"] <= 100  # never faster than it was told; slower where the machine is busy
    assert report["refused"] == {}
    assert report["delivered_share"] == 1
    assert report["gaps"] == 0


async def test_load_refuses_what_is_out_of_bounds(small_world: World) -> None:
    person = await small_world.person("anna")
    code, _, err = await entourage(small_world, person, "load", "--clients", "100000")
    assert code == 1
    assert "clients must be between 0 and 512" in err


async def test_a_server_that_is_not_there_is_one_line(small_world: World) -> None:
    person = await small_world.person("anna")
    for command in (("load",), ("events", "tail"), ("events", "search", "x")):
        code, _, err = await entourage(small_world, person, *command, "--url", "http://127.0.0.1:9")
        assert code == 1
        assert "No server answers" in err
