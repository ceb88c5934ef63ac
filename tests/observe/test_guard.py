"""A guard's decision reaches the agent in its own form, and is stored with the event."""

from __future__ import annotations

from typing import Any

import pytest

from entourage.observe.guard import Decision, HookBody, Source
from entourage.observe.ingest import Ingest
from tests.observe.sending import Agent, agent_of
from tests.world import World


class Refuser:
    """Denies every removal, and has no opinion on anything else."""

    def __init__(self) -> None:
        self.asked: list[HookBody] = []

    async def decide(self, owner_id: str, source: Source, hook: HookBody) -> Decision | None:
        self.asked.append(hook)
        if str(hook.tool_input.get("command", "")).startswith("rm"):
            return Decision(behavior="deny", reason=f"no: {hook.tool_input['command']}", rule="removals")
        return None


def guarded(world: World, monkeypatch: pytest.MonkeyPatch) -> Refuser:
    refuser = Refuser()
    monkeypatch.setattr(world.services.get(Ingest), "_guard", refuser)
    return refuser


async def guard(agent: Agent) -> None:
    await agent.owner.client.put(f"/my/sources/{agent.app}", json={"mode": "guard"})


RM = "rm -rf /"
WHY = f"no: {RM}"
FORMS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "claude-code",
        {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash", "tool_input": {"command": RM}},
        {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": WHY,
            }
        },
    ),
    (
        "claude-code",
        {"hook_event_name": "PermissionRequest", "session_id": "s", "tool_name": "Bash", "tool_input": {"command": RM}},
        {
            "hookSpecificOutput": {
                "hookEventName": "PermissionRequest",
                "decision": {"behavior": "deny", "message": WHY},
            }
        },
    ),
    (
        "gemini",
        {"hook_event_name": "BeforeTool", "session_id": "s", "tool_name": "run", "tool_input": {"command": RM}},
        {"decision": "deny", "reason": WHY},
    ),
    (
        "cursor",
        {"hook_event_name": "beforeShellExecution", "conversation_id": "c", "command": RM},
        {"permission": "deny", "user_message": WHY, "agent_message": WHY},
    ),
    (
        "openhands",
        {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "run", "tool_input": {"command": RM}},
        {"decision": "deny", "reason": WHY},
    ),
]


@pytest.mark.parametrize(("app", "body", "answer"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
async def test_each_agent_is_told_in_its_own_form(
    small_world: World, monkeypatch: pytest.MonkeyPatch, app: str, body: Any, answer: Any
) -> None:
    guarded(small_world, monkeypatch)
    async with agent_of(small_world, await small_world.person("ana"), app) as agent:
        await guard(agent)
        assert (await agent.client.post(f"/hooks/{app}", json=body)).json() == answer
        (event,) = await agent.stored()
        assert event["data"]["decision"] == {"behavior": "deny", "reason": WHY, "rule": "removals"}


async def test_nobody_is_asked_about_a_source_that_is_only_watched(
    small_agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuser = guarded(small_agent.world, monkeypatch)
    call = {"tool_name": "Bash", "tool_input": {"command": RM}}
    assert (await small_agent.hook("PreToolUse", **call)).json() == {}
    await guard(small_agent)
    assert (await small_agent.hook("PostToolUse", **call)).json() == {}
    assert (await small_agent.hook("PreToolUse", tool_name="Bash", tool_input={"command": "ls"})).json() == {}
    assert [hook.tool_input["command"] for hook in refuser.asked] == ["ls"]


async def test_a_guard_that_fails_loses_no_event(small_agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    refuser = guarded(small_agent.world, monkeypatch)
    await guard(small_agent)

    async def broken(*_: Any) -> None:
        raise OSError("the policy cannot be read")

    monkeypatch.setattr(refuser, "decide", broken)
    answer = await small_agent.hook("PreToolUse", tool_name="Bash", tool_input={"command": RM})
    assert answer.json() == {}
    assert len(await small_agent.stored()) == 1
