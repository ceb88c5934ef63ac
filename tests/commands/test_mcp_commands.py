"""MCP servers from the terminal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from typer.testing import CliRunner

from entourage.cli import cli
from tests.tools.mcp.fake import http_fake
from tests.tools.mcp.servers.rig import fresh_name, names, state_file
from tests.world import Person, World

Run: TypeAlias = Callable[..., Awaitable[tuple[int, str, str]]]

ECHO = {"name": "echo", "description": "Says it.", "inputSchema": {"type": "object"}}


@pytest.fixture
async def ana(small_world: World) -> Person:
    return await small_world.person("ana", is_admin=True)


@pytest.fixture
def run(small_world: World, ana: Person) -> Run:
    """The exit code of a command, what it printed and what it said beside."""

    async def command(*arguments: str) -> tuple[int, str, str]:
        env = {"ENTOURAGE_URL": small_world.url, "ENTOURAGE_TOKEN": ana.token, "COLUMNS": "300"}
        # in a thread: the command has a loop of its own, and the server it talks to is here
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["mcp", *arguments], env=env)
        return result.exit_code, result.stdout, result.stderr

    return command


async def test_a_server_is_added_watched_accepted_and_removed(run: Run, ana: Person, tmp_path: Path) -> None:
    name = fresh_name()
    state = state_file(tmp_path, tools=[ECHO])
    async with http_fake("--json", "--state", str(state)) as (port, _):
        code, out, err = await run("add", name, "--address", f"http://127.0.0.1:{port}/mcp", "--header", "X-A=b")
        assert code == 0, err
        made = out.strip()
        assert "1 tools" in err
        code, out, _ = await run("list")
        row = next(line for line in out.splitlines() if line.startswith(name))
        assert "ready" in row and "http" in row
        state_file(tmp_path, tools=[{**ECHO, "description": "Says it to others."}])
        await ana.post(f"/api/v1/mcp/servers/{made}/restart", status=200)
        code, out, _ = await run("accept", name, "--show")
        assert code == 1 and '+  "description": "Says it to others."' in out
        code, _, err = await run("accept", name)
        assert code == 0 and "Accepted 1" in err
        assert await names(ana, name) == ["echo"]
        code, out, _ = await run("logs", name, "--json")
        assert any("connected" in json.loads(line)["text"] for line in out.splitlines())
        code, _, err = await run("remove", name)
        assert code == 0 and name in err


async def test_a_server_that_does_not_answer_fails_the_command(run: Run, ana: Person) -> None:
    name = fresh_name()
    code, out, err = await run("add", name, "--", "/bin/sh", "-c", "exit 5")
    assert code == 1 and out.strip() and "code 5" in err
    code, _, err = await run("check", name)
    assert code == 1 and "does not answer" in err
    assert (await run("add", fresh_name()))[0] == 1
    await ana.client.delete(f"/api/v1/mcp/servers/{out.strip()}")


async def test_the_catalogue_and_a_file_are_looked_at(run: Run, tmp_path: Path) -> None:
    code, out, _ = await run("catalogue")
    assert code == 0 and "playwright" in out and "GITHUB_TOKEN" in out
    file = tmp_path / "mcp.yaml"
    file.write_text("servers: {good: {command: sh}, bad: {}}")
    code, out, err = await run("check", "--file", str(file))
    assert code == 1 and "good" in out and "bad" in err
