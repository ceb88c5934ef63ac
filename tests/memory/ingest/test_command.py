"""`entourage memory ingest` hands files and folders in and tells what came of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.commands.saying import said_by
from tests.world import Person, World


async def _run(world: World, person: Person, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code, output, _ = await said_by(world, person, "memory", "ingest", *arguments, "--json")
    return code, [json.loads(line) for line in output.splitlines()]


async def test_a_folder_is_handed_in_and_waited_for(small_world: World, tmp_path: Path) -> None:
    anna = await small_world.person("anna")
    app = tmp_path / "app"
    (app / "node_modules").mkdir(parents=True)
    (app / "main.py").write_text("def run():\n    return 1\n")
    (app / "node_modules" / "index.js").write_text("let a\n")
    (tmp_path / "notes.md").write_text("The tide turns at six.")
    code, rows = await _run(small_world, anna, str(app), str(tmp_path / "notes.md"), "--recursive", "--wait")
    assert code == 0
    assert {row["name"]: row["status"] for row in rows} == {"app/main.py": "done", "notes.md": "done"}


async def test_what_cannot_be_read_makes_it_fail(small_world: World, tmp_path: Path) -> None:
    anna = await small_world.person("anna")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.4 cut off")
    (tmp_path / "notes.md").write_text("The tide turns at six.")
    names = [str(tmp_path / name) for name in ("cut.pdf", "notes.md", "missing.md")]
    code, rows = await _run(small_world, anna, *names, str(tmp_path), "--wait")
    assert code == 1
    told = {Path(row["name"]).name: row["error"] or row["status"] for row in rows}
    assert told["notes.md"] == "done"
    assert told["missing.md"] == "no such file"
    assert "cut off" in told["cut.pdf"]
    assert told[tmp_path.name] == "a folder: add --recursive"
