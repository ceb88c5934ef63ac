"""Agents at work in a workspace: with the person's role, seen by every member, reviewed hunk by hunk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.workspaces.agents import agent_in
from tests.workspaces.places import Space, workspace
from tests.world import Person, World, open_world

LINES = "".join(f"line {number}\n" for number in range(1, 31))


async def changes(space: Space) -> dict[str, dict[str, Any]]:
    return {one["path"]: one for one in (await space.get("changes"))["files"]}


def changed(text: str, **lines: str) -> str:
    rows = text.splitlines()
    for key, value in lines.items():
        rows[int(key[1:]) - 1] = value
    return "\n".join(rows) + "\n"


async def test_a_conversation_is_bound_and_its_tools_work_there(world: World):
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await workspace(anna)
    await space.put("a.txt", "alpha\n")
    coder = await agent_in(world, anna, space.id)
    assert "a.txt" in await coder.does("list_files")
    assert await coder.does("read_file", path="a.txt") == "alpha\n"
    assert "a.txt:1: alpha" in await coder.does("search_files", query="alp")
    await coder.does("write_file", path="src/new.py", content="def run():\n    return 1\n")
    assert await space.text("src/new.py") == "def run():\n    return 1\n"
    assert "function run" in await coder.does("analyze_ast", path="src/new.py")
    structure = await coder.does("codebase_structure")
    assert "new.py: function run" in structure
    assert "python" in structure
    loose = await agent_in(world, anna, None)
    assert await loose.does("list_files") == "There are no files here."
    refused = await boris.client.post("/my/chat", json={"workspace_id": space.id})
    assert refused.status_code == 404
    chat = (await anna.get("/my/chat"))["items"][0]
    bound = await anna.client.patch(f"/my/chat/{chat['id']}", json={"workspace_id": space.id})
    assert bound.json()["workspace_id"] == space.id
    freed = await anna.client.patch(f"/my/chat/{chat['id']}", json={"workspace_id": None})
    assert freed.json()["workspace_id"] is None
    assert (await anna.client.patch(f"/my/chat/{chat['id']}", json={"title": None})).status_code == 422


async def test_a_viewers_agent_changes_nothing(small_world: World):
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    space = await workspace(anna)
    await space.put("a.txt", "alpha\n")
    await space.share(boris, "viewer")
    coder = await agent_in(small_world, boris, space.id)
    assert await coder.does("read_file", path="a.txt") == "alpha\n"
    for tool, args in (
        ("write_file", {"path": "b.txt", "content": "x"}),
        ("write_file", {"path": "a.txt", "content": "x"}),
        ("edit_file", {"path": "a.txt", "old": "alpha", "new": "x"}),
        ("delete_file", {"path": "a.txt"}),
        ("move_file", {"path": "a.txt", "to": "b.txt"}),
        ("git_commit", {"message": "x"}),
        ("run_code", {"language": "bash", "code": "echo x > a.txt; echo x > c.txt"}),
    ):
        result = await coder.call(tool, **args)
        assert not result.success or tool == "run_code", tool
    assert await space.text("a.txt") == "alpha\n"
    assert await space.paths() == ["a.txt"]


async def test_whoever_leaves_takes_their_agents_along(small_world: World):
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    space = await workspace(anna)
    await space.share(boris)
    coder = await agent_in(small_world, boris, space.id)
    await coder.does("write_file", path="a.txt", content="x")
    await anna.client.delete(f"{space.url}/members/{boris.id}")
    result = await coder.call("read_file", path="a.txt")
    assert (result.success, "no member" in result.text) == (False, True)


async def test_an_agent_writes_only_over_what_it_has_read(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("a.txt", "by a person\n")
    coder = await agent_in(small_world, anna, space.id)
    blind = await coder.call("write_file", path="a.txt", content="x")
    assert (blind.success, "Read it first" in blind.text) == (False, True)
    await coder.does("read_file", path="a.txt")
    await coder.does("write_file", path="a.txt", content="by the agent\n")
    await coder.does("write_file", path="a.txt", content="by the agent again\n")
    await space.put("a.txt", "by a person again\n")
    late = await coder.call("write_file", path="a.txt", content="x")
    assert (late.success, "Read it again" in late.text) == (False, True)
    assert await space.text("a.txt") == "by a person again\n"


async def test_edits_of_three_files_are_reviewed_hunk_by_hunk(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    for name in ("a.txt", "b.txt"):
        await space.put(name, LINES)
    coder = await agent_in(small_world, anna, space.id)
    for old in ("line 2\n", "line 15\n", "line 29\n"):
        await coder.does("edit_file", path="a.txt", old=old, new=old.upper())
    await coder.does("edit_file", path="b.txt", old="line 15\n", new="")
    await coder.does("write_file", path="c.txt", content="new\n")
    found = await changes(space)
    assert {path: (one["kind"], len(one["hunks"])) for path, one in found.items()} == {
        "a.txt": ("changed", 3), "b.txt": ("changed", 1), "c.txt": ("added", 1),
    }  # fmt: skip
    first, middle, _ = found["a.txt"]["hunks"]
    assert [line for line in middle["lines"] if line[0] in "+-"] == ["-line 15", "+LINE 15"]
    assert middle["header"] == "@@ -12,7 +12,7 @@"
    left = await space.post(
        "changes/revert", {"path": "a.txt", "etag": found["a.txt"]["etag"], "hunks": [middle["id"]]}
    )
    assert await space.text("a.txt") == changed(LINES, l2="LINE 2", l29="LINE 29")
    assert [one["id"] for one in left["files"][0]["hunks"]] == [first["id"], found["a.txt"]["hunks"][2]["id"]]
    await space.post("changes/accept", {"path": "a.txt", "etag": found["a.txt"]["etag"]}, 412)
    tag = left["files"][0]["etag"]
    left = await space.post("changes/accept", {"path": "a.txt", "etag": tag, "hunks": [first["id"]]})
    assert [one["id"] for one in left["files"][0]["hunks"]] == [found["a.txt"]["hunks"][2]["id"]]
    await space.post("changes/accept", {"path": "a.txt", "etag": left["files"][0]["etag"], "hunks": ["0" * 16]}, 422)
    assert (await space.post("changes/accept", {"path": "a.txt", "etag": left["files"][0]["etag"]}))["files"] == []
    await space.post("changes/revert", {"path": "c.txt", "etag": found["c.txt"]["etag"]})
    await space.post("changes/revert", {"path": "b.txt", "etag": found["b.txt"]["etag"]})
    assert await space.text("b.txt") == LINES
    assert await space.paths() == ["a.txt", "b.txt"]
    assert await changes(space) == {}


async def test_deleted_and_moved_files_come_back(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("a.txt", "alpha\n")
    await space.put("image.png", b"\x89PNG\0")
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("delete_file", path="a.txt")
    await coder.does("move_file", path="image.png", to="b/image.png")
    found = await changes(space)
    assert {path: (one["kind"], one["binary"]) for path, one in found.items()} == {
        "a.txt": ("deleted", False), "b/image.png": ("added", True), "image.png": ("deleted", True),
    }  # fmt: skip
    assert (await space.get("trash"))["items"][0]["agent"] == "coder"
    for path in ("a.txt", "image.png", "b/image.png"):
        await space.post("changes/revert", {"path": path, "etag": found[path]["etag"]})
    assert await space.text("a.txt") == "alpha\n"
    assert (await space.read("image.png")).content == b"\x89PNG\0"
    assert await changes(space) == {}


async def test_what_a_person_writes_meanwhile_is_theirs(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("a.txt", LINES)
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("edit_file", path="a.txt", old="line 15\n", new="LINE 15\n")
    await space.put("a.txt", changed(LINES, l15="LINE 15", l1="mine", l30="mine"))
    (only,) = (await changes(space))["a.txt"]["hunks"]
    assert [line for line in only["lines"] if line[0] in "+-"] == ["-line 15", "+LINE 15"]
    await space.post("changes/revert", {"path": "a.txt", "etag": (await changes(space))["a.txt"]["etag"]})
    assert await space.text("a.txt") == changed(LINES, l1="mine", l30="mine")


async def test_programs_of_agents_are_reviewed_too(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("a.txt", "alpha\n")
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("run_code", language="bash", code="echo beta >> a.txt; mkdir out; echo x > out/new.txt")
    found = await changes(space)
    assert {path: (one["kind"], one["agent"]) for path, one in found.items()} == {
        "a.txt": ("changed", "coder"), "out/new.txt": ("added", "coder"),
    }  # fmt: skip
    await space.post("changes/revert", {"path": "a.txt", "etag": found["a.txt"]["etag"]})
    assert await space.text("a.txt") == "alpha\n"


async def test_a_workspace_that_wants_no_review_has_none(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna, settings={"review": False})
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("write_file", path="a.txt", content="x")
    assert await changes(space) == {}


async def test_what_waits_for_review_survives_a_restart(tmp_path: Path):
    async with open_world(tmp_path) as world:
        anna = await world.person("anna")
        space = await workspace(anna)
        await space.put("a.txt", LINES)
        coder = await agent_in(world, anna, space.id)
        await coder.does("edit_file", path="a.txt", old="line 15\n", new="LINE 15\n")
        token, before = anna.token, await changes(space)
    async with open_world(tmp_path) as world:
        import httpx

        async with httpx.AsyncClient(base_url=world.url, headers={"Authorization": f"Bearer {token}"}) as client:
            again = Space(Person(anna.id, anna.email, token, client), space.id)
            found = await changes(again)
            assert found == before
            await again.post("changes/revert", {"path": "a.txt", "etag": found["a.txt"]["etag"]})
            assert await again.text("a.txt") == LINES


async def test_an_agent_commits_as_its_persons(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    coder = await agent_in(small_world, anna, space.id)
    assert "no git repository" in await coder.does("git_status")
    await space.post("git/init")
    await coder.does("write_file", path="a.txt", content="alpha\n")
    assert "? a.txt" in await coder.does("git_status")
    assert "Committed" in await coder.does("git_commit", message="Say it")
    assert "Say it" in await coder.does("git_log")
    await coder.does("edit_file", path="a.txt", old="alpha", new="beta")
    assert "-alpha\n+beta" in await coder.does("git_diff")
    (commit,) = (await space.get("git/log"))["commits"]
    assert (commit["author"], commit["email"]) == ("Anna (coder)", anna.email)


async def test_attached_files_are_found_where_the_conversation_works(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    chat = (await anna.post("/my/chat", {"workspace_id": space.id}, 201))["id"]
    await anna.attach(chat, "sales.csv", b"a,b\n")
    assert await space.text("attachments/sales.csv") == "a,b\n"
    other = (await anna.post("/my/chat", {"workspace_id": space.id}, 201))["id"]
    await anna.attach(other, "sales.csv", b"other\n")
    assert await space.text("attachments/sales.csv") == "a,b\n"
    assert await space.text("attachments/sales-2.csv") == "other\n"
