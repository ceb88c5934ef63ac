"""Trying a model, and how candidates fare, through the HTTP doors."""

from __future__ import annotations

from tests.fakes.llm_server import FakeLLM
from tests.llm.money.spending import PRICES
from tests.world import World


async def test_a_model_is_tried_with_one_call_that_is_paid_for(world: World, fake_llm: FakeLLM) -> None:
    ana, bob = await world.person("ana"), await world.person("bob")
    made = await ana.connect(fake_llm.openai_url, ["plain"], prices={"plain": PRICES["m"]})
    told = await ana.post("/api/v1/models/test", {"model": "fake/plain"}, 200)
    assert (told["ok"], told["provider"], told["model"], told["error"]) == (True, "fake", "plain", None)
    assert told["text"]
    assert float(told["cost_usd"]) > 0
    (item,) = (await ana.get("/api/v1/models/health"))["items"]
    assert (item["provider_id"], item["model"], item["state"], item["calls"]) == (made["id"], "plain", "closed", 1)
    assert (await bob.get("/api/v1/models/health"))["items"] == []


async def test_what_goes_wrong_is_told_and_not_thrown(world: World, fake_llm: FakeLLM) -> None:
    ana = await world.person("ana")
    await ana.connect(fake_llm.openai_url, ["plain"])
    fake_llm.play("wrong_key")
    refused = await ana.post("/api/v1/models/test", {"model": "fake/plain"}, 200)
    unknown = await ana.post("/api/v1/models/test", {"model": "nothing"}, 200)
    assert (refused["ok"], unknown["ok"]) == (False, False)
    assert refused["error"]
    assert "nothing" in unknown["error"]


async def test_a_spent_budget_refuses_the_call_through_a_door(world: World, fake_llm: FakeLLM) -> None:
    ana = await world.person("ana")
    await ana.connect(fake_llm.openai_url, ["plain"], prices={"plain": PRICES["m"]})
    key = await ana.post("/my/gateway-keys", {"name": "k", "budget": {"period": "day", "hard_usd": "0.000001"}}, 201)
    headers = {"Authorization": f"Bearer {key['key']}", "x-entourage-cache": "no-store"}
    body = {"model": "fake/plain", "messages": [{"role": "user", "content": "hi"}]}
    answers = [await ana.client.post("/v1/chat/completions", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 402], answers[1].text
    assert "is spent" in answers[1].json()["error"]["message"]
    seen = len(fake_llm.requests)
    refused = await ana.client.post("/v1/messages", json=body | {"max_tokens": 9}, headers=headers)
    assert refused.status_code == 402, refused.text
    assert refused.json()["type"] == "error"
    assert len(fake_llm.requests) == seen


async def test_a_key_calls_only_so_often(small_world: World) -> None:
    ana = await small_world.person("ana")
    key = await ana.post("/my/gateway-keys", {"name": "k", "requests_per_minute": 2}, 201)
    body = {"model": "offline", "messages": [{"role": "user", "content": "2 + 2"}]}
    headers = {"Authorization": f"Bearer {key['key']}"}
    answers = [await ana.client.post("/v1/chat/completions", json=body, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429], answers[0].text
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[1].headers["x-ratelimit-remaining-requests"] == "0"
