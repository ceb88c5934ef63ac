"""What programs of agents do to large files waits for review as well: by hunks as far as a person could read them."""

from __future__ import annotations

from typing import Any

from tests.workspaces.agents import agent_in
from tests.workspaces.places import Space, workspace
from tests.world import World

LARGE = "".join(f"row {number} of a table that is rather long\n" for number in range(80_000))
HUGE = b"0123456789abcde\n" * 600_000
MIB = 1_048_576


async def change_of(space: Space, path: str) -> dict[str, Any]:
    (found,) = [one for one in (await space.get("changes"))["files"] if one["path"] == path]
    return found


async def test_a_text_of_megabytes_is_reviewed_hunk_by_hunk(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    assert 3 * MIB < len(LARGE) < 8 * MIB
    await space.put("table.csv", LARGE)
    coder = await agent_in(small_world, anna, space.id)
    await coder.does(
        "run_code", language="bash", code="sed -i -e 's/row 7 /ROW 7 /' -e 's/row 79990 /ROW 79990 /' table.csv"
    )
    found = await change_of(space, "table.csv")
    assert [hunk["header"] for hunk in found["hunks"]] == ["@@ -5,7 +5,7 @@", "@@ -79988,7 +79988,7 @@"]
    assert (found["too_large"], found["old_size"], found["new_size"]) == (False, len(LARGE), len(LARGE))
    decide = {"path": "table.csv", "etag": found["etag"], "hunks": [found["hunks"][0]["id"]]}
    left = (await space.post("changes/revert", decide))["files"][0]
    assert [hunk["header"] for hunk in left["hunks"]] == ["@@ -79988,7 +79988,7 @@"]
    assert await space.text("table.csv") == LARGE.replace("row 79990 ", "ROW 79990 ")
    assert (await space.post("changes/accept", {"path": "table.csv", "etag": left["etag"]}))["files"] == []


async def test_a_new_order_of_everything_is_one_change_that_can_be_undone(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("table.csv", LARGE)
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("run_code", language="bash", code="tac table.csv > t && mv t table.csv; seq 400000 > new.txt")
    for path, kind in (("table.csv", "changed"), ("new.txt", "added")):
        found = await change_of(space, path)
        assert (found["kind"], found["too_large"], found["binary"], found["hunks"]) == (kind, True, False, [])
        refused = {"path": path, "etag": found["etag"], "hunks": ["0" * 16]}
        assert "too large" in (await space.post("changes/accept", refused, 422))["detail"]
        await space.post("changes/revert", {"path": path, "etag": found["etag"]})
    assert await space.text("table.csv") == LARGE
    assert await space.paths() == ["table.csv"]


async def test_what_is_too_large_to_keep_is_listed_and_can_only_be_accepted(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    assert len(HUGE) > 8 * MIB
    for path in ("grown.log", "gone.log"):
        await space.put(path, HUGE)
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("run_code", language="bash", code="echo more >> grown.log; rm gone.log")
    grown, gone = await change_of(space, "grown.log"), await change_of(space, "gone.log")
    assert (grown["kind"], grown["old_size"], grown["new_size"]) == ("changed", len(HUGE), len(HUGE) + 5)
    assert (gone["kind"], gone["old_size"], gone["new_size"]) == ("deleted", len(HUGE), None)
    for found in (grown, gone):
        assert (found["too_large"], found["revertible"], found["agent"]) == (True, False, "coder")
        decide = {"path": found["path"], "etag": found["etag"]}
        assert "too large to be kept" in (await space.post("changes/revert", decide, 422))["detail"]
        assert (await space.post("changes/accept", decide))["files"] == []
    assert (await space.get("changes"))["files"] == []


async def test_what_a_file_tool_replaced_comes_back_however_large(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    await space.put("huge.log", HUGE)
    coder = await agent_in(small_world, anna, space.id)
    await coder.does("read_file", path="huge.log", limit=1)
    await coder.does("write_file", path="huge.log", content="short\n")
    found = await change_of(space, "huge.log")
    assert (found["too_large"], found["revertible"], found["old_size"], found["new_size"]) == (True, True, len(HUGE), 6)
    await space.post("changes/revert", {"path": "huge.log", "etag": found["etag"]})
    assert (await space.read("huge.log")).content == HUGE
    assert (await space.get("changes"))["files"] == []
