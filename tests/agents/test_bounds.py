"""What ends a run that would go on for ever: steps, time, tokens, depth, circles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.walking import connect, text_of, tool_parts
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person, World


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


async def limit(person: Person, **limits: Any) -> None:
    """Bound the agent that answers when nobody is named."""
    agent = (await person.get("/my/agents"))["items"][0]
    changed = await person.client.patch(f"/my/agents/{agent['id']}", json={"limits": limits})
    assert changed.status_code == 200, changed.text


def restless(_: Conversation) -> Reply:
    return call("list_files", path="")


@pytest.mark.parametrize(
    ("limits", "told"),
    [({"max_steps": 3}, "limit"), ({"max_tokens": 1000}, "limit"), ({"max_seconds": 1}, "took too long")],
    ids=["steps", "tokens", "seconds"],
)
async def test_a_limit_ends_the_run_and_says_which(
    anna: Person, fake_llm: FakeLLM, limits: dict[str, int], told: str
) -> None:
    fake_llm.play(restless)
    if "max_seconds" in limits:
        fake_llm.play(lambda _: Reply(deltas=("never ",) * 1000, between_ms=50))
    await anna.connect(fake_llm.openai_url, ["plain"])
    await limit(anna, **limits)
    reply = (await anna.say(await anna.chat(), "go"))["reply"]
    assert reply["status"] == "failed"
    assert told in reply["error"]["title"]
    assert "limit" in reply["error"]["hint"]
    assert all(part["status"] != "running" for part in tool_parts(reply))
    assert len([request for request in fake_llm.requests if request["method"] == "POST"]) <= 4


async def test_agents_do_not_call_each_other_in_circles(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.results:
            return say(c.results[-1].text)
        return call("call_agent", agent="orchestrator" if c.user_text == "task" else "coder", task="task")

    fake_llm.play(script)
    await anna.connect(fake_llm.openai_url, ["plain"])
    coder = next(agent for agent in (await anna.get("/my/agents"))["items"] if agent["name"] == "coder")
    await anna.client.patch(f"/my/agents/{coder['id']}", json={"tools": {"call_agent": "allow"}})
    reply = (await anna.say(await anna.chat(), "go"))["reply"]
    assert reply["status"] == "done"
    assert "in a circle" in text_of(reply)


async def test_agents_call_each_other_only_so_deep(anna: Person, fake_llm: FakeLLM) -> None:
    names = [f"level{number}" for number in range(1, 6)]

    def script(c: Conversation) -> Reply:
        if c.results:
            return say(c.results[-1].text)
        level = int(c.user_text.removeprefix("level ")) if c.user_text.startswith("level ") else 0
        return call("call_agent", agent=names[level], task=f"level {level + 1}")

    fake_llm.play(script)
    await anna.connect(fake_llm.openai_url, ["plain"])
    for name in names:
        await anna.post("/my/agents", {"name": name, "tools": {"call_agent": "allow"}}, 201)
    reply = (await anna.say(await anna.chat(), "go"))["reply"]
    assert reply["status"] == "done"
    assert "3 deep" in text_of(reply)
    runs = (await anna.get("/my/runs"))["items"]
    assert sorted(run["agent"] for run in runs) == ["level1", "level2", "level3", "orchestrator"]


@pytest.mark.parametrize(("grant", "status"), [("deny", "failed"), ("ask", "waiting"), ("allow", "ok")])
async def test_grants_decide_what_an_agent_may_do(anna: Person, fake_llm: FakeLLM, grant: str, status: str) -> None:
    await connect(anna, fake_llm)
    agent = (await anna.get("/my/agents"))["items"][0]
    await anna.client.patch(f"/my/agents/{agent['id']}", json={"tools": {"write_file": grant}})
    text = f"/call write_file {json.dumps({'path': 'a.txt', 'content': 'x'})}"
    reply = (await anna.say(await anna.chat(), text, model="fake/calls"))["reply"]
    assert tool_parts(reply)[0]["status"] == status
    offered = {tool["function"]["name"] for tool in fake_llm.requests[-1]["body"]["tools"]}
    assert ("write_file" in offered) == (grant != "deny")


async def test_the_team_can_be_changed_but_not_broken(anna: Person) -> None:
    made = await anna.post("/my/agents", {"name": "poet", "role": "Verse"}, 201)
    taken = await anna.client.post("/my/agents", json={"name": "poet"})
    assert taken.status_code == 409
    unknown = await anna.client.post("/my/agents", json={"name": "other", "tools": {"no_such_tool": "allow"}})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "tools.no_such_tool"
    await anna.client.patch(f"/my/agents/{made['id']}", json={"status": "disabled"})
    chat = await anna.chat()
    body = {"content": [{"type": "text", "text": "@poet hello"}]}
    refused = await anna.client.post(f"/my/chat/{chat}/message/", json=body)
    assert refused.status_code == 422
    assert "orchestrator" in refused.json()["hint"]
