"""Claude Code itself runs our hooks: with the server up, slow, down and killed, nothing is lost, doubled or held up."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from entourage.commands.hooks.agents import CLAUDE_CODE
from tests.e2e.processes import running_server
from tests.fakes.running import BackgroundServer
from tests.hooks.claude import BINARY, MISSING, Machine, machine_at, summary
from tests.world import Person, World

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not BINARY.exists(), reason=MISSING)]

EVENTS = [event for event in CLAUDE_CODE.events if event != "FileChanged"]
STEPS = (("Bash", {"command": "echo one"}), ("Bash", {"command": "exit 3"}), ("Read", {"file_path": "/etc/hostname"}))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with machine_at(tmp_path) as opened:
        opened.watch(*EVENTS)
        yield opened


async def install(machine: Machine, person: Person, *more: str, url: str | None = None) -> None:
    address = str(person.client.base_url).rstrip("/")
    key = await person.post("/my/keys", {"name": "hooks", "scopes": ["ingest"], "app": "claude-code"}, 201)
    await machine.entourage("hooks", "install", "--url", url or address, "--key", key["key"], *more)


async def stored(person: Person) -> list[dict[str, Any]]:
    """The bodies that the server has, in the order it got them."""
    found = await person.get("/events", source_app="claude-code", type="hook.*", order="asc", limit=1000)
    return [item["data"]["body"] for item in found["items"]]


async def nothing_is_missing_or_doubled(machine: Machine, person: Person) -> list[str]:
    await machine.entourage("hooks", "flush")
    bodies = await stored(person)
    assert summary(bodies) == summary(machine.witnessed())
    return [body["hook_event_name"] for body in bodies]


async def test_with_the_server_up(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    await install(machine, anna)
    await machine.claude(*STEPS)
    names = await nothing_is_missing_or_doubled(machine, anna)
    assert (
        names.index("SessionStart") < names.index("UserPromptSubmit") < names.index("Stop") < names.index("SessionEnd")
    )
    assert names.count("PreToolUse") == 3
    assert names.count("PostToolUseFailure") == 1


async def test_with_a_server_that_takes_three_seconds(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    with BackgroundServer(Slow(small_world.url, 3.0)) as slow:
        await install(machine, anna, url=slow.url)
        await machine.claude(*STEPS)
        await nothing_is_missing_or_doubled(machine, anna)


async def test_with_the_server_down(machine: Machine, tmp_path: Path):
    (tmp_path / "data").mkdir()
    async with running_server(tmp_path / "data") as server:
        anna = await server.sign_in()
        await install(machine, anna)
        await server.kill()
        await machine.claude(*STEPS)
        assert (await machine.run(sys.executable, "-m", "entourage", "hooks", "flush", "--seconds", "0"))[0] == 1
        await server.start()
        await nothing_is_missing_or_doubled(machine, anna)
        await nothing_is_missing_or_doubled(machine, anna)


async def test_with_the_server_killed_in_mid_run(machine: Machine, tmp_path: Path):
    (tmp_path / "data").mkdir()
    async with running_server(tmp_path / "data") as server:
        anna = await server.sign_in()
        await install(machine, anna)
        working = asyncio.create_task(machine.claude(*(("Bash", {"command": f"echo {n}"}) for n in range(8))))
        await first_event(lambda: stored(anna))
        await server.kill()
        await working
        await server.start()
        await nothing_is_missing_or_doubled(machine, anna)


async def test_a_dangerous_command_is_denied_and_the_model_reads_why(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    await install(machine, anna, "--answer-ms", "900")  # a busy machine must not make this test fail
    await anna.client.put("/my/sources/claude-code", json={"mode": "guard", "route_permissions": False})
    await machine.claude(("Bash", {"command": "echo fine"}), ("Bash", {"command": "rm -rf / --no-preserve-root"}))
    assert "shell.remove-everything" in machine.told()
    await nothing_is_missing_or_doubled(machine, anna)
    events = (await anna.get("/events", source_app="claude-code", type="hook.PreToolUse", order="asc"))["items"]
    assert [event["data"].get("decision", {}).get("behavior") for event in events] == [None, "deny"]


async def test_subagents_side_by_side_and_inside_each_other(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    await install(machine, anna)
    inner = agent("inner", '/call Bash {"command": "echo deep"}')
    outer = agent("outer", f"/call Agent {json.dumps(inner)}")
    beside = agent("beside", '/call Bash {"command": "echo beside"}')
    await machine.claude_says(f"/call Agent {json.dumps(outer)}\n/also Agent {json.dumps(beside)}")
    names = await nothing_is_missing_or_doubled(machine, anna)
    assert names.count("SubagentStart") == names.count("SubagentStop") == 3


async def test_hooks_in_both_settings_run_once(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    await install(machine, anna, "--user")
    await install(machine, anna, "--project")
    await machine.claude(("Bash", {"command": "echo one"}))
    await nothing_is_missing_or_doubled(machine, anna)


async def test_uninstalled_hooks_say_nothing(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    before = (machine.project / ".claude/settings.json").read_text()
    await install(machine, anna)
    await machine.entourage("hooks", "uninstall")
    assert (machine.project / ".claude/settings.json").read_text() == before
    await machine.claude(("Bash", {"command": "echo one"}))
    assert machine.witnessed()
    assert await stored(anna) == []


async def test_a_person_decides_what_claude_code_may_do(machine: Machine, small_world: World):
    anna = await small_world.person("anna")
    await install(machine, anna, "--approvals")
    await anna.client.put("/my/sources/claude-code", json={"mode": "observe", "route_permissions": True})
    working = asyncio.create_task(machine.claude(("Bash", {"command": "touch made-by-claude"}), tools="Read"))
    waiting = await first_event(lambda: pending(anna))
    assert (waiting["app"], waiting["tool"]) == ("claude-code", "Bash")
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve"}, 200)
    await working
    assert (machine.project / "made-by-claude").exists()


def agent(name: str, prompt: str) -> dict[str, Any]:
    return {"description": name, "prompt": prompt, "subagent_type": "general-purpose", "run_in_background": False}


async def pending(person: Person) -> list[dict[str, Any]]:
    return (await person.get("/my/approvals", status="pending"))["items"]


async def first_event(look: Callable[[], Awaitable[list[dict[str, Any]]]]) -> dict[str, Any]:
    """The first of what another process makes there be."""
    async with asyncio.timeout(60):
        found = await look()
        while not found:
            await asyncio.sleep(0.02)
            found = await look()
    return found[0]


class Slow:
    """Every request reaches the server, and every answer comes too late for whoever is in a hurry."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        import httpx

        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"content-length")]
        async with httpx.AsyncClient() as client:
            answer = await client.request(
                scope["method"], self._url + scope["path"], content=body, headers=headers, timeout=30
            )
        await asyncio.sleep(self._seconds)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status_code,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(answer.content)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.content})
