"""Sandboxes of people, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from entourage.kit.errors import NotFound, TooMany
from entourage.kit.ids import new_id
from entourage.sandboxes.held import NewSandbox
from entourage.sandboxes.records import Records
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.tables import SandboxRow
from entourage.stores.sql import EVERYONE
from tests.world import Person, World

MY = "/my/sandboxes"


async def all_ended(world: World) -> None:
    """The next test finds none; nothing of them is left on the host."""
    sandboxes = world.services.get(Sandboxes)
    await asyncio.gather(*(sandboxes.kill(*each) for each in sandboxes.running()))
    assert [path.name for path in (world.settings.data_dir / "sandboxes").glob("*/*")] == []


@pytest.fixture
async def busy_world(world: World) -> AsyncIterator[World]:
    yield world
    await all_ended(world)


@pytest.fixture
async def small_busy_world(small_world: World) -> AsyncIterator[World]:
    yield small_world
    await all_ended(small_world)


async def make(person: Person, **body: Any) -> dict[str, Any]:
    return await person.post(MY, body, 201)


async def run(person: Person, sandbox: dict[str, Any], command: str, **more: Any) -> dict[str, Any]:
    return await person.post(f"{MY}/{sandbox['id']}/exec", {"command": command, **more}, 200)


async def test_made_used_measured_and_ended(busy_world: World):
    ana = await busy_world.person("ana")
    box = await make(ana, metadata={"for": "tests"}, env={"OWN": "value"})
    assert (box["status"], box["backend"], box["metadata"]) == ("running", "bubblewrap", {"for": "tests"})
    assert (box["network"], box["cost_usd"], box["ended_at"]) == ({"allow": []}, "0.000000", None)
    said = await run(ana, box, "echo $OWN; cat > f; pwd", stdin="hello")
    assert (said["exit_code"], said["stdout"], said["stopped_by"]) == (0, "value\n/work\n", None)
    by_argv = await ana.post(f"{MY}/{box['id']}/exec", {"argv": ["cat", "f"]}, 200)
    assert by_argv["stdout"] == "hello"
    assert (await ana.get(f"{MY}/{box['id']}/metrics"))["memory_limit_bytes"] > 0
    assert (await ana.get(f"{MY}/{box['id']}"))["metrics"]["disk_limit_bytes"] > 0
    assert (await ana.client.delete(f"{MY}/{box['id']}")).status_code == 204
    ended = await ana.get(f"{MY}/{box['id']}")
    assert (ended["status"], ended["ended_because"], ended["metrics"]) == ("ended", "killed", None)
    assert ended["seconds"] > 0
    assert (await ana.client.delete(f"{MY}/{box['id']}")).status_code == 404
    assert (await ana.client.post(f"{MY}/{box['id']}/exec", json={"command": "true"})).status_code == 404


async def test_listed_newest_first_and_by_status(busy_world: World):
    ana = await busy_world.person("ana")
    boxes = [await make(ana) for _ in range(3)]
    await ana.client.delete(f"{MY}/{boxes[0]['id']}")
    first = await ana.get(MY, limit=2)
    rest = await ana.get(MY, limit=2, cursor=first["next_cursor"])
    assert [each["id"] for each in first["items"] + rest["items"]] == [box["id"] for box in reversed(boxes)]
    running = await ana.get(MY, status="running")
    assert [each["id"] for each in running["items"]] == [boxes[2]["id"], boxes[1]["id"]]
    assert all(each["metrics"] for each in running["items"])


async def test_another_persons_sandbox_is_nowhere(busy_world: World):
    ana, boris = await busy_world.person("ana"), await busy_world.person("boris")
    path = f"{MY}/{(await make(ana))['id']}"
    answers = [
        await boris.client.get(path),
        await boris.client.get(f"{path}/metrics"),
        await boris.client.get(f"{path}/processes"),
        await boris.client.post(f"{path}/exec", json={"command": "true"}),
        await boris.client.post(f"{path}/pause"),
        await boris.client.post(f"{path}/resume"),
        await boris.client.post(f"{path}/timeout", json={"seconds": 5}),
        await boris.client.put(f"{path}/network", json={"allow": ["*"]}),
        await boris.client.delete(f"{path}/processes/2"),
        await boris.client.delete(path),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert (await boris.get(MY))["items"] == []
    assert (await ana.get(path))["status"] == "running"


async def test_paused_and_resumed(small_busy_world: World):
    ana = await small_busy_world.person("ana")
    box = await make(ana)
    path = f"{MY}/{box['id']}"
    assert (await ana.post(f"{path}/pause", status=200))["status"] == "paused"
    assert (await ana.client.post(f"{path}/pause")).status_code == 409
    assert (await ana.client.post(f"{path}/exec", json={"command": "true"})).status_code == 409
    paused = (await ana.get(path))["seconds"]
    assert (await ana.get(path))["seconds"] == paused
    assert (await ana.post(f"{path}/resume", status=200))["status"] == "running"
    assert (await ana.client.post(f"{path}/resume")).status_code == 409
    assert (await run(ana, box, "echo on"))["stdout"] == "on\n"


async def test_processes_are_shown_and_killed(small_busy_world: World):
    ana = await small_busy_world.person("ana")
    box = await make(ana)
    await run(ana, box, "sleep 300 >/dev/null 2>&1 &")
    items: list[dict[str, Any]] = []
    while [item["command"] for item in items] != ["sleep 300"]:
        items = (await ana.get(f"{MY}/{box['id']}/processes"))["items"]
    path = f"{MY}/{box['id']}/processes/{items[0]['pid']}"
    assert (await ana.client.delete(path)).status_code == 204
    while (answer := await ana.client.delete(path)).status_code == 204:  # it dies a moment later
        pass
    assert answer.status_code == 404


async def test_a_conversations_files(small_busy_world: World):
    ana, boris = await small_busy_world.person("ana"), await small_busy_world.person("boris")
    chat = await ana.chat()
    first, second = await make(ana, chat_id=chat), await make(ana, chat_id=chat)
    await run(ana, first, "echo shared > f")
    assert (await run(ana, second, "cat f"))["stdout"] == "shared\n"
    assert first["chat_id"] == chat
    assert (await boris.client.post(MY, json={"chat_id": chat})).status_code == 404
    assert (await ana.client.post(MY, json={"chat_id": chat, "workspace_id": chat})).status_code == 422
    assert (await ana.client.post(MY, json={"workspace_id": new_id()})).status_code == 404


async def test_what_makes_no_sense_is_refused(small_busy_world: World):
    ana = await small_busy_world.person("ana")
    path = f"{MY}/{(await make(ana))['id']}"
    for body in (
        {},
        {"command": "x", "argv": ["x"]},
        {"command": "a\0"},
        {"argv": []},
        {"command": "x", "cwd": "work"},
        {"command": "x", "env": {"a=b": "c"}},
        {"command": "x", "timeout_seconds": 0},
    ):
        assert (await ana.client.post(f"{path}/exec", json=body)).status_code == 422, body
    for body in ({"backend": "nothing"}, {"timeout_seconds": 0}, {"network": {"allow": ["http://x"]}}):
        assert (await ana.client.post(MY, json=body)).status_code == 422, body
    assert (await ana.client.put(f"{path}/network", json={"allow": ["a b"]})).status_code == 422
    missing = await ana.post(f"{path}/exec", {"argv": ["no-such-program"]}, 200)
    assert missing["exit_code"] == 127


async def test_health_tells_what_bounds_code(small_busy_world: World):
    ana = await small_busy_world.person("ana")
    health = await ana.get("/api/v1/sandboxes/health")
    assert health["ok"] is True
    assert health["default_backend"] == "bubblewrap"
    assert health["limits"].startswith(("cgroup", "watchdog"))
    assert {each["name"]: each["ok"] for each in health["backends"]}["bubblewrap"] is True


@pytest.fixture
def sandboxes(small_busy_world: World) -> Sandboxes:
    return small_busy_world.services.get(Sandboxes)


async def test_idle_ones_end_and_used_ones_do_not(small_busy_world: World, sandboxes: Sandboxes):
    ana = await small_busy_world.person("ana")
    used = await sandboxes.create(ana.id, NewSandbox())
    idle = await sandboxes.create(ana.id, NewSandbox())
    fixed = await sandboxes.create(ana.id, NewSandbox(renewed_by_use=False))
    told: asyncio.Queue[str] = asyncio.Queue()
    sandboxes.on_end(told.put_nowait)
    with sandboxes.using(used.id), sandboxes.using(fixed.id):
        for live in (used, idle, fixed):
            await sandboxes.set_timeout(ana.id, live.id, 0.1)
        await asyncio.wait_for(asyncio.gather(idle.ended.wait(), fixed.ended.wait()), 10)
        assert (await used.exec(["true"])).exit_code == 0
    row = await ana.get(f"{MY}/{idle.id}")
    while row["status"] != "ended":
        row = await ana.get(f"{MY}/{idle.id}")
    assert row["ended_because"] == "expired"
    await asyncio.wait_for(used.ended.wait(), 10)
    assert {await told.get() for _ in range(3)} == {used.id, idle.id, fixed.id}
    with pytest.raises(NotFound):
        await sandboxes.get(ana.id, used.id)


async def test_on_expiry_some_are_paused(small_busy_world: World, sandboxes: Sandboxes):
    ana = await small_busy_world.person("ana")
    live = await sandboxes.create(ana.id, NewSandbox(timeout_seconds=0.2, on_expiry="pause"))
    while (await ana.get(f"{MY}/{live.id}"))["status"] != "paused":
        pass
    await sandboxes.resume(ana.id, live.id)
    assert (await live.exec(["true"])).exit_code == 0
    await live.kill()


async def test_one_sandbox_a_session(small_busy_world: World, sandboxes: Sandboxes, tmp_path: Path):
    ana = await small_busy_world.person("ana")
    tmp_path.chmod(0o711)  # noqa: ASYNC240
    new = NewSandbox(work_folder=tmp_path)
    first = await asyncio.gather(*(sandboxes.of_session(ana.id, "chat", new) for _ in range(3)))
    assert len({live.id for live in first}) == 1
    assert (await sandboxes.of_session(ana.id, "other", new)).id != first[0].id
    await sandboxes.pause(ana.id, first[0].id)
    assert (await (await sandboxes.of_session(ana.id, "chat", new)).exec(["true"])).exit_code == 0
    reading = NewSandbox(work_folder=tmp_path, writable=False)
    again = await sandboxes.of_session(ana.id, "chat", reading)
    assert again.id != first[0].id
    await sandboxes.kill_on(tmp_path)
    assert sandboxes.running() == []


async def test_a_new_session_ends_the_one_that_rested_longest(
    small_busy_world: World, sandboxes: Sandboxes, tmp_path: Path
):
    ana = await small_busy_world.person("ana")
    tmp_path.chmod(0o711)  # noqa: ASYNC240
    new = NewSandbox(work_folder=tmp_path)
    lives = [await sandboxes.of_session(ana.id, str(number), new) for number in range(10)]
    with sandboxes.using(lives[0].id):
        await sandboxes.of_session(ana.id, "1", new)
        await sandboxes.of_session(ana.id, "one more", new)
    assert [live.ended.is_set() for live in lives] == [number == 2 for number in range(10)]


async def test_a_person_has_so_many_and_no_more(small_busy_world: World, sandboxes: Sandboxes):
    ana, boris = await small_busy_world.person("ana"), await small_busy_world.person("boris")
    lives = [await sandboxes.create(ana.id, NewSandbox()) for _ in range(10)]
    with pytest.raises(TooMany, match="10 sandboxes"):
        await sandboxes.create(ana.id, NewSandbox())
    assert (await ana.client.post(MY, json={})).status_code == 429
    other = await sandboxes.create(boris.id, NewSandbox())
    await lives[0].kill()
    while True:
        try:
            lives.append(await sandboxes.create(ana.id, NewSandbox()))
            break
        except TooMany:
            await asyncio.sleep(0)
    await asyncio.gather(*(live.kill() for live in [*lives, other]))


async def test_rows_of_servers_that_are_gone_are_ended(own_world: World):
    ana = await own_world.person("ana")
    box = await make(ana)
    records = own_world.services.get(Records)
    other = Records(records._database, new_id())
    await other.end_lost()
    assert (await ana.get(f"{MY}/{box['id']}"))["status"] == "running"
    await other.end_lost(alone=True)
    assert (await records.get(ana.id, box["id"])).ended_because == "server_stopped"


async def test_what_is_paused_waits_for_its_own_server_until_its_time_is_up(own_world: World):
    ana = await own_world.person("ana")
    running, paused = await make(ana), await make(ana)
    await ana.post(f"{MY}/{paused['id']}/pause", status=200)
    records = own_world.services.get(Records)
    other = Records(records._database, new_id())
    await _age(records, seen_ms=1)
    await other.end_lost()
    assert (await records.get(ana.id, running["id"])).status == "ended"
    assert (await records.get(ana.id, paused["id"])).status == "paused"
    await _age(records, expires_ms=1)
    await other.end_lost()
    assert (await records.get(ana.id, paused["id"])).ended_because == "server_stopped"


async def _age(records: Records, **values: int) -> None:
    async with records._database.write(EVERYONE) as session:
        await session.execute(update(SandboxRow).values(**values))
