"""Agents' own calls go through the same gateway: aliases, fallback, budgets and the ledger hold for them too."""

from __future__ import annotations

from typing import Any

from entourage.events.log import EventLog
from entourage.stores.log import Filter
from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate, alias


async def turn(gate: Gate, model: str, text: str = "hello") -> Any:
    """The reply of the team, asked with this model."""
    return (await gate.ana.say(await gate.ana.chat(), text, model=model))["reply"]


async def test_a_run_on_an_alias_falls_back_and_is_accounted_once(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat"), 503))
    gate.two.play(u.events(d.stream("chat")))
    reply = await turn(gate, "both-chat")
    assert reply["status"] == "done", reply
    (call,) = await gate.ledger()
    assert (call["provider"], call["alias"], call["attempts"]) == ("two-chat", "both-chat", 2)
    assert (call["input_tokens"], call["output_tokens"], call["cached_tokens"]) == (20, 7, 5)
    (event,) = await gate.world.services.get(EventLog).read(gate.ana.id, Filter(types=("usage",)))
    assert event.record.run_id == reply["run_id"]
    assert event.record.agent == reply["agent"]


async def test_a_run_falls_back_across_dialects(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat"), 529))
    gate.two.play(u.events(d.stream("messages")))
    one, two = gate.providers["one-chat"], gate.providers["two-messages"]
    await alias(gate.ana, "mixed", "priority", (one, "m", 1), (two, "m", 1))
    reply = await turn(gate, "mixed")
    assert reply["status"] == "done", reply
    assert [call["provider"] for call in await gate.ledger()] == ["two-messages"]


async def test_an_anthropic_provider_is_asked_in_its_own_dialect(gate: Gate) -> None:
    gate.one.play(u.events(d.stream("messages")))
    reply = await turn(gate, "one-messages/m")
    assert reply["status"] == "done", reply
    (got,) = gate.one.got
    assert got.line.startswith("POST /v1/messages")
    assert got.header("x-api-key") == "sk-one-messages-secret"
    assert not [name for name, _ in got.headers if name.startswith("x-entourage")]


async def test_a_spent_budget_stops_the_run_before_the_call(gate: Gate) -> None:
    price = {"prices": {"m": {"input": "1000", "output": "1000"}}}
    changed = await gate.ana.client.patch(f"/api/v1/providers/{gate.providers['one-chat']}", json=price)
    assert changed.status_code == 200, changed.text
    budget = {"subject": "user", "period": "day", "hard_usd": "0.01"}
    made = await gate.ana.client.post("/my/budgets", json=budget)
    assert made.status_code == 201, made.text
    gate.one.play(u.events(d.stream("chat")))
    assert (await turn(gate, "one-chat/m"))["status"] == "done"
    reply = await turn(gate, "one-chat/m")
    assert reply["status"] == "failed"
    assert "budget" in reply["error"]["title"].lower()
    assert len(gate.one.got) == 1


async def test_a_refused_key_is_told_with_the_way_out(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat", "Incorrect API key provided: sk-one-chat-secret."), 401))
    reply = await turn(gate, "one-chat/m")
    assert reply["status"] == "failed"
    assert "refused the key" in reply["error"]["detail"]
    assert "under Models" in reply["error"]["hint"]


async def test_trying_a_model_tells_what_came_of_it(gate: Gate) -> None:
    gate.one.play(u.events(d.stream("chat", "rea", "dy")))
    good = await gate.ana.post("/api/v1/models/test", {"model": "one-chat/m"}, 200)
    assert (good["ok"], good["text"], good["provider"], good["error"]) == (True, "ready", "one-chat", None)
    gate.one.play(u.whole(d.error("chat", "out of order"), 500))
    bad = await gate.ana.post("/api/v1/models/test", {"model": "one-chat/m"}, 200)
    assert not bad["ok"]
    assert "500" in bad["error"]
    unknown = await gate.ana.post("/api/v1/models/test", {"model": "nothing"}, 200)
    assert "nothing" in unknown["error"]


async def test_aliases_are_among_the_models_an_agent_may_use(gate: Gate) -> None:
    ids = [item["id"] for item in (await gate.ana.get("/my/models"))["items"]]
    assert {"both-chat", "one-chat/m", "offline"} <= set(ids)
