"""Artifacts from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.artifacts.making import made, picture, put
from tests.commands.saying import said_by
from tests.world import Person, World


async def run(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    return await said_by(world, person, "artifacts", *arguments)


async def test_artifacts_are_listed_printed_and_compared(small_world: World, tmp_path: Path) -> None:
    ana = await small_world.person("ana")
    notes = await made(ana, "one\ntwo\n", metadata={"tags": ["birds"]})
    await made(ana, picture(), type="image", title="Photo")
    await put(ana, notes, b"one\nthree\n")
    code, out, err = await run(small_world, ana, "list")
    assert (code, "Notes" in out, "Photo" in out) == (0, True, True), err
    code, out, _ = await run(small_world, ana, "list", "three", "--tag", "birds", "--json")
    (found,) = map(json.loads, out.splitlines())
    assert (code, found["id"]) == (0, notes["id"])
    assert await run(small_world, ana, "get", "Notes") == (0, "one\nthree\n", "")
    assert (await run(small_world, ana, "get", notes["id"][:18], "--version", "1"))[1] == "one\ntwo\n"
    file = tmp_path / "photo.png"
    assert (await run(small_world, ana, "get", "Photo", "-o", str(file)))[0] == 0
    assert file.read_bytes() == picture()
    code, out, _ = await run(small_world, ana, "diff", "Notes")
    assert code == 1
    assert out.splitlines()[2:] == ["@@ -1,2 +1,2 @@", " one", "-two", "+three"]
    assert (await run(small_world, ana, "diff", "Notes", "2", "2"))[0] == 0
    assert json.loads((await run(small_world, ana, "diff", "Notes", "--json"))[1])["added"] == 1


async def test_what_is_not_there_is_said_in_a_line(small_world: World) -> None:
    ana = await small_world.person("ana")
    await made(ana)
    code, _, err = await run(small_world, ana, "get", "Nothing")
    assert (code, "no artifact 'Nothing'" in err) == (1, True)
    code, _, err = await run(small_world, ana, "diff", "Notes")
    assert (code, "one version" in err) == (1, True)
