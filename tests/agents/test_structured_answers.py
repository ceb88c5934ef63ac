"""Agents with an output schema: their answers fit it, whatever the model tries first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import running_server
from tests.e2e.walking import events_of_run, messages, tool_parts
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Reply, call, say
from tests.world import Person, World

CITY = {
    "type": "object",
    "title": "City",
    "properties": {"name": {"type": "string"}, "people": {"$ref": "#/$defs/count"}},
    "required": ["name", "people"],
    "additionalProperties": False,
    "$defs": {"count": {"type": "integer", "minimum": 0}},
}
LISBON = {"name": "Lisbon", "people": 575_000}


@pytest.fixture
async def anna(small_world: World, fake_llm: FakeLLM) -> Person:
    person = await small_world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    await person.post("/my/agents", {"name": "clerk", "output_schema": CITY}, 201)
    return person


async def ask(person: Person, text: str = "@clerk which city?") -> dict[str, Any]:
    return (await person.say(await person.chat(), text))["reply"]


def answers(*values: Any) -> Any:
    """A script that gives these answers, one at each asking."""

    def script(c: Conversation) -> Reply:
        return call("final_answer", **values[min(len(c.results), len(values) - 1)])

    return script


async def test_the_answer_is_data_in_the_asked_form(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(answers(LISBON))
    reply = await ask(anna)
    assert reply["status"] == "done"
    assert reply["parts"] == [{"type": "data", "title": "City", "value": LISBON}]
    run = await anna.get(f"/my/runs/{reply['run_id']}")
    assert run["output"] == LISBON
    offered = {tool["function"]["name"]: tool["function"] for tool in fake_llm.requests[-1]["body"]["tools"]}
    assert offered["final_answer"]["parameters"]["required"] == ["name", "people"]


async def test_a_model_may_mend_an_answer_that_does_not_fit(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(answers({"name": "Lisbon", "people": -1}, {"name": "Lisbon"}, LISBON))
    reply = await ask(anna)
    assert [part["type"] for part in reply["parts"]] == ["data"]
    told = [message["content"] for message in fake_llm.requests[-1]["body"]["messages"] if message["role"] == "tool"]
    assert "people: -1 is less than the minimum of 0" in told[0]
    assert "is a required property" in told[1]


async def test_plain_words_are_no_answer(anna: Person, fake_llm: FakeLLM) -> None:
    words = say("It is Lisbon.", stubborn=True)
    fake_llm.play(lambda c: call("final_answer", **LISBON) if len(c.turns) > 1 else words)
    reply = await ask(anna)
    assert [part["type"] for part in reply["parts"]] == ["text", "data"]


async def test_a_model_that_cannot_fit_fails_with_the_reason(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(answers({"name": 1}))
    reply = await ask(anna)
    assert reply["status"] == "failed"
    assert reply["error"]["title"] == "The answer does not fit the agent's schema"
    assert "people" in reply["error"]["detail"]
    assert len(fake_llm.requests) <= 5


async def test_other_calls_beside_the_answer_are_carried_out(anna: Person, fake_llm: FakeLLM) -> None:
    calls = (Call("write_file", {"path": "a.txt", "content": "x"}), Call("final_answer", LISBON))
    fake_llm.play(lambda _: Reply(calls=calls))
    reply = await ask(anna)
    assert [part["type"] for part in reply["parts"]] == ["tool_call", "data"]
    assert tool_parts(reply)[0]["status"] == "ok"


async def test_the_next_turn_and_the_calling_agent_read_the_data(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.offers("final_answer"):
            return call("final_answer", **LISBON)
        return say(c.results[-1].text) if c.results else call("call_agent", agent="clerk", task="a city")

    fake_llm.play(script)
    chat = await anna.chat()
    reply = (await anna.say(chat, "ask the clerk"))["reply"]
    assert json.loads(reply["parts"][-1]["text"]) == LISBON
    await anna.say(chat, "@clerk and you?")
    fake_llm.play("echo")
    await anna.say(chat, "@universal thanks")
    assert json.dumps(LISBON, separators=(",", ":")) in json.dumps(fake_llm.requests[-1]["body"]).replace("\\", "")
    exported = await anna.client.get(f"/my/chat/{chat}/export")
    assert '**City**\n\n```json\n{\n  "name": "Lisbon"' in exported.text
    assert (await messages(anna, chat))[3]["parts"][0]["type"] == "data"


async def test_the_offline_model_says_that_it_cannot(anna: Person) -> None:
    reply = (await anna.say(await anna.chat(), "@clerk which?", model="offline"))["reply"]
    assert reply["status"] == "failed"
    assert "output schema" in reply["error"]["detail"]
    assert "Connect a model" in reply["error"]["hint"]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "string"}, "must describe an object"),
        ({"type": "object", "properties": {"a": {"type": "strin"}}}, "is no JSON schema"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}}}, "may only refer"),
        ({"type": "object", "not": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/$defs/a"}}}, "itself"),
        ({"type": "object", "properties": {"a": {"type": "string", "pattern": "(a)\\1"}}}, "is no JSON schema"),
        ({"type": "object", "description": "x" * 33_000}, "at most"),
        ({"type": "object", "const": json.loads("[" * 30 + "]" * 30)}, "deeper"),
    ],
    ids=["no-object", "unknown-type", "foreign", "circular", "backreference", "long", "deep"],
)
async def test_a_schema_that_cannot_be_asked_for_is_refused(anna: Person, schema: dict[str, Any], why: str) -> None:
    for method, path in (("POST", "/my/agents"), ("PATCH", f"/my/agents/{await clerk(anna)}")):
        body = {"output_schema": schema, **({"name": "other"} if method == "POST" else {})}
        refused = await anna.client.request(method, path, json=body)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["field"] == "output_schema"
        assert why in refused.json()["errors"][0]["message"]


async def test_a_schema_can_be_taken_away(anna: Person, fake_llm: FakeLLM) -> None:
    changed = await anna.client.patch(f"/my/agents/{await clerk(anna)}", json={"output_schema": None})
    assert changed.json()["output_schema"] is None
    fake_llm.play("echo")
    assert (await ask(anna))["parts"] == [{"type": "text", "text": "Echo: @clerk which city?"}]


@pytest.mark.e2e
async def test_a_killed_server_goes_on_where_the_answer_was(tmp_path: Path) -> None:
    slow = Reply(calls=(Call("final_answer", LISBON),), first_token_ms=60_000)

    def script(c: Conversation) -> Reply:
        if not c.results:
            return call("list_files", path="")
        return call("final_answer", name=1) if len(c.results) == 1 else slow if llm.slow else answers(LISBON)(c)

    with SlowLLM(script) as llm:
        async with running_server(tmp_path) as server:
            anna = await server.sign_in()
            await anna.connect(llm.openai_url, ["plain"])
            await anna.post("/my/agents", {"name": "clerk", "output_schema": CITY}, 201)
            chat = await anna.chat()
            sent = await anna.say(chat, "@clerk which city?", wait=False)
            await until(lambda: bool(posts(llm)) and "does not fit" in json.dumps(posts(llm)[-1]["body"]))
            await server.kill()
            before = len(posts(llm))
            llm.slow = False
            await server.start()
            await events_of_run(anna, chat, sent["run_id"], sent["seq"])
            reply = (await messages(anna, chat))[1]
            await anna.client.aclose()
    assert [part["type"] for part in reply["parts"]] == ["tool_call", "data"]
    assert reply["parts"][1]["value"] == LISBON
    later = [json.dumps(request["body"]) for request in posts(llm)[before:]]
    assert later
    assert all("does not fit" in body for body in later), "an answer that was recorded was asked for again"


class SlowLLM(FakeLLM):
    """A provider whose last answer takes for ever until it is told otherwise."""

    slow = True


def posts(llm: FakeLLM) -> list[dict[str, Any]]:
    return [request for request in llm.requests if request["method"] == "POST"]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110  the fake runs in a thread of its own
            await asyncio.sleep(0.01)


async def clerk(person: Person) -> str:
    return next(agent["id"] for agent in (await person.get("/my/agents"))["items"] if agent["name"] == "clerk")
