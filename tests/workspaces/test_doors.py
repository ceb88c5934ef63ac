"""Workspaces and their files over HTTP."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete

from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from entourage.workspaces.folders import Folders
from entourage.workspaces.tables import WorkspaceRow
from entourage.workspaces.tidying import Tidying
from tests.workspaces.places import API, workspace
from tests.world import World, open_world


async def test_a_workspace_is_made_changed_and_removed(world: World):
    anna = await world.person("anna")
    made = await anna.post(API, {"name": " Site ", "description": "ours"}, 201)
    assert (made["name"], made["role"], made["git"], made["usage"]["files"]) == ("Site", "owner", False, 0)
    assert made["owner"] == {"id": anna.id, "full_name": "Anna"}
    tag = (await anna.client.get(f"{API}/{made['id']}")).headers["ETag"]
    changed = await anna.client.patch(
        f"{API}/{made['id']}", json={"name": "New", "settings": {"review": False}}, headers={"If-Match": tag}
    )
    assert (changed.json()["name"], changed.json()["settings"]["review"], changed.json()["version"]) == (
        "New",
        False,
        2,
    )
    late = await anna.client.patch(f"{API}/{made['id']}", json={"name": "Newer"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert [one["id"] for one in (await anna.get(API))["items"]] == [made["id"]]
    assert (await anna.client.delete(f"{API}/{made['id']}")).status_code == 204
    assert (await anna.client.get(f"{API}/{made['id']}")).status_code == 404
    assert (await anna.get(API))["items"] == []
    folder = world.settings.data_dir / "workspaces" / anna.id
    assert [path for path in folder.rglob("*") if made["id"] in path.name] == []


async def test_files_are_written_read_and_found(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    entry = (await space.put("src/main.py", "print('hi')\nfind = 'ß😀 me'\n")).json()
    assert (entry["path"], entry["name"], entry["kind"], entry["mime"]) == (
        "src/main.py",
        "main.py",
        "file",
        "text/x-python",
    )
    got = await space.read("src/main.py")
    assert (got.text, got.headers["ETag"], got.headers["X-File-Type"]) == (
        "print('hi')\nfind = 'ß😀 me'\n",
        entry["etag"],
        "text/x-python",
    )
    assert got.headers["Content-Type"] == "application/octet-stream"
    again = await anna.client.get(
        f"{space.url}/file", params={"path": "src/main.py"}, headers={"If-None-Match": entry["etag"]}
    )
    assert again.status_code == 304
    download = await anna.client.get(f"{space.url}/file", params={"path": "src/main.py", "download": True})
    assert "main.py" in download.headers["Content-Disposition"]
    await space.put("node_modules/x/index.js", "me")
    await space.put(".env", "me")
    assert await space.paths() == ["src", "src/main.py"]
    assert await space.paths(hidden=True, depth=1) == [".env", "node_modules", "src"]
    found = await space.get("search", q="ME")
    assert found["matches"] == [{"path": "src/main.py", "line": 2, "column": 13, "text": "find = 'ß😀 me'"}]
    assert (await space.get("search", q="ME", case=True))["matches"] == []
    assert (await space.get("search", q="m.$", regex=True, glob="*.txt"))["matches"] == []
    assert (await anna.get(f"{API}/{space.id}"))["usage"]["files"] >= 3


async def test_moving_copying_and_the_trash(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("a/one.txt", "1")
    await space.put("a/two.txt", "2")
    assert (await space.post("move", {"from": "a", "to": "b"}))["path"] == "b"
    assert (await space.post("copy", {"from": "b", "to": "c/d"}, 201))["kind"] == "folder"
    assert await space.paths() == ["b", "b/one.txt", "b/two.txt", "c", "c/d", "c/d/one.txt", "c/d/two.txt"]
    await space.post("copy", {"from": "b", "to": "c/d"}, 409)
    await space.post("move", {"from": "b/one.txt", "to": "b/two.txt"}, 409)
    await space.delete("b")
    (item,) = (await space.get("trash"))["items"]
    assert (item["path"], item["kind"], item["size"], item["deleted_by"]["id"]) == ("b", "folder", 2, anna.id)
    await space.put("b", "in the way")
    await space.post(f"trash/{item['id']}/restore", {}, 409)
    await space.post(f"trash/{item['id']}/restore", {"to": "back"})
    assert await space.text("back/two.txt") == "2"
    assert (await space.get("trash"))["items"] == []
    await space.delete("back")
    assert (await anna.client.delete(f"{space.url}/trash")).status_code == 204
    assert (await space.get("trash"))["items"] == []
    await space.delete("c", permanent=True)
    assert (await space.get("trash"))["items"] == []
    await space.delete("nothing", 404)
    await space.delete("", 422)
    assert (await space.post("folder", {"path": "x/y"}, 201))["kind"] == "folder"


async def test_roles_are_looked_at_by_every_door(world: World):
    anna, boris, cleo = [await world.person(name) for name in ("anna", "boris", "cleo")]
    space = await workspace(anna)
    await space.put("a.txt", "a")
    viewing = await space.share(boris, "viewer")
    assert await viewing.text("a.txt") == "a"
    for answer in (
        await viewing.put("a.txt", "b", None),
        await viewing.person.client.post(f"{space.url}/folder", json={"path": "x"}),
        await viewing.person.client.post(f"{space.url}/git/init"),
        await viewing.person.client.delete(f"{space.url}/file", params={"path": "a.txt"}),
        await viewing.person.client.patch(space.url, json={"name": "mine"}),
        await viewing.person.client.post(f"{space.url}/members", json={"email": cleo.email}),
    ):
        assert answer.status_code == 403, answer.request.url
    await space.of(cleo).read("a.txt", 404)
    assert (await boris.get(API))["items"][0]["role"] == "viewer"
    changed = await anna.client.patch(f"{space.url}/members/{boris.id}", json={"role": "editor"})
    assert changed.json()["role"] == "editor"
    await viewing.put("a.txt", "b")
    members = (await space.get("members"))["items"]
    assert [(one["email"], one["role"]) for one in members] == [(anna.email, "owner"), (boris.email, "editor")]
    assert (await boris.client.patch(space.url, json={"name": "mine"})).status_code == 403
    assert (await anna.client.delete(f"{space.url}/members/{anna.id}")).status_code == 409
    await space.post("members", {"email": boris.email}, 409)
    await space.post("members", {"email": "nobody@example.com"}, 404)
    assert (await boris.client.delete(f"{space.url}/members/{boris.id}")).status_code == 204
    await viewing.read("a.txt", 404)
    assert (await boris.get(API))["items"] == []


async def test_the_trash_is_emptied_of_what_is_old(tmp_path: Path):
    async with open_world(tmp_path, workspace_trash_days=1 / 86_400_000) as world:
        anna = await world.person("anna")
        space = await workspace(anna)
        await space.put("a.txt", "a")
        await space.delete("a.txt")
        await space.put("b.txt", "b")
        while await world.services.get(Tidying).tidy() == 0:  # a millisecond must have passed
            pass
        assert (await space.get("trash"))["items"] == []
        assert await space.paths() == ["b.txt"]


async def test_a_workspace_that_was_half_deleted_is_gone_after_the_next_start(tmp_path: Path):
    async with open_world(tmp_path) as world:
        anna = await world.person("anna")
        gone, stays = await workspace(anna), await workspace(anna)
        await gone.put("a.txt", "a")
        await stays.put("b.txt", "b")
        folders = world.services.get(Folders)
        for space in (gone, stays):
            folders.mark_deleting(anna.id, space.id)
        async with world.services.get(Stores).database.write(EVERYONE) as session:
            await session.execute(delete(WorkspaceRow).where(WorkspaceRow.id == gone.id))
    async with open_world(tmp_path) as world:
        folders = world.services.get(Folders)
        assert not folders.has(anna.id, gone.id)
        assert folders.has(anna.id, stays.id)
