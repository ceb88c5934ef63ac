"""run_command: what the strict guard has read runs at once, as it was read; all else waits for the person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.services.test_tools import call
from tests.world import Person, World


async def write(person: Person, path: str, content: str) -> None:
    assert (await call(person, "write_file", path=path, content=content))["status"] == "ok"


async def run(person: Person, command: str) -> dict[str, Any]:
    return await call(person, "run_command", command=command)


async def test_a_plain_command_runs_at_once_in_the_working_folder(small_world: World):
    anna = await small_world.person("anna")
    await write(anna, "notes/a b.txt", "one\ntwo $HOME `id`\n")
    assert (await run(anna, "cat 'notes/a b.txt'"))["text"].startswith("one\ntwo $HOME `id`")
    piped = await run(anna, "cat 'notes/a b.txt' | wc -l && mkdir -p out; ls")
    assert piped["text"].split() == ["2", "notes", "out"]
    missing = await run(anna, "cat nothing.txt")
    assert (missing["status"], "No such file" in missing["error"]) == ("failed", True)


@pytest.mark.parametrize(
    "command", ["echo $HOME", "ls > x", "curl example.com", "cat ../secret", "bash -c ls", "ls; id; x=1"]
)
async def test_anything_else_waits_for_the_person_and_then_runs_as_it_was_approved(small_world: World, command: str):
    anna = await small_world.person("anna")
    waiting = await run(anna, command)
    assert waiting["status"] == "waiting", waiting
    await anna.post(f"/my/approvals/{waiting['approval_id']}/decide", {"decision": "approve"}, 200)
    assert (await run(anna, command))["status"] in ("ok", "failed")


async def test_approved_commands_run_in_a_shell(small_world: World):
    anna = await small_world.person("anna")
    command = "x=4; echo $((x + 1)) > five.txt"
    waiting = await run(anna, command)
    await anna.post(f"/my/approvals/{waiting['approval_id']}/decide", {"decision": "approve"}, 200)
    await run(anna, command)
    assert (await run(anna, "cat five.txt"))["text"].strip() == "5"


async def test_a_grant_does_not_open_what_the_guard_does_not_know(small_world: World):
    anna = await small_world.person("anna")
    await anna.post("/my/tool-policies", {"tool": "run_command", "grant": "allow"}, 201)
    assert (await run(anna, "echo $HOME"))["status"] == "waiting"


async def test_plain_danger_is_refused_and_a_rule_of_ones_own_goes_first(small_world: World):
    anna = await small_world.person("anna")
    assert (await run(anna, "rm -rf /"))["status"] == "denied"
    rule = {
        "name": "mine",
        "tool": "run_command",
        "verdict": "allow",
        "when": [{"arg": "command", "matches": "echo *"}],
    }
    assert (await anna.client.put("/my/policy", json={"rules": [rule]})).status_code == 200
    assert (await run(anna, "echo $((1 + 1))"))["text"].strip() == "2"
    assert (await run(anna, "printf $HOME"))["status"] == "waiting"
