"""Tools and approvals from the terminal."""

from __future__ import annotations

import asyncio
import json

from typer.testing import CliRunner

from entourage.cli import cli
from tests.tools.path.shelf import Counting, Shelf, call
from tests.world import Person, World


async def run(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, what it printed and what it said beside."""
    env = {"ENTOURAGE_URL": world.url, "ENTOURAGE_TOKEN": person.token, "COLUMNS": "200"}
    ended = await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), env=env)
    printed = [line for line in ended.stdout.splitlines(keepends=True) if "\x1b[" not in line]  # the server logs there
    return ended.exit_code, "".join(printed), ended.stderr


async def test_tools_are_listed_and_called(small_world: World, ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "mail.send", Counting())
    code, out, err = await run(small_world, ana, "tools", "list", "--origin", "mcp", "--json")
    assert code == 0, err
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["mail.send"]
    code, out, err = await run(small_world, ana, "tools", "call", "mail.send", "text=hello there")
    assert (code, out) == (0, "mail.send number 1: hello there\n"), err
    code, out, err = await run(small_world, ana, "tools", "call", "mail.send", "--args", '{"text": 5}')
    assert (code, out) == (1, "")
    assert "string" in err


async def test_approvals_are_listed_and_decided(small_world: World, ana: Person, shelf: Shelf) -> None:
    work = Counting()
    shelf.put(ana, "mail.send", work, destructive=True)
    code, _, err = await run(small_world, ana, "tools", "call", "mail.send", "text=hi", "--wait", "0")
    assert (code, "A person must allow this call first" in err) == (3, True)
    await call(ana, "mail.send", {"text": "other"}, wait_seconds=0)
    code, out, err = await run(small_world, ana, "approvals", "list", "--json")
    assert code == 0, err
    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["app"], second["app"]) == ("cli", "api")
    code, out, err = await run(small_world, ana, "approvals", "approve", first["id"], "--always", "--tool", "mail.*")
    assert (code, out) == (0, f"approved mail.send {first['id']}\n"), err
    code, out, err = await run(small_world, ana, "approvals", "deny", "all", "--reason", "no")
    assert (code, out) == (0, f"denied mail.send {second['id']}\n"), err
    code, _, err = await run(small_world, ana, "tools", "call", "mail.send", "text=again")
    assert code == 0, err
    code, _, err = await run(small_world, ana, "approvals", "approve", "ffff")
    assert (code, "Nothing waits under 'ffff'" in err) == (1, True)
    assert [args["text"] for args in work.calls] == ["again"]
