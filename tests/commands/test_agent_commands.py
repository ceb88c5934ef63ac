"""A team in a folder, and routing from the command line, in real processes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.test_command_line import entourage
from tests.e2e.processes import ServerProcess, running_server

CORPUS = Path(__file__).parents[1] / "corpora" / "intents.jsonl"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with running_server(tmp_path) as running:
        await (await running.sign_in()).client.aclose()
        yield running


async def test_a_team_goes_out_into_a_folder_and_comes_back(server: ServerProcess, tmp_path: Path) -> None:
    team, again = tmp_path / "team", tmp_path / "again"
    code, out, err = await entourage(server, "agents", "export", str(team), "--url", server.url)
    assert code == 0, err
    assert f"{team / 'coder.md'}" in out
    (team / "poet.md").write_bytes(b"---\r\nname: poet\r\ntools: Read\r\ncolor: red\r\nodd: 1\r\n---\r\nRhyme.\r\n")
    coder = (team / "coder.md").read_text()
    (team / "coder.md").write_text(coder.replace("hue: 150", "hue: 151"))
    code, out, err = await entourage(server, "agents", "import", str(team), "--json", "--url", server.url)
    items = {item["name"]: item for item in map(json.loads, out.splitlines())}
    assert (code, items["coder.md"]["outcome"], items["poet.md"]["outcome"]) == (1, "refused", "created")
    assert items["poet.md"]["ignored"] == ["odd"]
    code, out, _ = await entourage(server, "agents", "import", str(team), "--replace", "--url", server.url)
    assert code == 0
    assert "updated" in out
    await entourage(server, "agents", "export", str(again), "--url", server.url)
    assert (again / "coder.md").read_bytes() == (team / "coder.md").read_bytes()
    assert "read_file: allow" in (again / "poet.md").read_text()
    code, _, err = await entourage(server, "agents", "import", str(tmp_path / "nowhere"), "--url", server.url)
    assert (code, "There is no folder" in err) == (1, True)


async def test_requests_are_routed_without_a_server(server: ServerProcess, tmp_path: Path) -> None:
    await server.stop()
    code, out, err = await entourage(server, "route", "Switch the theme to dark")
    assert code == 0, err
    (told,) = map(json.loads, out.splitlines())
    assert (told["intent"], told["handler"]) == ("command", "command")
    assert told["confidence"] > 0.8
    code, out, _ = await entourage(server, "route", "--jsonl", str(CORPUS))
    rows = [json.loads(line) for line in CORPUS.read_text().splitlines()]
    found = [json.loads(line) for line in out.splitlines()]
    assert [row["text"] for row in found] == [row["text"] for row in rows]
    assert sum(a["intent"] != b["intent"] for a, b in zip(found, rows, strict=True)) <= 1
    code, _, err = await entourage(server, "route", "--jsonl", "-", stdin='{"no": 1}\n')
    assert (code, "line 1 has no text" in err) == (1, True)
