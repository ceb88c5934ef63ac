"""MCP servers that run commands elsewhere (ssh): the strict guard stands before them, whatever is granted."""

from __future__ import annotations

from typing import Any

from tests.tools.path.shelf import Counting, Shelf, call, shelf_of
from tests.world import Person, World

COMMAND = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}


async def shell(world: World, tool: str) -> tuple[Person, Counting]:
    anna, ran = await world.person("anna"), Counting()
    shelf: Shelf = shelf_of(world)
    shelf.put(anna, tool, ran, COMMAND, destructive=True)
    await anna.post("/my/tool-policies", {"tool": tool, "grant": "allow"}, 201)
    return anna, ran


async def run(person: Person, tool: str, command: str) -> dict[str, Any]:
    return await call(person, tool, {"command": command}, wait_seconds=0)


async def test_a_literal_command_runs_as_it_was_rebuilt(small_world: World):
    anna, ran = await shell(small_world, "ssh.exec")
    assert (await run(anna, "ssh.exec", "cat  'a b'&&ls|wc -l ;"))["status"] == "ok"
    assert ran.calls == [{"command": "cat 'a b' && ls | wc -l"}]


async def test_what_is_not_understood_waits_and_what_is_dangerous_is_refused(small_world: World):
    anna, ran = await shell(small_world, "ssh.exec")
    for command in ("ls $HOME", "cat /srv/appx/a", "systemctl restart nginx", "ls\nid", "git -c core.pager=id log"):
        assert (await run(anna, "ssh.exec", command))["status"] in ("waiting", "denied"), command
    assert (await run(anna, "ssh.exec", "rm -rf /"))["status"] == "denied"
    assert ran.calls == []


async def test_tools_of_another_kind_are_not_taken_for_shells(small_world: World):
    anna, ran = await shell(small_world, "redis.query")
    assert (await run(anna, "redis.query", "GET $x"))["status"] == "ok"
    assert ran.calls == [{"command": "GET $x"}]
