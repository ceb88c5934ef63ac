"""Budgets: notices, refusals, and fifty spenders at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from entourage.events.event import Published
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.llm.catalogue import Catalogue
from entourage.llm.money import ledger, shared_ledger
from entourage.llm.money.call import Tokens
from entourage.llm.money.meter import BudgetSpent, Meter
from entourage.llm.money.periods import Period, span_of
from tests.conftest import POSTGRES
from tests.llm.money.spending import CENT, admit, call, flush, provider, spend
from tests.schema import fresh_postgres
from tests.world import Person, World, open_world

SPENDERS = 50
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


async def budget(person: Person, **more: Any) -> dict[str, Any]:
    return await person.post("/my/budgets", {"subject": "user", "period": "day", **more}, 201)


async def spent(person: Person) -> float:
    (item,) = (await person.get("/my/budgets"))["items"]
    return float(item["spent_usd"])


async def spend_until_refused(world: World, person: Person, provider_id: str) -> int:
    """Call after call, as one client does; how many were let in."""
    calls = 0
    while True:
        try:
            admission = await admit(world, person)
        except BudgetSpent:
            return calls
        await asyncio.sleep(0)
        world.services.get(Meter).settle(admission, call(provider_id))
        calls += 1


async def test_a_spent_budget_refuses_before_the_call(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await budget(ana, hard_usd="0.02")
    for _ in range(2):
        await spend(world, ana, made["id"])
    with pytest.raises(BudgetSpent, match=r"\$0\.02 a day is spent"):
        await admit(world, ana)
    await flush(world)
    assert await spent(ana) == 0.02


async def test_what_was_spent_before_the_budget_was_made_counts(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await spend(world, ana, made["id"], Tokens(input=5000))
    await flush(world)
    set_ = await budget(ana, hard_usd="0.05")
    with pytest.raises(BudgetSpent):
        await admit(world, ana)
    raised = await ana.client.patch(f"/my/budgets/{set_['id']}", json={"hard_usd": "0.06"})
    assert raised.status_code == 200
    assert (await admit(world, ana)).hold is not None


async def test_fifty_spenders_never_pass_it_by_more_than_their_calls_in_flight(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await budget(ana, hard_usd="1")
    calls = await asyncio.gather(*(spend_until_refused(world, ana, made["id"]) for _ in range(SPENDERS)))
    await flush(world)
    assert sum(calls) == round(await spent(ana) * 100)
    assert 100 <= sum(calls) <= 100 + SPENDERS


@pytest.mark.parametrize("_engine", ["postgresql"] if POSTGRES else [])
async def test_two_servers_share_a_budget(_engine: str, tmp_path: Path) -> None:
    assert POSTGRES
    async with fresh_postgres(POSTGRES) as url:
        shared = {"database_url": url, "master_key": KEY}
        async with open_world(tmp_path / "one", **shared) as one, open_world(tmp_path / "two", **shared) as two:
            ana = await one.person("ana")
            made = await provider(ana)
            await budget(ana, hard_usd="1")
            spenders = (
                spend_until_refused(world, ana, made["id"]) for world in (one, two) for _ in range(SPENDERS // 2)
            )
            calls = await asyncio.gather(*spenders)
            await asyncio.gather(flush(one), flush(two))
            assert sum(calls) == round(await spent(ana) * 100)
            assert 100 <= sum(calls) <= 100 + SPENDERS
            assert min(sum(calls[: SPENDERS // 2]), sum(calls[SPENDERS // 2 :])) > 0


async def test_calls_in_flight_are_held(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await budget(ana, hard_usd="0.03")
    await spend(world, ana, made["id"])
    await flush(world)
    held = [await admit(world, ana), await admit(world, ana)]
    with pytest.raises(BudgetSpent):
        await admit(world, ana)
    world.services.get(Meter).release(held[0])
    await flush(world)
    await admit(world, ana)


async def test_a_new_day_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await budget(ana, hard_usd="0.01")
    await spend(world, ana, made["id"])
    await flush(world)
    with pytest.raises(BudgetSpent):
        await admit(world, ana)
    tomorrow = now_ms() + 24 * 3_600_000
    for room in (ledger, shared_ledger):
        monkeypatch.setattr(room, "now_ms", lambda: tomorrow)
    await admit(world, ana)


@pytest.mark.parametrize(
    ("period", "moment", "first", "after"),
    [
        ("day", "2026-03-29T23:59:59", "2026-03-29", "2026-03-30"),
        ("day", "2028-02-29T00:00:00", "2028-02-29", "2028-03-01"),
        ("month", "2026-12-31T23:59:59", "2026-12-01", "2027-01-01"),
        ("month", "2026-02-01T00:00:00", "2026-02-01", "2026-03-01"),
    ],
)
def test_days_and_months_are_those_of_utc(period: Period, moment: str, first: str, after: str) -> None:
    def at(text: str) -> int:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)

    assert span_of(period, at(moment)) == (at(first) // 3_600_000, at(after) // 3_600_000)


async def test_budgets_are_of_keys_agents_and_workspaces_too(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    key = await ana.post("/my/gateway-keys", {"name": "k", "budget": {"period": "day", "hard_usd": "0.01"}}, 201)
    for subject, name in (("agent", "coder"), ("workspace", "home")):
        body = {"subject": subject, "subject_id": name, "period": "month", "hard_usd": "0.01"}
        await ana.post("/my/budgets", body, 201)
    for who in ({"key_id": key["id"]}, {"agent": "coder"}, {"workspace": "home"}):
        await spend(world, ana, made["id"], **who)
        with pytest.raises(BudgetSpent):
            await admit(world, ana, **who)
    await admit(world, ana, agent="writer", workspace="away")


async def test_past_a_soft_limit_there_is_one_event(world: World) -> None:
    ana = await world.person("ana")
    made = await provider(ana)
    await budget(ana, soft_usd="0.02", hard_usd="0.03")
    told, both = list[str](), asyncio.Event()

    def listen(committed: Sequence[Published]) -> None:
        told.extend(one.record.type for one in committed if one.owner_id == ana.id)  # the server is shared
        if told.count("budget") == 2:
            both.set()

    world.services.get(EventLog).listen(listen)
    for _ in range(3):
        await spend(world, ana, made["id"])
    async with asyncio.timeout(30):
        await both.wait()
    found = (await ana.get("/events", type="budget"))["items"]
    assert sorted(one["data"]["level"] for one in found) == ["hard", "soft"]
    assert {one["data"]["limit_usd"] for one in found} == {"0.02", "0.03"}


async def test_a_person_cannot_touch_an_admins_budget(world: World) -> None:
    ana, bob, root = [await world.person(name, is_admin=name == "root") for name in ("ana", "bob", "root")]
    body = {"owner_id": ana.id, "subject": "user", "period": "month", "hard_usd": "5"}
    made = await root.post("/api/v1/admin/budgets", body, 201)
    assert made["owner_name"] == ana.email
    path = f"/my/budgets/{made['id']}"
    assert (await ana.client.patch(path, json={"hard_usd": "50"})).status_code == 403
    assert (await ana.client.delete(path)).status_code == 403
    assert (await bob.client.delete(path)).status_code == 404
    assert (await ana.get("/my/budgets"))["items"][0]["set_by"] == "admin"
    assert (await bob.get("/my/budgets"))["items"] == []
    changed = await root.client.patch(f"/api/v1/admin/budgets/{made['id']}", json={"hard_usd": "6"})
    assert changed.json()["hard_usd"] == "6"
    stale = {"If-Match": '"x"'}
    assert (await root.client.delete(f"/api/v1/admin/budgets/{made['id']}", headers=stale)).status_code == 412
    assert (await root.client.delete(f"/api/v1/admin/budgets/{made['id']}")).status_code == 204
    assert (await root.client.post("/api/v1/admin/budgets", json=body | {"owner_id": made["id"]})).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"hard_usd": None},
        {"hard_usd": "-1"},
        {"hard_usd": "1e5"},
        {"subject": "key", "hard_usd": "1"},
        {"subject": "key", "subject_id": "0190b2a0-0000-7000-8000-000000000000", "hard_usd": "1"},
        {"subject_id": "x", "hard_usd": "1"},
    ],
)
async def test_what_is_no_budget_is_refused(small_world: World, wrong: dict[str, Any]) -> None:
    ana = await small_world.person("ana")
    answer = await ana.client.post("/my/budgets", json={"subject": "user", "period": "day", **wrong})
    assert answer.status_code == 422, answer.text


async def test_an_admins_shared_provider_counts_against_who_calls_it(own_world: World) -> None:
    world = own_world
    ana, root = await world.person("ana"), await world.person("root", is_admin=True)
    made = await provider(root, is_shared=True, billing="pooled")
    await budget(ana, hard_usd="0.01")
    offer = await world.services.get(Catalogue).of(ana.id)
    assert offer.providers[made["id"]].billing == "pooled"
    await spend(world, ana, made["id"], CENT)
    with pytest.raises(BudgetSpent):
        await admit(world, ana)
    await admit(world, root)
