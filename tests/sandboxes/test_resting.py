"""What is paused outlives the server: its files and settings do, its processes do not, and it says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.e2e.processes import ServerProcess, running_server
from tests.sandboxes.test_registry import MY, make, run
from tests.workspaces.places import workspace
from tests.world import Person, open_world


@asynccontextmanager
async def started_anew(folder: Path, person: Person) -> AsyncGenerator[Person]:
    """Another server with the same data, and the person there."""
    async with open_world(folder) as world:
        headers = {"Authorization": f"Bearer {person.token}"}
        async with httpx.AsyncClient(base_url=world.url, headers=headers, timeout=60, verify=False) as client:
            yield Person(person.id, person.email, person.token, client)


async def pause(person: Person, box: dict[str, Any]) -> dict[str, Any]:
    return await person.post(f"{MY}/{box['id']}/pause", status=200)


def rooms(folder: Path) -> list[str]:
    return [path.name for path in (folder / "sandboxes").glob("*/*")]


@pytest.mark.parametrize("backend", ["bubblewrap", "container"])
async def test_files_and_settings_survive_a_restart_and_processes_do_not(tmp_path: Path, backend: str):
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        health = await ana.get("/api/v1/sandboxes/health")
        if reason := next(each["reason"] for each in health["backends"] if each["name"] == backend):
            pytest.skip(reason)
        box = await make(
            ana, backend=backend, env={"OWN": "value"}, metadata={"for": "tests"}, network={"allow": ["example.org"]}
        )
        await run(ana, box, "mkdir -p d; echo kept > d/f; sleep 987654 >/dev/null 2>&1 & echo lost > /tmp/f")
        assert (await pause(ana, box))["files_only"] is False
    assert not any(
        "987654" in process.info["cmdline"] for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"]
    )
    async with started_anew(tmp_path, ana) as ana:
        (found,) = (await ana.get(MY))["items"]
        assert (found["id"], found["status"], found["files_only"], found["backend"]) == (
            box["id"],
            "paused",
            True,
            backend,
        )
        assert (found["metadata"], found["network"]) == ({"for": "tests"}, {"allow": ["example.org"]})
        assert (found["created_at"], found["ended_at"]) == (box["created_at"], None)
        refused = await ana.client.post(f"{MY}/{box['id']}/exec", json={"command": "true"})
        assert (refused.status_code, "processes ended" in refused.json()["detail"]) == (409, True)
        assert (await ana.client.get(f"{MY}/{box['id']}/processes")).status_code == 409
        resumed = await ana.post(f"{MY}/{box['id']}/resume", status=200)
        assert (resumed["status"], resumed["files_only"], resumed["id"]) == ("running", False, box["id"])
        assert resumed["network"] == {"allow": ["example.org"]}
        said = await run(ana, box, "cat d/f; echo $OWN; cat /tmp/f; pgrep -c sleep")
        assert (said["stdout"], "No such file" in said["stderr"]) == ("kept\nvalue\n0\n", True)
        assert (await ana.client.post(f"{MY}/{box['id']}/resume")).status_code == 409
    async with started_anew(tmp_path, ana) as ana:
        ended = await ana.get(f"{MY}/{box['id']}")
        assert (ended["status"], ended["ended_because"], ended["files_only"]) == ("ended", "server_stopped", False)
        assert rooms(tmp_path) == []


async def test_it_can_be_paused_again_and_wait_for_another_start(tmp_path: Path):
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        box = await make(ana)
        await run(ana, box, "echo 1 >> f")
        await pause(ana, box)
    async with started_anew(tmp_path, ana) as ana:
        assert (await ana.get(f"{MY}/{box['id']}"))["files_only"] is True
    async with started_anew(tmp_path, ana) as ana:
        await ana.post(f"{MY}/{box['id']}/resume", status=200)
        await run(ana, box, "echo 2 >> f")
        await pause(ana, box)
    async with started_anew(tmp_path, ana) as ana:
        await ana.post(f"{MY}/{box['id']}/resume", status=200)
        assert (await run(ana, box, "cat f"))["stdout"] == "1\n2\n"


async def test_one_on_a_workspace_goes_on_there(tmp_path: Path):
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        space = await workspace(ana)
        await space.put("a.txt", "alpha\n")
        box = await make(ana, workspace_id=space.id)
        await pause(ana, box)
    async with started_anew(tmp_path, ana) as ana:
        resumed = await ana.post(f"{MY}/{box['id']}/resume", status=200)
        assert resumed["workspace_id"] == space.id
        assert (await run(ana, box, "cat a.txt; echo beta > b.txt"))["stdout"] == "alpha\n"
        assert (await ana.client.get(f"{space.url}/file", params={"path": "b.txt"})).text == "beta\n"


async def test_ended_while_it_waits_nothing_of_it_is_left(tmp_path: Path):
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        boxes = [await make(ana) for _ in range(2)]
        for box in boxes:
            await pause(ana, box)
    async with started_anew(tmp_path, ana) as ana:
        killed, late = (f"{MY}/{box['id']}" for box in boxes)
        assert sorted(rooms(tmp_path)) == sorted(box["id"] for box in boxes)
        assert (await ana.client.delete(killed)).status_code == 204
        assert (await ana.get(killed))["ended_because"] == "killed"
        assert (await ana.client.post(f"{killed}/resume")).status_code == 404
        await ana.post(f"{late}/timeout", {"seconds": 1}, 200)
        while (row := await ana.get(late))["status"] != "ended":
            pass
        assert row["ended_because"] == "expired"
        assert rooms(tmp_path) == []


@pytest.fixture
async def process_world(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server that is a process of its own."""
    async with running_server(tmp_path) as server:
        yield server


