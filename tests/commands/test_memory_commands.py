"""Memory from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.saying import said_by
from tests.memory.remembering import settled
from tests.workspaces.places import workspace
from tests.world import Person, World

CORPORA = Path(__file__).parents[1] / "corpora"


async def run(world: World | None, person: Person | None, *arguments: str) -> tuple[int, str, str]:
    return await said_by(world, person, "memory", *arguments)


async def test_a_memory_is_added_found_taken_along_and_forgotten(small_world: World, tmp_path: Path) -> None:
    ana = await small_world.person("ana")
    code, out, err = await run(small_world, ana, "add", "The staging server is called heron.", "--tag", "infra")
    assert (code, out.split()[0]) == (0, "remembered"), err
    await settled(small_world, ana)
    code, out, _ = await run(small_world, ana, "search", "name of the staging server", "--json")
    found = json.loads(out.splitlines()[0])
    assert (code, found["memory"]["tags"]) == (0, ["infra"])
    assert "words: " in (await run(small_world, ana, "search", "staging server"))[1]
    code, out, _ = await run(small_world, ana, "stats")
    assert (code, "facts         1" in out) == (0, True)
    file = tmp_path / "memory.ndjson"
    assert (await run(small_world, ana, "export", str(file)))[0] == 0
    code, out, _ = await run(small_world, ana, "forget", "--query", "staging server heron", "--dry-run")
    assert (code, "would forget 1" in out) == (0, True)
    code, out, _ = await run(small_world, ana, "forget", found["memory"]["id"])
    assert (code, out) == (0, "forgot 1\n")
    with file.open("a") as lines:
        lines.write("{broken\n")
    code, out, err = await run(small_world, ana, "import", str(file))
    assert (code, out, "line 2" in err) == (1, "imported 1, skipped 0, failed 1\n", True)


async def test_a_workspaces_memory_is_reached_by_its_name(small_world: World, tmp_path: Path) -> None:
    ana = await small_world.person("ana")
    await workspace(ana, "Harbour")
    here = ("--workspace", "Harbour")
    note = tmp_path / "note.md"
    note.write_text("Heron is restarted on Sundays.")
    assert (await run(small_world, ana, "add", "The staging server is called heron.", *here))[0] == 0
    assert (await run(small_world, ana, "ingest", str(note), "--wait", *here))[0] == 0
    assert "documents     1" in (await run(small_world, ana, "stats", *here))[1]
    assert "Ana, shared in" in (await run(small_world, ana, "search", "staging server", *here))[1]
    assert (await run(small_world, ana, "search", "staging server", "--everywhere"))[1]
    assert (await run(small_world, ana, "search", "staging server"))[1] == ""
    file = tmp_path / "memory.ndjson"
    assert (await run(small_world, ana, "export", str(file), *here))[0] == 0
    assert "imported 2" in (await run(small_world, ana, "import", str(file)))[1]
    assert "forgot 2" in (await run(small_world, ana, "forget", "--before", "2999-01-01T00:00:00Z", *here))[1]


async def test_anyone_can_evaluate_their_own_pairs(tmp_path: Path) -> None:
    pairs = (
        "--passages",
        str(CORPORA / "retrieval-passages.jsonl"),
        "--queries",
        str(CORPORA / "retrieval-queries.jsonl"),
    )
    code, out, err = await run(None, None, "eval", *pairs, "--embedder", "ngrams")
    told = json.loads(out)
    assert (code, told["embedder"], told["queries"]) == (0, "hashed-ngrams-1024", 25), err
    assert told["hybrid"]["mrr"] >= told["dense"]["mrr"]
    assert "ru-en" in told["pairs"]
    broken = tmp_path / "queries.jsonl"
    broken.write_text("{}\n")
    code, _, err = await run(None, None, "eval", *pairs[:3], str(broken))
    assert (code, "line 1" in err) == (1, True)
