"""Tools of others in the hands of agents: names that models take, grants, approvals, searching, artifacts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entourage.tools.tool import ToolCall, ToolResult
from tests.e2e.walking import connect, events_of_run, messages, text_of, tool_parts
from tests.fakes.llm_server import FakeLLM
from tests.tools.path.shelf import TEXT, Counting, Shelf, settled
from tests.world import Person, World

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@pytest.fixture
async def anna(small_world: World, fake_llm: FakeLLM) -> Person:
    person = await small_world.person("anna")
    await connect(person, fake_llm)
    return person


async def do(person: Person, chat: str, *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Have the model make these calls, one after the other."""
    text = "\n".join(f"/call {name} {json.dumps(args)}" for name, args in steps)
    return await person.say(chat, text, model="fake/calls")


async def orchestrator(person: Person, tools: dict[str, str]) -> None:
    agent = (await person.get("/my/agents"))["items"][0]
    answer = await person.client.patch(f"/my/agents/{agent['id']}", json={"tools": tools})
    assert answer.status_code == 200, answer.text


def offered(llm: FakeLLM) -> list[str]:
    """What the model was last offered."""
    return [tool["function"]["name"] for tool in llm.requests[-1]["body"].get("tools", [])]


async def test_a_model_calls_it_by_its_wire_name_and_people_see_its_own(
    anna: Person, shelf: Shelf, fake_llm: FakeLLM
) -> None:
    work = Counting()
    shelf.put(anna, "mail.send", work)
    chat = await anna.chat()
    sent = await do(anna, chat, ("mail__send", {"text": "hello"}))
    (part,) = tool_parts(sent["reply"])
    assert (part["tool"], part["status"], part["args"]) == ("mail.send", "ok", {"text": "hello"})
    assert work.calls == [{"text": "hello"}]
    assert "mail__send" in offered(fake_llm)
    again = await do(anna, chat, ("mail__send", {"text": "again"}))
    assert again["reply"]["status"] == "done"


async def test_grants_of_an_agent_may_be_patterns(anna: Person, shelf: Shelf, fake_llm: FakeLLM) -> None:
    for name in ("mail.send", "mail.read", "news.read"):
        shelf.put(anna, name, Counting())
    await orchestrator(anna, {"mail.*": "deny", "mail.read": "allow"})
    sent = await do(anna, await anna.chat(), ("mail__send", {"text": "x"}), ("mail__read", {"text": "x"}))
    assert [part["status"] for part in tool_parts(sent["reply"])] == ["failed", "ok"]
    assert {"mail__read", "news__read"} <= set(offered(fake_llm))
    assert "mail__send" not in offered(fake_llm)


async def test_a_remembered_pattern_is_a_grant_of_the_agent(anna: Person, shelf: Shelf) -> None:
    for name in ("mail.send", "mail.drop", "news.drop"):
        shelf.put(anna, name, Counting(), destructive=True)
    chat = await anna.chat()
    sent = await do(anna, chat, ("mail__send", {"text": "x"}))
    assert sent["reply"]["status"] == "waiting"
    (approval,) = (await anna.get("/my/approvals", status="pending", app="team"))["items"]
    assert (approval["tool"], approval["risk"]) == ("mail.send", "high")
    path = f"/my/approvals/{approval['id']}/decide"
    await anna.post(path, {"decision": "approve", "args": {"text": 5}}, 422)
    edited = {"decision": "approve", "args": {"text": "edited"}, "remember_tool": "mail.*"}
    await anna.post(path, edited, 200)
    await events_of_run(anna, chat, sent["run_id"])
    assert "edited" in text_of((await messages(anna, chat))[-1])
    assert (await anna.get("/my/agents"))["items"][0]["tools"]["mail.*"] == "allow"
    assert (await do(anna, chat, ("mail__drop", {"text": "x"})))["reply"]["status"] == "done"
    assert (await do(anna, chat, ("news__drop", {"text": "x"})))["reply"]["status"] == "waiting"


async def test_policies_hold_for_agents(anna: Person, shelf: Shelf) -> None:
    shelf.put(anna, "mail.send", Counting())
    await anna.post("/my/tool-policies", {"tool": "mail.*", "subject": "agent:coder", "grant": "deny"}, 201)
    await anna.post("/my/tool-policies", {"tool": "mail.*", "subject": "source:team", "quota_per_day": 1}, 201)
    steps = (("mail__send", {"text": "a"}), ("mail__send", {"text": "b"}))
    sent = await do(anna, await anna.chat(), *steps)
    assert [part["status"] for part in tool_parts(sent["reply"])] == ["ok", "failed"]
    text = "@coder\n/call mail__send {}"
    refused = await anna.say(await anna.chat(), text, model="fake/calls")
    assert tool_parts(refused["reply"])[0]["status"] == "failed"


