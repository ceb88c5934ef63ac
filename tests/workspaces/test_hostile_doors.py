"""What hostile code planted in a workspace, and paths made to lead out of it, met through the doors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.workspaces.agents import agent_in
from tests.workspaces.places import Space, workspace
from tests.workspaces.test_hostile import BAD_PATHS
from tests.world import SharedWorlds, World, open_world

PLANT = """
ln -s /etc/passwd absolute; ln -s ../../../canary up; ln -s ../.kept kept; ln -s /proc/self/root magic; ln -s loop loop
mkdir inside; echo plain > inside/plain; ln -s inside shortcut; mkfifo pipe; ln -s /dev/zero zero
ln -s /etc/passwd .git; echo x > 'A.txt'; echo y > 'a.txt'
"""
ANSWERS = {403, 404, 409, 412, 413, 415, 422}


def still_sings(canary: Path) -> bool:
    return canary.read_text() == "singing"


async def planted(world: World) -> Space:
    """A workspace in which a program of the sandbox planted what it could."""
    anna = await world.person("anna")
    space = await workspace(anna)
    coder = await agent_in(world, anna, space.id)
    await coder.does("run_code", language="bash", code=PLANT)
    return space


async def attempts(space: Space, path: str) -> list[int]:
    """Every door that takes a path; the statuses."""
    client, url = space.person.client, space.url
    named: dict[str, Any] = {"params": {"path": path}}
    answers = [
        await client.get(f"{url}/file", **named),
        await client.get(f"{url}/archive", **named),
        await client.put(f"{url}/file", content=b"evil", headers={"Content-Type": "application/octet-stream"}, **named),
        await client.post(f"{url}/copy", json={"from": path, "to": "copied"}),
        await client.post(f"{url}/copy", json={"from": "inside/plain", "to": f"{path}/x"}),
        await client.post(f"{url}/move", json={"from": "inside/plain", "to": f"{path}/x"}),
        await client.post(f"{url}/folder", json={"path": f"{path}/x"}),
        await client.post(f"{url}/unpack", json={"path": path}),
        await client.post(f"{url}/unpack", json={"path": "inside/plain", "to": f"{path}/x"}),
        await client.post(f"{url}/upload", files={"files": ("x.txt", b"evil")}, **named),
        await client.get(f"{url}/search", params={"q": "root", "path": path}),
    ]
    return [one.status_code for one in answers]


@pytest.fixture
def canary(small_world: World) -> Path:
    """A file above every workspace."""
    path = small_world.settings.data_dir / "canary"
    path.write_text("singing")
    return path


async def test_planted_links_pipes_and_devices_lead_nowhere(small_world: World, canary: Path):
    space = await planted(small_world)
    for path in ("absolute", "up", "kept", "magic", "loop", "shortcut", "zero", ".git"):
        statuses = await attempts(space, path)
        assert set(statuses) <= ANSWERS, (path, statuses)
    for path in ("magic/etc/passwd", "kept/x", "up/x", "shortcut/plain"):
        await space.read(path, 403)
    await space.read("pipe", 422)
    assert (await space.get("search", q="root:"))["matches"] == []
    kinds = {one["path"]: one["kind"] for one in (await space.get("tree", hidden=True))["entries"]}
    assert (kinds["absolute"], kinds["pipe"], kinds[".git"]) == ("link", "other", "link")
    assert {"A.txt", "a.txt"} <= set(kinds)
    assert (await space.get("git/status"))["is_repository"] is False
    for path in ("absolute", "kept", "pipe"):
        await space.delete(path)
    items = {one["path"]: one["id"] for one in (await space.get("trash"))["items"]}
    await space.post(f"trash/{items['absolute']}/restore", {"to": "again"})
    await space.read("again", 403)
    await space.person.client.delete(f"{space.url}/trash")
    archive = await space.person.client.get(f"{space.url}/archive")
    assert b"root:" not in archive.content
    assert still_sings(canary)


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: ascii(path)[:30])
async def test_paths_that_are_none_are_refused_at_every_door(small_world: World, canary: Path, path: str):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("inside/plain", "plain")
    try:
        path.encode()
    except UnicodeEncodeError:
        pytest.skip("no client can send it")
    statuses = await attempts(space, path)
    assert set(statuses) <= {400, *ANSWERS}, statuses
    assert still_sings(canary)
    assert await space.paths() == ["inside", "inside/plain"]


async def test_twins_in_case_and_unicode_are_files_of_their_own(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    names = ["README", "readme", "caf\u00e9", "cafe\u0301", "\uff0e\uff0e", "a\\b"]
    for name in names:
        await space.put(name, name)
    assert [await space.text(name) for name in names] == names
    assert sorted(await space.paths()) == sorted(names)


async def test_quotas_bound_a_workspace_and_a_person(tmp_path: Path):
    async with open_world(tmp_path, workspace_bytes=100_000, workspace_files=100, storage_quota_bytes=250_000) as world:
        anna = await world.person("anna")
        spaces = [await workspace(anna, f"Number {number}") for number in range(3)]
        await spaces[0].put("a", os.urandom(90_000))
        full = await spaces[0].put("b", os.urandom(20_000), 507)
        assert "10,000 left" in full.json()["detail"]
        assert "Delete" in full.json()["hint"]
        await spaces[0].put("a", os.urandom(95_000))
        await spaces[1].put("a", os.urandom(90_000))
        assert "its owner has" in (await spaces[2].put("a", os.urandom(90_000), 507)).json()["detail"]
        await spaces[1].delete("a")
        assert (await spaces[2].put("a", os.urandom(90_000), None)).status_code == 507  # the trash counts
        await anna.client.delete(f"{spaces[1].url}/trash")
        await spaces[2].put("a", os.urandom(60_000))
        for number in range(98):
            await spaces[1].put(f"f{number}", "", None)
        crowded = [await spaces[1].put(f"g{number}", "", None) for number in range(10)]
        assert 507 in {one.status_code for one in crowded}
        assert (await spaces[1].get("tree"))["truncated"] is False
        big = await spaces[0].post("copy", {"from": "a", "to": "c"}, 507)
        assert big["type"].endswith("quota-exceeded")


async def test_a_shared_server_stays_alive(servers: SharedWorlds):
    """A folder of 3,000 levels, made by a program, costs the doors nothing."""
    async with servers.lent("sqlite") as world:
        space = await planted(world)
        folder = world.settings.data_dir / "workspaces" / space.person.id / space.id
        fd = os.open(folder, os.O_RDONLY)
        for _ in range(3_000):
            os.mkdir("d", dir_fd=fd)
            deeper = os.open("d", os.O_RDONLY, dir_fd=fd)
            os.close(fd)
            fd = deeper
        os.close(fd)
        assert len(await space.paths("d")) == 20
        await space.delete("d", permanent=True)
        assert "d" not in await space.paths()
