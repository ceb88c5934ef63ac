"""Aliases and shared providers through the HTTP doors."""

from __future__ import annotations

from typing import Any

from entourage.llm.catalogue import Candidate, Catalogue
from tests.llm.money.spending import provider
from tests.world import Person, World

URL = "/api/v1/aliases"


async def alias(person: Person, provider_id: str, **more: Any) -> dict[str, Any]:
    body = {"name": "fast", "strategy": "weighted", "candidates": [{"provider_id": provider_id, "model": "m"}]}
    return await person.post(URL, body | more, 201)


async def test_an_alias_is_made_changed_and_deleted(world: World) -> None:
    ana = await world.person("ana")
    one, two = await provider(ana), await provider(ana, name="q")
    made = await alias(ana, one["id"])
    assert made["candidates"] == [{"provider_id": one["id"], "provider": "p", "model": "m", "weight": 100}]
    path = f"{URL}/{made['id']}"
    got = await ana.client.get(path)
    assert (await ana.client.get(path, headers={"If-None-Match": got.headers["etag"]})).status_code == 304
    change = {"strategy": "priority", "candidates": [{"provider_id": two["id"], "model": "x", "weight": 5}]}
    changed = await ana.client.patch(path, json=change, headers={"If-Match": got.headers["etag"]})
    assert changed.json()["version"] == 2
    assert (await ana.client.patch(path, json=change, headers={"If-Match": got.headers["etag"]})).status_code == 412
    offer = await world.services.get(Catalogue).of(ana.id)
    assert offer.aliases["fast"].candidates == (Candidate(two["id"], "x", 5),)
    assert (await ana.client.delete(f"/api/v1/providers/{two['id']}")).status_code == 204
    assert (await ana.get(path))["candidates"][0]["provider"] is None
    offer = await world.services.get(Catalogue).of(ana.id)
    assert offer.aliases["fast"].candidates == ()
    assert (await ana.client.delete(path)).status_code == 204
    assert (await ana.get(URL))["items"] == []


async def test_a_post_that_comes_twice_makes_one(small_world: World) -> None:
    ana = await small_world.person("ana")
    one = await provider(ana)
    body = {"name": "fast", "candidates": [{"provider_id": one["id"], "model": "m"}]}
    answers = [await ana.client.post(URL, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    again = await ana.client.post(URL, json=body)
    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == "name"


async def test_what_is_no_alias_is_refused(small_world: World) -> None:
    ana, bob = await small_world.person("ana"), await small_world.person("bob")
    one = await provider(bob)
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"candidates": [{"provider_id": one["id"], "model": "m"}]}, "candidates.0.provider_id"),
        ({"candidates": []}, "candidates"),
        ({"name": "team"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "two words"}, "name"),
        ({"strategy": "best"}, "strategy"),
    ]
    mine = await provider(ana)
    right = {"name": "fast", "candidates": [{"provider_id": mine["id"], "model": "m"}]}
    for wrong, field in wrongs:
        answer = await ana.client.post(URL, json=right | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_an_admin_shares_everyone_may_use_and_nobody_else_change(own_world: World) -> None:
    world = own_world
    ana, root = await world.person("ana"), await world.person("root", is_admin=True)
    private = await provider(root, name="private")
    shared = await provider(root, is_shared=True, api_key="sk-very-secret")
    named = await alias(root, shared["id"], is_shared=True)
    refused = await root.client.patch(
        f"{URL}/{named['id']}", json={"candidates": [{"provider_id": private["id"], "model": "m"}]}
    )
    assert refused.status_code == 422
    (seen,) = (await ana.get("/api/v1/providers"))["items"]
    assert (seen["id"], seen["is_own"], seen["has_key"]) == (shared["id"], False, True)
    assert "very-secret" not in str(seen)
    assert (await ana.get(f"{URL}/{named['id']}"))["is_own"] is False
    assert (await ana.get(f"/api/v1/providers/{shared['id']}"))["is_own"] is False
    for path in (f"{URL}/{named['id']}", f"/api/v1/providers/{shared['id']}"):
        assert (await ana.client.patch(path, json={"name": "mine"})).status_code == 404
        assert (await ana.client.delete(path)).status_code == 404
    assert (await ana.client.get(f"/api/v1/providers/{private['id']}")).status_code == 404
    offer = await world.services.get(Catalogue).of(ana.id)
    assert offer.providers[shared["id"]].key == "sk-very-secret"
    assert "very-secret" not in repr(offer)
    assert {item["id"] for item in (await ana.get("/my/models"))["items"]} >= {"p/m", "offline"}
    assert (await ana.client.post("/api/v1/providers", json=_like(shared, name="x"))).status_code == 403
    unshared = await root.client.patch(f"/api/v1/providers/{shared['id']}", json={"is_shared": False})
    assert unshared.status_code == 200
    assert (await world.services.get(Catalogue).of(ana.id)).providers == {}


async def test_ones_own_things_hide_shared_ones_of_the_same_name(own_world: World) -> None:
    world = own_world
    ana, root = await world.person("ana"), await world.person("root", is_admin=True)
    theirs, mine = await provider(root, is_shared=True), await provider(ana)
    await alias(root, theirs["id"], is_shared=True)
    own = await alias(ana, mine["id"])
    offer = await world.services.get(Catalogue).of(ana.id)
    named = offer.named("p")
    assert named is not None
    assert named.id == mine["id"]
    assert offer.aliases["fast"].id == own["id"]


async def test_the_types_tell_what_connecting_needs(small_world: World) -> None:
    ana = await small_world.person("ana")
    types = {item["type"]: item for item in (await ana.get("/api/v1/provider-types"))["items"]}
    assert types["anthropic"]["dialects"] == ["messages"]
    assert types["openai_compatible"]["needs_base_url"] is True
    assert types["ollama"]["needs_key"] is False
    assert len(types) == 16
    for name, kind in types.items():
        if not kind["needs_base_url"]:
            await ana.post("/api/v1/providers", {"name": name, "type": name, "api_key": "k"}, 201)


def _like(made: dict[str, Any], **change: Any) -> dict[str, Any]:
    kept = {name: made[name] for name in ("name", "type", "base_url", "is_shared")}
    return kept | change
