"""The guard at the hook door: rulings in the agents' own words, and questions that wait for a person."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.world import Person, World

SOURCE = "/my/sources/claude-code"


def asking(event: str, command: str, **more: Any) -> dict[str, Any]:
    call = {"tool_name": "Bash", "tool_input": {"command": command}}
    return {"session_id": "s1", "hook_event_name": event, "cwd": "/home/anna/project", **call, **more}


async def guarded(person: Person, mode: str = "guard", *, route: bool = False) -> None:
    answer = await person.client.put(SOURCE, json={"mode": mode, "route_permissions": route})
    assert answer.status_code == 200, answer.text


async def hooked(person: Person, body: dict[str, Any], app: str = "claude-code") -> Any:
    return await person.post(f"/hooks/{app}", body, 200)


async def pending(person: Person) -> list[dict[str, Any]]:
    return (await person.get("/my/approvals", status="pending"))["items"]


async def waits(person: Person) -> dict[str, Any]:
    async with asyncio.timeout(30):
        found = await pending(person)
        while not found:
            await asyncio.sleep(0.01)
            found = await pending(person)
    return found[0]


async def test_an_observed_source_is_only_watched(small_world: World):
    anna = await small_world.person("anna")
    assert await hooked(anna, asking("PreToolUse", "rm -rf /")) == {}


async def test_a_guarded_source_is_told_no_and_why(world: World):
    anna = await world.person("anna")
    await guarded(anna)
    told = (await hooked(anna, asking("PreToolUse", "ls; rm -rf ~")))["hookSpecificOutput"]
    assert told["permissionDecision"] == "deny"
    assert "shell.remove-everything" in told["permissionDecisionReason"]
    told = (await hooked(anna, asking("PreToolUse", "git reset --hard")))["hookSpecificOutput"]
    assert told["permissionDecision"] == "ask"


@pytest.mark.parametrize("harmless", ["ls -la", "make all", "git status"])
async def test_what_is_harmless_stays_the_agents_own_business(small_world: World, harmless: str):
    anna = await small_world.person("anna")
    await guarded(anna)
    assert await hooked(anna, asking("PreToolUse", harmless)) == {}


async def test_relative_paths_are_seen_from_where_the_agent_works(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna)
    told = await hooked(anna, asking("PreToolUse", "rm -rf ../../*", cwd="/home/anna"))
    assert told["hookSpecificOutput"]["permissionDecision"] == "deny"


async def test_only_ones_own_rule_lets_something_through(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna)
    rule = {"name": "mine", "tool": "Bash", "app": "claude-*", "verdict": "allow"}
    assert (await anna.client.put("/my/policy", json={"rules": [rule]})).status_code == 200
    told = await hooked(anna, asking("PreToolUse", "git reset --hard"))
    assert told["hookSpecificOutput"]["permissionDecision"] == "allow"


async def test_another_agent_is_answered_in_its_own_words(small_world: World):
    anna = await small_world.person("anna")
    for app in ("gemini", "cursor"):
        await anna.client.put(f"/my/sources/{app}", json={"mode": "guard", "route_permissions": False})
    gemini = {
        "session_id": "s1",
        "hook_event_name": "BeforeTool",
        "tool_name": "run_shell_command",
        "tool_input": {"command": "mkfs.ext4 /dev/sda1"},
    }
    assert (await hooked(anna, gemini, "gemini"))["decision"] == "deny"
    cursor = {"conversation_id": "c1", "hook_event_name": "beforeShellExecution", "command": "cat ~/.ssh/id_rsa"}
    assert (await hooked(anna, cursor, "cursor"))["permission"] == "deny"


async def test_a_person_allows_with_edited_arguments_once(world: World):
    anna = await world.person("anna")
    await guarded(anna, "observe", route=True)
    asked = asyncio.create_task(hooked(anna, asking("PermissionRequest", "npm publish")))
    waiting = await waits(anna)
    assert (waiting["app"], waiting["session_id"], waiting["tool"]) == ("claude-code", "s1", "Bash")
    edited = {"decision": "approve", "args": {"command": "npm publish --dry-run"}}
    await anna.post(f"/my/approvals/{waiting['id']}/decide", edited, 200)
    await anna.post(f"/my/approvals/{waiting['id']}/decide", edited, 409)
    decision = (await asked)["hookSpecificOutput"]["decision"]
    assert decision == {"behavior": "allow", "updatedInput": {"command": "npm publish --dry-run"}}


async def test_a_person_says_no_and_the_agent_reads_why(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna, "observe", route=True)
    asked = asyncio.create_task(hooked(anna, asking("PermissionRequest", "npm publish")))
    waiting = await waits(anna)
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "deny", "reason": "not today"}, 200)
    assert (await asked)["hookSpecificOutput"]["decision"] == {"behavior": "deny", "message": "not today"}
    types = [event["type"] for event in (await anna.get("/events", source_app="claude-code", order="asc"))["items"]]
    assert {"approval_requested", "approval_resolved", "hook.PermissionRequest"} <= set(types)


async def test_what_the_policy_denies_is_not_even_asked(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna, "guard", route=True)
    told = await hooked(anna, asking("PermissionRequest", "rm -rf /"))
    assert told["hookSpecificOutput"]["decision"]["behavior"] == "deny"
    assert await pending(anna) == []


async def test_the_same_question_delivered_twice_asks_once(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna, "observe", route=True)
    body = asking("PermissionRequest", "npm publish", id="5f0c7a52-1111-4222-8333-944455556666")
    twice = [asyncio.create_task(hooked(anna, body)) for _ in range(2)]
    waiting = await waits(anna)
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve"}, 200)
    assert [(await one)["hookSpecificOutput"]["decision"]["behavior"] for one in twice] == ["allow", "allow"]
    assert len((await anna.get("/my/approvals"))["items"]) == 1


async def test_another_person_neither_sees_nor_decides(world: World):
    anna, ben = await world.person("anna"), await world.person("ben")
    await guarded(anna, "observe", route=True)
    asked = asyncio.create_task(hooked(anna, asking("PermissionRequest", "npm publish")))
    waiting = await waits(anna)
    assert await pending(ben) == []
    await ben.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve"}, 404)
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "deny"}, 200)
    await asked


async def test_remembering_grants_nothing_to_a_member_of_ones_own_team(small_world: World):
    anna = await small_world.person("anna")
    await guarded(anna, "observe", route=True)
    body = {**asking("PermissionRequest", "x"), "tool_name": "http_fetch", "agent_type": "coder", "agent_id": "a1"}
    asked = asyncio.create_task(hooked(anna, body))
    waiting = await waits(anna)
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve", "remember": True}, 200)
    await asked
    coder = next(agent for agent in (await anna.get("/my/agents"))["items"] if agent["name"] == "coder")
    assert "http_fetch" not in coder["tools"]