async def test_a_killed_server_loses_what_runs_and_keeps_what_is_paused(process_world: ServerProcess, tmp_path: Path):
    ana = await process_world.sign_in()
    paused, running = await make(ana), await make(ana)
    await run(ana, paused, "echo kept > f; sleep 876543 >/dev/null 2>&1 &")
    await pause(ana, paused)
    await process_world.kill()
    await process_world.start()
    ended = await ana.get(f"{MY}/{running['id']}")
    assert (ended["status"], ended["ended_because"]) == ("ended", "server_stopped")
    assert (await ana.get(f"{MY}/{paused['id']}"))["files_only"] is True
    assert rooms(tmp_path) == [paused["id"]]
    await ana.post(f"{MY}/{paused['id']}/resume", status=200)
    assert (await run(ana, paused, "cat f; pgrep -c sleep"))["stdout"] == "kept\n0\n"
    await ana.client.aclose()


async def test_an_e2b_client_connects_to_it_again(tmp_path: Path):
    async def ask(person: Person, method: str, path: str, body: Any, status: int) -> dict[str, Any]:
        answer = await person.client.request(method, f"/e2b{path}", json=body, headers={"x-api-key": key})
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else {}

    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        key = (await ana.post("/my/keys", {"name": "e2b", "scopes": ["read", "write"]}, 201))["key"]
        made = await ask(ana, "POST", "/v2/sandboxes", {"templateID": "base", "envVars": {"OWN": "value"}}, 201)
        await run(ana, {"id": made["sandboxID"]}, "echo kept > f")
        await ask(ana, "POST", f"/sandboxes/{made['sandboxID']}/pause", {}, 204)
    async with started_anew(tmp_path, ana) as ana:
        (listed,) = (await ana.client.get("/e2b/v2/sandboxes", headers={"x-api-key": key})).json()
        assert (listed["sandboxID"], listed["state"]) == (made["sandboxID"], "paused")
        again = await ask(ana, "POST", f"/sandboxes/{made['sandboxID']}/connect", {"timeout": 300}, 201)
        assert again["templateID"] == "base"
        said = await run(ana, {"id": made["sandboxID"]}, "cat f; echo $OWN")
        assert said["stdout"] == "kept\nvalue\n"
