"""What calls took, through the doors of usage."""

from __future__ import annotations

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import Usage
from entourage.llm.money.call import Tokens
from tests.llm.money.spending import call, flush, provider, spend
from tests.world import World


async def test_a_call_is_told_by_every_key(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    tokens = Tokens(input=1000, output=500, cached=200, cache_write=100, reasoning=50)
    await spend(world, ana, made["id"], tokens, agent="coder", session_id="s1", first_token_ms=30)
    await spend(world, ana, made["id"], Tokens(), agent="coder", session_id="s1", status="failed", error="429")
    await flush(world)
    for by, key in {
        "model": "m",
        "provider": "p",
        "agent": "coder",
        "door": "chat",
        "session": "s1",
        "key": "",
    }.items():
        told = await ana.get("/my/usage", by=by)
        (item,) = told["items"]
        assert item["key"] == key, by
        assert (item["calls"], item["errors"]) == (2, 1)
        assert item["cost_usd"] == told["total"]["cost_usd"] == "0.02"
        sums = [item[f"{name}_tokens"] for name in ("input", "output", "cached", "cache_write", "reasoning")]
        assert sums == [1000, 500, 200, 100, 50]
    by_day = await ana.get("/my/usage", by="day", bucket="hour")
    assert len(by_day["items"][0]["key"]) == len("2026-01-01")
    assert by_day["series"][0]["calls"] == 2
    assert by_day["series"][0]["key"] == by_day["items"][0]["key"]
    by_model = (await ana.get("/my/usage", by="model", bucket="day"))["items"][0]
    assert 95 <= by_model["latency_ms_p50"] <= 105
    assert 28 <= by_model["first_token_ms_p50"] <= 32


async def test_a_second_person_sees_nothing_and_an_admin_everybody(own_world: World) -> None:
    world = own_world
    ana, bob, root = [await world.person(name, is_admin=name == "root") for name in ("ana", "bob", "root")]
    made = await provider(ana)
    event_id = await spend(world, ana, made["id"])
    await flush(world)
    assert (await bob.get("/my/usage", by="model"))["items"] == []
    assert (await bob.get("/my/usage/calls"))["items"] == []
    assert (await bob.client.get(f"/my/usage/calls/{event_id}")).status_code == 404
    assert (await bob.client.get("/api/v1/admin/usage")).status_code == 403
    assert (await bob.client.get("/api/v1/admin/usage/calls", params={"owner_id": ana.id})).status_code == 403
    (call,) = (await root.get("/api/v1/admin/usage/calls", owner_id=ana.id))["items"]
    assert call["id"] == event_id
    (item,) = (await root.get("/api/v1/admin/usage"))["items"]
    assert (item["key"], item["label"], item["cost_usd"]) == (ana.id, ana.email, "0.01")


async def test_single_calls_are_found_newest_first(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    ids = [await spend(world, ana, made["id"], session_id=f"s{number}") for number in range(5)]
    failed = await spend(world, ana, made["id"], Tokens(), status="failed", error="the provider is down\x00")
    await flush(world)
    first = await ana.get("/my/usage/calls", limit=4, status="ok")
    second = await ana.get("/my/usage/calls", limit=4, status="ok", cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    one = await ana.get(f"/my/usage/calls/{failed}")
    assert (one["status"], one["error"], one["cost_usd"]) == ("failed", "the provider is down\ufffd", "0")
    assert (await ana.get("/my/usage/calls", model="other"))["items"] == []


async def test_an_answer_out_of_the_cache_costs_nothing_and_saves(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await spend(world, ana, made["id"], cache="hit")
    await flush(world)
    total = (await ana.get("/my/usage", by="model"))["total"]
    assert (total["calls"], total["cache_hits"], total["input_tokens"]) == (1, 1, 0)
    assert (total["cost_usd"], total["saved_usd"]) == ("0", "0.01")


async def test_an_event_that_comes_twice_is_counted_once(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    same = call(made["id"])
    for _ in range(2):
        await spend(world, ana, made["id"], id=same.id)
    await flush(world)
    assert (await ana.get("/my/usage", by="model"))["total"]["calls"] == 1


async def test_agents_of_ours_count_and_outside_ones_do_not(world: World) -> None:
    ana = await world.person("ana")
    usage = Usage(
        provider="openai",
        model="gpt-4o",
        input_tokens=10,
        output_tokens=1,
        cached_tokens=0,
        reasoning_tokens=0,
        cost_usd="0.5",
        latency_ms=5,
        first_token_ms=None,
    )
    log = world.services.get(EventLog)
    await log.append(
        NewEvent(owner_id=ana.id, data=usage, agent="coder"),
        NewEvent(owner_id=ana.id, data=usage, source="claude-code"),
    )
    (item,) = (await ana.get("/my/usage", by="door"))["items"]
    assert (item["key"], item["calls"], item["cost_usd"]) == ("agents", 1, "0.5")


async def test_a_free_provider_costs_nothing_and_an_unknown_price_is_told_as_such(world: World) -> None:
    ana = await world.person("ana")
    free = await provider(ana, billing="free")
    unpriced = await provider(ana, name="q", prices={})
    ids = [await spend(world, ana, one["id"], provider_name=one["name"]) for one in (free, unpriced)]
    await flush(world)
    costs = [(await ana.get(f"/my/usage/calls/{one}"))["cost_usd"] for one in ids]
    assert costs == ["0", None]


async def test_times_that_are_none_are_refused(small_world: World) -> None:
    ana = await small_world.person("ana")
    for wrong in ("yesterday", "-5", "99999999999999999"):
        answer = await ana.client.get("/my/usage", params={"from": wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "from"
    assert (await ana.get("/my/usage", **{"from": "2026-01-01T00:00:00+01:00"}))["items"] == []
