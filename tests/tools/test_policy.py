"""The policy: a person's own rules before the guards, for our own agents and for outside ones."""

from __future__ import annotations

import json

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World

OWN = {"name": "no-deploys", "tool": "Bash", "when": [{"arg": "command", "matches": "*deploy*"}], "verdict": "deny"}


async def checked(person: Person, tool: str, **args: object) -> dict[str, object]:
    return await person.post("/my/policy/check", {"tool": tool, "args": args}, 200)


async def test_everybody_starts_with_the_guards(small_world: World):
    anna = await small_world.person("anna")
    assert (await anna.get("/my/policy"))["rules"] == []
    assert (await checked(anna, "Bash", command="rm -rf /"))["verdict"] == "deny"
    assert (await checked(anna, "Bash", command=["bash", "-lc", "rm -rf ~"]))["verdict"] == "deny"
    assert (await checked(anna, "Bash", command="git status"))["verdict"] == "allow"
    assert (await checked(anna, "Bash", command="make all"))["verdict"] is None
    assert (await checked(anna, "Read", file_path="/home/a/.ssh/id_rsa"))["rule"] == "files.secret"
    assert (await checked(anna, "Write", file_path="/etc/passwd", content="x"))["verdict"] == "deny"
    assert (await checked(anna, "Write", file_path="src/main.py", content="x"))["verdict"] is None
    assert (await checked(anna, "WebSearch", query="rm -rf /"))["verdict"] is None


async def test_ones_own_rules_come_first_and_hold_for_oneself_only(world: World):
    anna, ben = await world.person("anna"), await world.person("ben")
    allow = {"name": "my-machine", "tool": "Bash", "when": [{"arg": "command", "matches": "mkfs*"}], "verdict": "allow"}
    put = await anna.client.put("/my/policy", json={"rules": [OWN, allow], "unlisted": "ask"})
    assert put.status_code == 200
    assert put.json()["version"] == 1
    assert (await checked(anna, "Bash", command="./deploy.sh"))["rule"] == "no-deploys"
    assert (await checked(anna, "Bash", command="mkfs /dev/sda1"))["verdict"] == "allow"
    assert (await checked(anna, "Bash", command="make all"))["verdict"] == "ask"
    assert (await checked(ben, "Bash", command="./deploy.sh"))["verdict"] is None
    assert (await ben.get("/my/policy"))["rules"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": [{**OWN, "verdict": "maybe"}]},
        {"rules": [{**OWN, "name": "Not A Name"}]},
        {"rules": [{**OWN, "tool": ""}]},
        {"rules": [{**OWN, "code": "x"}]},
        {"rules": [OWN] * 201},
        {"unlisted": "deny"},
        {"other": 1},
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(small_world: World, wrong: dict[str, object]):
    anna = await small_world.person("anna")
    assert (await anna.client.put("/my/policy", json=wrong)).status_code == 422
    assert (await anna.get("/my/policy"))["version"] == 0


async def test_a_stale_policy_does_not_overwrite_a_newer_one(small_world: World):
    anna = await small_world.person("anna")
    etag = (await anna.client.get("/my/policy")).headers["etag"]
    assert (await anna.client.put("/my/policy", json={"rules": [OWN]}, headers={"If-Match": etag})).status_code == 200
    assert (await anna.client.put("/my/policy", json={}, headers={"If-Match": etag})).status_code == 412
    assert len((await anna.get("/my/policy"))["rules"]) == 1


def scripted(*calls: tuple[str, dict[str, object]]) -> str:
    return "\n".join(f"/call {tool} {json.dumps(args)}" for tool, args in calls)


async def test_our_own_agents_are_refused_with_the_name_of_the_rule(small_world: World, fake_llm: FakeLLM):
    anna = await small_world.person("anna")
    fake_llm.play("calls")
    await anna.connect(fake_llm.openai_url, ["m"])
    said = await anna.say(await anna.chat(), scripted(("run_code", {"language": "bash", "code": "ls; rm -rf /"})))
    (call,) = [part for part in said["reply"]["parts"] if part["type"] == "tool_call"]
    assert call["status"] == "denied"
    assert "shell.remove-everything" in call["error"]


async def test_what_is_suspicious_waits_for_a_person_though_the_tool_is_granted(small_world: World, fake_llm: FakeLLM):
    anna = await small_world.person("anna")
    fake_llm.play("calls")
    await anna.connect(fake_llm.openai_url, ["m"])
    chat_id = await anna.chat()
    code = {"language": "bash", "code": "touch a.tmp; find . -name '*.tmp' -delete; ls"}
    await anna.say(chat_id, scripted(("run_code", code)), wait=False)
    await anna.events_until(chat_id, "approval_requested")
    (waiting,) = (await anna.get("/my/approvals", status="pending"))["items"]
    assert (waiting["tool"], waiting["risk"], waiting["app"]) == ("run_code", "high", None)
    edited = {"decision": "approve", "args": {"language": "bash", "code": "rm -rf /"}}
    await anna.post(f"/my/approvals/{waiting['id']}/decide", edited, 200)
    events = await anna.events_until(chat_id, "tool_finished", "tool_failed")
    assert "shell.remove-everything" in events[-1]["data"]["error"]
