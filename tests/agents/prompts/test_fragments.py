"""Fragments stand before the instructions of the agents that list them; no text of theirs is ever lost."""

from typing import Any

import pytest

from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.world import Person, World

STYLE = {"name": "house-style", "description": "How we write", "text": "Write short sentences."}


@pytest.fixture
async def ana(world: World) -> Person:
    return await world.person("ana")


async def _patch(person: Person, path: str, body: Any, tag: str | None = None, status: int = 200) -> Any:
    answer = await person.client.patch(path, json=body, headers={"If-Match": tag} if tag else {})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_fragment_has_versions_and_comes_back(ana):
    prompt = await ana.post("/my/prompts", STYLE, 201)
    path = f"/my/prompts/{prompt['id']}"
    await _patch(ana, path, {"text": "Write long sentences."})
    assert (await _patch(ana, path, {"description": "Our style"}))["version"] == 3
    restored = await ana.post(f"{path}/restore", {"version": 1}, 200)
    assert (restored["text"], restored["version"], restored["description"]) == (STYLE["text"], 4, "Our style")
    versions = (await ana.get(f"{path}/versions"))["items"]
    assert [(one["version"], one["text"], one["restored_from"]) for one in versions] == [
        (4, STYLE["text"], 1),
        (2, "Write long sentences.", None),
        (1, STYLE["text"], None),
    ]
    await ana.post(f"{path}/restore", {"version": 3}, 404)
    assert await ana.get(path) == restored


async def test_a_stale_change_is_refused(ana):
    answer = await ana.client.post("/my/prompts", json=STYLE)
    path, tag = f"/my/prompts/{answer.json()['id']}", answer.headers["etag"]
    await _patch(ana, path, {"text": "newer"}, tag)
    await _patch(ana, path, {"text": "late"}, tag, 412)
    gone = await ana.client.post(f"{path}/restore", json={"version": 1}, headers={"If-Match": tag})
    assert gone.status_code == 412


async def test_names_are_taken_once_and_lists_are_paged(ana):
    for name in ("beta", "alpha", "gamma"):
        await ana.post("/my/prompts", {**STYLE, "name": name}, 201)
    await ana.post("/my/prompts", {**STYLE, "name": "alpha"}, 409)
    first = await ana.get("/my/prompts", limit=2)
    rest = await ana.get("/my/prompts", limit=2, cursor=first["next_cursor"])
    assert [item["name"] for item in first["items"] + rest["items"]] == ["alpha", "beta", "gamma"]


async def test_a_fragment_that_agents_list_cannot_be_deleted(ana):
    prompt = await ana.post("/my/prompts", STYLE, 201)
    agent = await ana.post("/my/agents", {"name": "poet", "fragments": ["house-style"]}, 201)
    answer = await ana.client.delete(f"/my/prompts/{prompt['id']}")
    assert (answer.status_code, "poet" in answer.json()["detail"]) == (409, True)
    await _patch(ana, f"/my/agents/{agent['id']}", {"fragments": []})
    assert (await ana.client.delete(f"/my/prompts/{prompt['id']}")).status_code == 204
    assert (await ana.client.get(f"/my/prompts/{prompt['id']}")).status_code == 404


async def test_runs_are_told_the_fragments_in_order_and_then_the_instructions(ana, fake_llm: FakeLLM):
    seen: list[str] = []

    def script(c: Conversation) -> Reply:
        seen.append(c.system)
        return say("ok")

    fake_llm.play(script)
    await ana.connect(fake_llm.openai_url, ["plain"])
    for name, text in (("first", "FIRST PART"), ("second", "SECOND PART")):
        await ana.post("/my/prompts", {"name": name, "text": text}, 201)
    fragments = ["second", "not-there", "first"]
    await ana.post("/my/agents", {"name": "poet", "instructions": "THE REST", "fragments": fragments}, 201)
    chat = await ana.chat()
    await ana.say(chat, "@poet hello")
    assert seen[0].startswith("SECOND PART\n\nFIRST PART\n\nTHE REST\n\nToday is")
    prompt = next(item for item in (await ana.get("/my/prompts"))["items"] if item["name"] == "first")
    await _patch(ana, f"/my/prompts/{prompt['id']}", {"text": "FIRST PART, REWORDED"})
    await ana.say(chat, "@poet again")
    assert "FIRST PART, REWORDED" in seen[1]


@pytest.mark.parametrize(
    "body",
    [{"name": "Bad Name", "text": "x"}, {"name": "empty", "text": ""}, {"name": "ok", "text": "x", "more": 1}, {}],
)
async def test_what_is_no_fragment_is_refused(ana, body):
    assert (await ana.post("/my/prompts", body, 422))["status"] == 422


async def test_fragments_of_others_are_not_there(ana, world):
    bea = await world.person("bea")
    path = f"/my/prompts/{(await ana.post('/my/prompts', STYLE, 201))['id']}"
    for answer in (
        await bea.client.get(path),
        await bea.client.patch(path, json={"text": "x"}),
        await bea.client.delete(path),
        await bea.client.get(f"{path}/versions"),
        await bea.client.post(f"{path}/restore", json={"version": 1}),
    ):
        assert answer.status_code == 404
    assert (await bea.get("/my/prompts"))["items"] == []