async def test_among_many_tools_the_model_searches(anna: Person, shelf: Shelf, fake_llm: FakeLLM) -> None:
    work = Counting()
    for number in range(60):
        shelf.put(anna, f"shop.sell_thing_{number}", Counting())
    shelf.put(anna, "garden.water_tulips", work, destructive=True)
    shelf.put(anna, "garden.cut_roses", Counting())
    await orchestrator(anna, {"garden.cut_roses": "allow"})
    chat = await anna.chat()
    sent = await do(
        anna,
        chat,
        ("find_tools", {"query": "water the tulips"}),
        ("call_tool", {"name": "no.such", "args": {}}),
        ("call_tool", {"name": "garden__water_tulips", "args": {"text": "a little"}}),
    )
    shown = set(offered(fake_llm))
    assert {"find_tools", "call_tool", "read_file", "garden__cut_roses"} <= shown
    assert not any(name.startswith("shop__") for name in shown)
    (approval,) = (await anna.get("/my/approvals", status="pending"))["items"]
    assert (approval["tool"], approval["args"]) == ("garden.water_tulips", {"text": "a little"})
    await anna.post(f"/my/approvals/{approval['id']}/decide", {"decision": "approve"}, 200)
    await events_of_run(anna, chat, sent["run_id"])
    reply = (await messages(anna, chat))[-1]
    parts = tool_parts(reply)
    assert [part["tool"] for part in parts] == ["find_tools", "call_tool", "garden.water_tulips"]
    assert parts[0]["result"].startswith("garden__water_tulips: Does garden.water_tulips.")
    assert "There is no tool 'no.such'" in parts[1]["error"]
    assert work.calls == [{"text": "a little"}]


async def test_media_become_artifacts_of_the_conversation(anna: Person, shelf: Shelf) -> None:
    def answer(_call: ToolCall, _args: object) -> ToolResult:
        note = {"uri": "file:///x/notes.md", "mimeType": "text/markdown", "text": "# Tulips"}
        return ToolResult(
            "here they are",
            content=(
                {"type": "text", "text": "here they are"},
                {"type": "image", "data": PNG, "mimeType": "image/png"},
                {"type": "resource", "resource": note},
                {"type": "image", "data": "!!", "mimeType": "image/png"},
                {"type": "resource_link", "uri": "https://example.com/a", "name": "more"},
            ),
        )

    shelf.put(anna, "paint.draw", Counting(answer), {}, title="Painter")
    chat = await anna.chat()
    sent = await do(anna, chat, ("paint__draw", {}))
    (part,) = tool_parts(sent["reply"])
    assert [artifact["type"] for artifact in part["artifacts"]] == ["image", "document"]
    for said in ("here they are", "[image: the user sees 'Painter 2", "# Tulips", "cannot be shown", "example.com/a"):
        assert said in part["result"]
    made = (await anna.get("/my/artifacts", chat_id=chat))["items"]
    assert {item["title"] for item in made} >= {"notes.md"}


async def test_a_long_result_is_seen_in_part_and_kept_whole(anna: Person, shelf: Shelf, fake_llm: FakeLLM) -> None:
    text = "begin " + "x" * 80_000 + " end"
    shelf.put(anna, "news.all", Counting(lambda _call, _args: ToolResult(text)), {})
    sent = await do(anna, await anna.chat(), ("news__all", {}))
    (part,) = tool_parts(sent["reply"])
    (artifact,) = part["artifacts"]
    content = await anna.client.get(f"/my/artifacts/{artifact['id']}/content")
    assert content.text == text
    told = json.dumps(fake_llm.requests[-1]["body"])
    assert "30010 characters left out" in told
    assert "x" * 40_000 not in told


async def test_calls_of_agents_are_counted_and_listed_too(small_world: World, anna: Person, shelf: Shelf) -> None:
    shelf.put(anna, "mail.send", Counting(), TEXT)
    await do(anna, await anna.chat(), ("mail__send", {"text": "x"}))
    await settled(small_world)
    (item,) = (await anna.get("/my/tool-calls", tool="mail.*"))["items"]
    assert (item["source"], item["agent"], item["status"]) == ("team", "orchestrator", "ok")
    assert item["args_preview"] == '{"text":"x"}'
    assert (await anna.get("/my/tools/mail.send"))["calls_24h"] == 1
