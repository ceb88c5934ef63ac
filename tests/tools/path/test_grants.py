"""Policies of tools: who may call what, how often, for how long; a person's own and an admin's for everybody."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.grants.tables import ToolPolicyRow
from entourage.tools.path.trail import Trail
from entourage.tools.tool import ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf, call, shelf_of
from tests.world import Person, World

MINE, ADMINS = "/my/tool-policies", "/api/v1/admin/tool-policies"


@pytest.fixture
async def admin(small_world: World):
    """An admin, whose policies for everybody are gone after the test."""
    yield await small_world.person("root", is_admin=True)
    async with small_world.services.get(Stores).database.write(EVERYONE) as session:
        await session.execute(ToolPolicyRow.__table__.delete().where(ToolPolicyRow.set_by == "admin"))
    small_world.services.get(ToolPolicies).forget_all()


async def say(person: Person, body: dict[str, Any], path: str = MINE) -> dict[str, Any]:
    return await person.post(path, body, 201)


async def test_a_policy_holds_from_the_next_call_on(ana: Person, shelf: Shelf) -> None:
    work = Counting()
    shelf.put(ana, "mail.send", work)
    assert (await call(ana, "mail.send", {"text": "a"}))["status"] == "ok"
    policy = await say(ana, {"tool": "mail.*", "grant": "deny"})
    refused = await call(ana, "mail.send", {"text": "b"})
    assert (refused["status"], "not granted" in refused["error"]) == ("denied", True)
    changed = await ana.client.patch(f"{MINE}/{policy['id']}", json={"grant": "allow"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await call(ana, "mail.send", {"text": "c"}))["status"] == "ok"
    assert [args["text"] for args in work.calls] == ["a", "c"]


async def test_the_closest_word_counts(ana: Person, shelf: Shelf) -> None:
    for name in ("mail.send", "mail.read"):
        shelf.put(ana, name, Counting())
    await say(ana, {"tool": "*", "grant": "deny"})
    await say(ana, {"tool": "mail.*", "subject": "*", "grant": "allow"})
    await say(ana, {"tool": "mail.send", "grant": "deny"})
    assert (await call(ana, "mail.read", {"text": "x"}))["status"] == "ok"
    assert (await call(ana, "mail.send", {"text": "x"}))["status"] == "denied"
    assert (await call(ana, "list_files"))["status"] == "denied"
    await say(ana, {"tool": "mail.*", "subject": "source:api", "grant": "allow"})
    assert (await call(ana, "mail.send", {"text": "x"}))["status"] == "ok"
    assert (await call(ana, "mail.send", {"text": "x"}, source="cli"))["status"] == "denied"


async def test_one_persons_policies_are_not_anothers(ana: Person, ben: Person, shelf: Shelf) -> None:
    for person in (ana, ben):
        shelf.put(person, "mail.send", Counting())
    policy = await say(ana, {"tool": "mail.send", "grant": "deny"})
    assert (await call(ben, "mail.send", {"text": "x"}))["status"] == "ok"
    assert (await ben.get(MINE))["items"] == []
    for answer in (
        await ben.client.patch(f"{MINE}/{policy['id']}", json={"grant": "allow"}),
        await ben.client.delete(f"{MINE}/{policy['id']}"),
    ):
        assert answer.status_code == 404
    assert (await call(ana, "mail.send", {"text": "x"}))["status"] == "denied"


async def test_what_an_admin_denies_nobody_can_allow(ana: Person, admin: Person, shelf: Shelf) -> None:
    shelf.put(ana, "mail.send", Counting())
    refused = await ana.client.post(ADMINS, json={"tool": "*", "grant": "deny"})
    assert refused.status_code == 403
    made = await say(admin, {"tool": "mail.*", "grant": "deny"}, ADMINS)
    await say(ana, {"tool": "mail.send", "grant": "allow"})
    result = await call(ana, "mail.send", {"text": "x"})
    assert (result["status"], result["error"]) == ("denied", "An admin does not allow the tool mail.send here.")
    shown = (await ana.get(MINE))["items"]
    assert {item["set_by"] for item in shown} == {"self", "admin"}
    assert (await ana.client.delete(f"{MINE}/{made['id']}")).status_code == 404
    assert (await admin.client.delete(f"{MINE}/{made['id']}")).status_code == 404
    assert (await admin.client.delete(f"{ADMINS}/{made['id']}")).status_code == 204
    assert (await call(ana, "mail.send", {"text": "x"}))["status"] == "ok"


async def test_an_admins_other_words_are_defaults(ana: Person, admin: Person, shelf: Shelf) -> None:
    shelf.put(ana, "mail.send", Counting())
    await say(admin, {"tool": "mail.*", "grant": "ask", "timeout_seconds": 1}, ADMINS)
    assert (await ana.get("/my/tools/mail.send"))["grant"] == "ask"
    await say(ana, {"tool": "*", "grant": "allow"})
    assert (await ana.get("/my/tools/mail.send"))["grant"] == "allow"


async def test_policies_that_say_nothing_or_the_same_again_are_refused(ana: Person) -> None:
    await say(ana, {"tool": "mail.*", "rps": 5})
    assert (await ana.client.post(MINE, json={"tool": "mail.*", "grant": "deny"})).status_code == 409
    for body in ({"tool": "x"}, {"tool": "", "grant": "deny"}, {"tool": "x", "subject": "agent:", "grant": "deny"}):
        assert (await ana.client.post(MINE, json=body)).status_code == 422
    for wrong in ({"rps": 0}, {"timeout_seconds": 0.5}, {"timeout_seconds": 301}, {"quota_per_day": -1}):
        assert (await ana.client.post(MINE, json={"tool": "y", **wrong})).status_code == 422


async def test_a_stale_change_is_refused(ana: Person) -> None:
    answer = await ana.client.post(MINE, json={"tool": "mail.*", "rps": 5})
    path, tag = f"{MINE}/{answer.json()['id']}", answer.headers["etag"]
    assert (await ana.client.patch(path, json={"rps": 6}, headers={"If-Match": tag})).status_code == 200
    assert (await ana.client.patch(path, json={"rps": 7}, headers={"If-Match": tag})).status_code == 412
    assert (await ana.client.delete(path, headers={"If-Match": tag})).status_code == 412


async def test_a_days_quota_counts_all_callers_and_survives(world: World) -> None:
    ana = await world.person("ana")
    shelf_of(world).put(ana, "mail.send", Counting())
    shelf_of(world).put(ana, "mail.read", Counting())
    policy = await say(ana, {"tool": "mail.*", "quota_per_day": 2})
    states = [(await call(ana, name, {"text": "x"}))["status"] for name in ("mail.send", "mail.read", "mail.send")]
    assert states == ["ok", "ok", "failed"]
    await world.services.get(Trail).flush()
    world.services.get(ToolPolicies).forget_all()
    refused = await call(ana, "mail.read", {"text": "x"}, source="cli")
    assert "The quota of 2 calls a day is used up" in refused["error"]
    await ana.client.patch(f"{MINE}/{policy['id']}", json={"quota_per_day": 3})
    assert (await call(ana, "mail.read", {"text": "x"}))["status"] == "ok"


async def test_a_quota_is_each_persons_own(ana: Person, ben: Person, admin: Person, shelf: Shelf) -> None:
    for person in (ana, ben):
        shelf.put(person, "mail.send", Counting())
    await say(admin, {"tool": "mail.*", "quota_per_day": 1}, ADMINS)
    for person in (ana, ben):
        assert (await call(person, "mail.send", {"text": "x"}))["status"] == "ok"
        assert (await call(person, "mail.send", {"text": "x"}))["status"] == "failed"


async def test_calls_wait_for_their_turn(ana: Person, shelf: Shelf) -> None:
    inside, most, two, go_on = 0, 0, asyncio.Event(), asyncio.Event()

    async def work(_call: ToolCall, _args: object) -> ToolResult:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == 2:
            two.set()
        await go_on.wait()
        inside -= 1
        return ToolResult("done")

    shelf.put(ana, "mail.send", work, {})
    await say(ana, {"tool": "mail.*", "concurrency": 2})
    calls = [asyncio.create_task(call(ana, "mail.send")) for _ in range(5)]
    async with asyncio.timeout(20):
        await two.wait()
    go_on.set()
    assert [(await one)["status"] for one in calls] == ["ok"] * 5
    assert most == 2


async def test_too_many_a_second_are_refused_when_waiting_takes_too_long(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "mail.send", Counting())
    await say(ana, {"tool": "mail.*", "rps": 0.01})
    assert (await call(ana, "mail.send", {"text": "x"}))["status"] == "ok"
    refused = await call(ana, "mail.send", {"text": "x"})
    assert refused["status"] == "failed"
    assert "0.01 times a second" in refused["error"]


async def test_a_policy_may_give_less_time(ana: Person, shelf: Shelf) -> None:
    async def hang(_call: ToolCall, _args: object) -> ToolResult:
        await asyncio.Event().wait()
        raise AssertionError

    shelf.put(ana, "mail.hang", hang, {}, timeout_seconds=60)
    await say(ana, {"tool": "mail.*", "timeout_seconds": 1})
    assert "longer than 1 s" in (await call(ana, "mail.hang"))["error"]
