"""Snapshots of sandboxes, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import update

from entourage.assembly import Stores
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.snapshots import service
from entourage.sandboxes.snapshots.service import Snapshots
from entourage.sandboxes.tables import SnapshotRow
from entourage.stores.sql import EVERYONE
from tests.world import Person, World

MY, KEPT = "/my/sandboxes", "/my/sandbox-snapshots"


@pytest.fixture
async def ana(world: World) -> AsyncIterator[Person]:
    person = await world.person("ana")
    yield person
    sandboxes = world.services.get(Sandboxes)
    await asyncio.gather(*(sandboxes.kill(*each) for each in sandboxes.running() if each[0] == person.id))


async def make(person: Person, status: int = 201, **body: Any) -> dict[str, Any]:
    return await person.post(MY, body, status)


async def run(person: Person, sandbox: dict[str, Any], command: str) -> str:
    said = await person.post(f"{MY}/{sandbox['id']}/exec", {"command": command}, 200)
    assert said["exit_code"] == 0, said["stderr"]
    return said["stdout"]


async def take(person: Person, sandbox: dict[str, Any], status: int = 201, **body: Any) -> dict[str, Any]:
    return await person.post(f"{MY}/{sandbox['id']}/snapshots", body, status)


async def blobs_of(world: World, person: Person) -> list[str]:
    return await world.services.get(Stores).blobs.keys(person.id, "sandbox-snapshots/")


FILL = """
mkdir -p 'a b/c' && printf 'жук' > 'a b/c/ж' && ln -s /etc/passwd link && mkfifo pipe && chmod 700 'a b'
head -c 20000000 /dev/urandom > large && touch -d '2001-02-03' old
printf '#!/bin/sh\\necho runs' > tool && chmod 755 tool
"""
LOOK = "find . | sort; sha256sum large; cat 'a b/c/ж'; readlink link; ./tool; stat -c '%a %Y' 'a b' old"


async def test_files_go_on_in_another_sandbox(world: World, ana: Person) -> None:
    first = await make(ana)
    await run(ana, first, FILL)
    before = await run(ana, first, LOOK)
    snapshot = await take(ana, first, name="filled")
    assert (snapshot["name"], snapshot["sandbox_id"]) == ("filled", first["id"])
    assert 20_000_000 < snapshot["size_bytes"] < 21_000_000
    assert len(await blobs_of(world, ana)) == 3
    await run(ana, first, "rm -rf ./*")
    await ana.client.delete(f"{MY}/{first['id']}")

    second, third = await make(ana, snapshot_id=snapshot["id"]), await make(ana, snapshot_id=snapshot["id"])
    assert await run(ana, second, LOOK) == before
    await run(ana, second, "echo more > more")
    assert await run(ana, third, LOOK) == before, "each has files of its own"
    assert await ana.get(f"{KEPT}/{snapshot['id']}") == snapshot
    assert [one["id"] for one in (await ana.get(KEPT))["items"]] == [snapshot["id"]]
    assert (await ana.client.delete(f"{KEPT}/{snapshot['id']}")).status_code == 204
    assert await blobs_of(world, ana) == []
    await make(ana, 404, snapshot_id=snapshot["id"])


async def test_an_empty_sandbox_has_an_empty_snapshot(ana: Person) -> None:
    snapshot = await take(ana, await make(ana))
    assert await run(ana, await make(ana, snapshot_id=snapshot["id"]), "ls -A") == ""


async def test_what_stands_still_or_has_ended_is_not_taken(ana: Person) -> None:
    box = await make(ana)
    await ana.post(f"{MY}/{box['id']}/pause", {}, 200)
    assert "paused" in (await take(ana, box, 409))["detail"]
    await ana.client.delete(f"{MY}/{box['id']}")
    await take(ana, box, 404)
    assert (await ana.get(KEPT))["items"] == []


async def test_a_snapshot_is_no_second_place(ana: Person) -> None:
    snapshot = await take(ana, await make(ana))
    chat = await ana.post("/my/chat", {}, 201)
    refused = await make(ana, 422, snapshot_id=snapshot["id"], chat_id=chat["id"])
    assert "two of them" in str(refused["errors"])


async def test_a_full_quota_keeps_nothing(world: World, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services.get(Snapshots), "_quota_bytes", 1_000_000)
    monkeypatch.setattr(service, "PART_BYTES", 400_000)
    box = await make(ana)
    await run(ana, box, "head -c 2000000 /dev/urandom > large")
    assert "room" in (await take(ana, box, 507))["detail"]
    assert ((await ana.get(KEPT))["items"], await blobs_of(world, ana)) == ([], [])
    await run(ana, box, "rm large")
    await take(ana, box)


async def test_a_sandbox_too_small_for_the_files_is_not_made(
    world: World, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = await make(ana)
    await run(ana, box, "echo kept > file")
    snapshot = await take(ana, box)
    (key,) = await blobs_of(world, ana)
    whole = await world.services.get(Stores).blobs.get(ana.id, key)
    await world.services.get(Stores).blobs.put(ana.id, key, whole[: len(whole) // 2])
    running = len((await ana.get(MY, status="running"))["items"])
    assert "could not be put" in (await make(ana, 502, snapshot_id=snapshot["id"]))["detail"]
    assert len((await ana.get(MY, status="running"))["items"]) == running


async def test_what_a_dead_server_had_begun_goes(world: World, ana: Person) -> None:
    snapshot = await take(ana, await make(ana))
    async with world.services.get(Stores).database.write(EVERYONE) as session:
        left = update(SnapshotRow).where(SnapshotRow.id == snapshot["id"])
        await session.execute(left.values(taken_ms=None, created_ms=0))
    await make(ana, 404, snapshot_id=snapshot["id"])
    await world.services.get(Snapshots).tidy()
    assert await blobs_of(world, ana) == []
