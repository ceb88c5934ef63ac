"""Operations as tools: every argument goes where the document says, with the caller's rights and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.http_service import DOCUMENT, HttpService
from tests.tools.services.conftest import registered
from tests.world import Person, World


async def call(person: Person, name: str, wait: float | None = 0, **args: Any) -> dict[str, Any]:
    return await person.post(f"/my/tools/{name}/call", {"args": args, "wait_seconds": wait}, 200)


async def test_every_operation_is_a_tool_of_those_who_see_the_service(town: World, pets: HttpService):
    anna, ben = await town.person("anna"), await town.person("ben")
    await registered(anna, pets, openapi=DOCUMENT)
    tools = {tool["name"]: tool for tool in (await anna.get("/my/tools", origin="service:pets"))["items"]}
    assert set(tools) == {"pets.listPets", "pets.addPet", "pets.get_pet", "pets.sendForm"}
    listing, adding, form = (tools[f"pets.{name}"] for name in ("listPets", "addPet", "sendForm"))
    assert (listing["read_only"], listing["grant"], listing["title"]) == (True, "allow", "List pets")
    assert (adding["read_only"], adding["destructive"], adding["grant"]) == (False, False, "ask")
    assert (form["idempotent"], form["destructive"]) == (True, True)
    assert not [tool for tool in (await ben.get("/my/tools"))["items"] if tool["origin"] == "service:pets"]
    assert (await ben.client.post("/my/tools/pets.listPets/call", json={"args": {}})).status_code == 404


async def test_arguments_go_to_path_query_header_cookie_and_body(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT, auth={"kind": "bearer", "secret": "s3cret-of-pets"})
    got = await call(anna, "pets.get_pet", id="a b/ç?", id_query=["x", "y&z"], **{"X-Trace": "t1", "taste": "s w;eet"})
    assert got["status"] == "ok", got
    seen = pets.seen[-1]
    assert (seen["path"], seen["query"]) == ("/v1/pets/a%20b%2F%C3%A7%3F", "id=x&id=y%26z")
    assert seen["headers"]["x-trace"] == "t1"
    assert seen["headers"]["cookie"] == "taste=s%20w%3Beet"
    assert seen["headers"]["authorization"] == "Bearer s3cret-of-pets"
    assert got["structured"]["method"] == "GET"
    assert "s3cret-of-pets" not in json.dumps(got)


@pytest.mark.parametrize("value", ["..", "../admin", "a/../../b", "..;x", "..\\x", "%2e%2e", "a\r\nX: y", "", "."])
async def test_no_argument_leads_out_of_its_place(town: World, pets: HttpService, value: str):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT)
    got = await call(anna, "pets.get_pet", id=value)
    assert (got["status"], pets.seen) == ("failed", [])


async def test_no_header_argument_splits_the_request(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT)
    got = await call(anna, "pets.get_pet", id="1", **{"X-Trace": "a\r\nX-Evil: 1"})
    assert (got["status"], pets.seen) == ("failed", [])
    wrong = await call(anna, "pets.get_pet", id="1", surprise=1)
    assert "surprise" in wrong["error"]


async def test_what_changes_something_waits_for_the_person(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT)
    waiting = await call(anna, "pets.addPet", body={"name": "Rex"})
    assert (waiting["status"], pets.seen) == ("waiting", [])
    await anna.post(f"/my/approvals/{waiting['approval_id']}/decide", {"decision": "approve"}, 200)
    done = await call(anna, "pets.addPet", body={"name": "Rex"})
    assert done["status"] == "ok"
    assert pets.seen[-1]["headers"]["content-type"] == "application/json"
    assert json.loads(pets.seen[-1]["body"]) == {"name": "Rex"}


async def test_forms_are_sent_as_forms(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT)
    form = {"a": "x y", "n": 1, "tag": ["p", "q"]}
    waiting = await call(anna, "pets.sendForm", body=form)
    await anna.post(f"/my/approvals/{waiting['approval_id']}/decide", {"decision": "approve"}, 200)
    assert (await call(anna, "pets.sendForm", body=form))["status"] == "ok"
    assert pets.seen[-1]["body"] == "a=x+y&n=1&tag=p&tag=q"


async def test_failures_are_told_and_passing_ones_tried_again(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, openapi=DOCUMENT)
    pets.statuses = [503]
    assert (await call(anna, "pets.listPets"))["status"] == "ok"
    assert len(pets.seen) == 2
    pets.statuses = [418]
    failed = await call(anna, "pets.listPets")
    assert failed["status"] == "failed"
    assert "418" in failed["error"]
    assert "not now" in failed["error"]


async def test_a_changed_service_has_changed_tools_at_once(town: World, pets: HttpService):
    anna = await town.person("anna")
    service = await registered(anna, pets, openapi=DOCUMENT)
    await call(anna, "pets.listPets")
    with HttpService() as other:
        await anna.client.patch(f"/api/v1/services/{service['id']}", json={"base_url": other.url})
        await call(anna, "pets.listPets")
        assert other.seen[-1]["path"] == "/pets"
    await anna.client.delete(f"/api/v1/services/{service['id']}")
    assert (await anna.client.post("/my/tools/pets.listPets/call", json={"args": {}})).status_code == 404


async def test_a_secret_that_the_service_says_back_is_taken_out(town: World, pets: HttpService):
    anna = await town.person("anna")
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/telling": {"get": {"operationId": "tell"}}},
    }
    await registered(anna, pets, openapi=document, auth={"kind": "bearer", "secret": "s3cret-of-pets"})
    got = await call(anna, "pets.tell")
    assert got["status"] == "ok"
    assert "s3cret-of-pets" not in json.dumps(got)


async def test_our_own_apis_answer_as_the_person_who_asks(town: World):
    anna, ben = await town.person("anna"), await town.person("ben", is_admin=True)
    for person in (anna, ben):
        me = await call(person, "people.me")
        assert me["structured"]["email"] == person.email
        assert (await person.client.get("/svc/people/api/v1/auth/me")).json()["email"] == person.email
    budget = {"subject": "user", "period": "day", "hard_usd": "5"}
    made = await anna.post("/my/budgets", budget, 201)
    ids = [one["id"] for one in (await call(anna, "billing.list_budgets"))["structured"]["items"]]
    assert ids == [made["id"]]
    assert (await call(ben, "billing.list_budgets"))["structured"]["items"] == []
    waiting = await call(anna, "billing.delete_budget", budget_id=made["id"])
    assert waiting["status"] == "waiting"
    usage = await anna.client.get("/svc/billing/my/usage", params={"by": "model"})
    assert usage.status_code == 200


async def test_no_right_is_gained_through_our_own_apis(town: World):
    boss = await town.person("boss", is_admin=True)
    for path in ("api/v1/admin/users", "my/keys", "api/v1/admin/usage", "my/usage/../keys", "my/secrets"):
        assert (await boss.client.get(f"/svc/billing/{path}")).status_code in (400, 403, 404), path
    reading = (await boss.post("/my/keys", {"name": "r", "scopes": ["read"]}, 201))["key"]
    headers = {"Authorization": f"Bearer {reading}"}
    assert (await boss.client.get("/svc/billing/my/budgets", headers=headers)).status_code == 200
    budget = {"subject": "user", "period": "day", "hard_usd": "5"}
    assert (await boss.client.post("/svc/billing/my/budgets", json=budget, headers=headers)).status_code == 403
    assert (await boss.client.post("/svc/billing/my/budgets", json=budget)).status_code == 201
