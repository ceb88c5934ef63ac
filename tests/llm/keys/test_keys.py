"""Virtual keys: made, bound, revoked; good for the gateway and nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from entourage.kit import clock
from entourage.kit.errors import Forbidden, Unauthorized
from entourage.llm.keys import callers as callers_module
from entourage.llm.keys.callers import Callers
from tests.llm.money.spending import flush, provider, spend
from tests.world import Person, World

URL = "/my/gateway-keys"


async def make(person: Person, **more: Any) -> dict[str, Any]:
    return await person.post(URL, {"name": "laptop", **more}, 201)


async def test_a_key_is_shown_once_and_rests_as_a_hash(world: World) -> None:
    ana = await world.person("ana")
    made = await make(ana, models=["fast"], tokens_per_minute=1000, expires_in_days=30)
    assert made["key"].startswith("ent_vk_")
    assert made["key"].startswith(made["prefix"])
    (listed,) = (await ana.get(URL))["items"]
    assert listed == {name: value for name, value in made.items() if name != "key"}
    assert (listed["requests_per_minute"], listed["tokens_per_minute"]) == (100, 1000)
    if not world.settings.database_url:
        files = [file for file in world.settings.data_dir.rglob("*") if file.is_file()]
        assert not any(made["key"].encode() in file.read_bytes() for file in files)


async def test_it_opens_the_gateway_and_nothing_else(world: World) -> None:
    ana = await world.person("ana")
    made = await make(ana, models=["fast", "p/m"])
    caller = await world.services.get(Callers).of_token(made["key"])
    assert (caller.owner_id, caller.key_id) == (ana.id, made["id"])
    assert caller.may_call("fast")
    assert caller.may_call("m", "p/m")
    assert not caller.may_call("slow")
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with httpx.AsyncClient(base_url=world.url, headers=headers) as client:
        for path in ("/my/gateway-keys", "/my/chat", "/api/v1/providers", "/events"):
            answer = await client.get(path)
            assert answer.status_code == 401, path
            assert "gateway only" in answer.text


async def test_a_revoked_key_stops_at_once(world: World) -> None:
    ana = await world.person("ana")
    made = await make(ana, budget={"period": "day", "hard_usd": "1"})
    callers = world.services.get(Callers)
    await callers.of_token(made["key"])
    assert callers.known(made["key"]) is not None
    assert (await ana.client.delete(f"{URL}/{made['id']}")).status_code == 204
    assert callers.known(made["key"]) is None
    with pytest.raises(Unauthorized):
        await callers.of_token(made["key"])
    assert (await ana.get(URL))["items"] == []
    assert (await ana.get("/my/budgets"))["items"] == []
    assert (await ana.client.delete(f"{URL}/{made['id']}")).status_code == 404


async def test_an_expired_key_is_unknown(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await small_world.person("ana")
    made = await make(ana, expires_in_days=1)
    callers = small_world.services.get(Callers)
    await callers.of_token(made["key"])
    later = clock.now_ms() + 25 * 3_600_000
    monkeypatch.setattr(callers_module, "now_ms", lambda: later)
    assert callers.known(made["key"]) is None
    with pytest.raises(Unauthorized):
        await callers.of_token(made["key"])


async def test_a_change_holds_from_the_next_call_on(world: World) -> None:
    ana = await world.person("ana")
    made = await make(ana)
    callers = world.services.get(Callers)
    await callers.of_token(made["key"])
    path = f"{URL}/{made['id']}"
    changed = await ana.client.patch(path, json={"requests_per_minute": 7, "models": ["fast"]})
    assert changed.json()["requests_per_minute"] == 7
    caller = await callers.of_token(made["key"])
    assert (caller.requests_per_minute, caller.models) == (7, {"fast"})
    stale = await ana.client.patch(path, json={"models": None}, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    again = await ana.client.patch(path, json={"models": None}, headers={"If-Match": changed.headers["etag"]})
    assert again.json()["models"] is None


async def test_a_second_person_sees_and_ends_nothing(world: World) -> None:
    ana, bob = await world.person("ana"), await world.person("bob")
    made = await make(ana)
    assert (await bob.get(URL))["items"] == []
    assert (await bob.client.patch(f"{URL}/{made['id']}", json={"name": "x"})).status_code == 404
    assert (await bob.client.delete(f"{URL}/{made['id']}")).status_code == 404
    body = {"subject": "key", "subject_id": made["id"], "period": "day", "hard_usd": "1"}
    assert (await bob.client.post("/my/budgets", json=body)).status_code == 422


async def test_what_a_key_spent_is_told_by_its_name_even_when_it_is_gone(world: World) -> None:
    ana = await world.person("ana")
    made, source = await make(ana), await provider(ana)
    await spend(world, ana, source["id"], key_id=made["id"])
    await flush(world)
    (listed,) = (await ana.get(URL))["items"]
    assert (listed["spent_usd_day"], listed["spent_usd_month"]) == ("0.01", "0.01")
    await ana.client.delete(f"{URL}/{made['id']}")
    (item,) = (await ana.get("/my/usage", by="key"))["items"]
    assert (item["key"], item["label"], item["cost_usd"]) == (made["id"], "laptop", "0.01")


async def test_other_tokens_need_the_scope_write(world: World) -> None:
    ana = await world.person("ana")
    callers = world.services.get(Callers)
    assert (await callers.of_token(ana.token)).key_id is None
    for scope, allowed in (("write", True), ("read", False), ("ingest", False)):
        made = await ana.post("/my/keys", {"name": scope, "scopes": [scope]}, 201)
        if allowed:
            assert (await callers.of_token(made["key"])).key_id == made["id"]
        else:
            with pytest.raises(Forbidden):
                await callers.of_token(made["key"])
    for nonsense in ("", "nonsense", "ent_vk_nonsense", "ent_nonsense"):
        with pytest.raises(Unauthorized):
            await callers.of_token(nonsense)


async def test_an_api_key_makes_no_keys(small_world: World) -> None:
    ana = await small_world.person("ana")
    key = (await ana.post("/my/keys", {"name": "k", "scopes": ["read", "write"]}, 201))["key"]
    async with httpx.AsyncClient(base_url=small_world.url, headers={"Authorization": f"Bearer {key}"}) as client:
        assert (await client.post(URL, json={"name": "x"})).status_code == 403
        assert (await client.get(URL)).status_code == 200
