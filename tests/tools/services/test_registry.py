"""Services as people keep them: registered, shared, changed, removed; secrets go in and never come out."""

from __future__ import annotations

from copy import deepcopy

from tests.fakes.http_service import DOCUMENT, HttpService
from tests.tools.services.conftest import registered
from tests.world import World


async def test_a_document_makes_operations_and_says_what_it_could_not_take(town: World, pets: HttpService):
    anna = await town.person("anna")
    service = await registered(anna, pets, openapi=DOCUMENT)
    assert (service["title"], service["operations"], len(service["skipped"])) == ("Pets", 4, 1)
    assert "POST /upload" in service["skipped"][0]
    operations = {one["id"]: one for one in (await anna.get(f"/api/v1/services/{service['id']}/operations"))["items"]}
    assert set(operations) == {"listPets", "addPet", "get_pet", "sendForm"}
    add = operations["addPet"]["parameters"]
    assert add["properties"]["body"] == {"$ref": "#/$defs/Pet"}
    pet = add["$defs"]["Pet"]["properties"]
    assert (pet["name"], pet["age"]) == ({"type": ["string", "null"]}, {"type": "integer", "exclusiveMinimum": 0})
    assert add["required"] == ["body"]
    got = operations["get_pet"]["parameters"]
    assert set(got["properties"]) == {"id", "id_query", "X-Trace", "taste"}
    assert got["required"] == ["id"]


async def test_a_document_is_fetched_and_fetched_again(town: World, pets: HttpService):
    anna = await town.person("anna")
    service = await registered(anna, pets, openapi="/openapi.json")
    assert service["openapi_url"] == "/openapi.json"
    smaller = deepcopy(DOCUMENT)
    del smaller["paths"]["/forms"], smaller["paths"]["/upload"]
    pets.document = smaller
    again = await anna.post(f"/api/v1/services/{service['id']}/refresh", status=200)
    assert (again["operations"], again["skipped"]) == (3, [])
    pets.document = {"swagger": "2.0"}
    assert (await anna.client.post(f"/api/v1/services/{service['id']}/refresh")).status_code == 422
    assert (await anna.get(f"/api/v1/services/{service['id']}"))["operations"] == 3
    gone = await anna.client.patch(f"/api/v1/services/{service['id']}", json={"openapi": None})
    assert gone.json()["operations"] == 0
    assert (await anna.client.post(f"/api/v1/services/{service['id']}/refresh")).status_code == 409


async def test_another_persons_service_is_not_there(town: World, pets: HttpService):
    anna, ben = await town.person("anna"), await town.person("ben")
    service = await registered(anna, pets)
    place = f"/api/v1/services/{service['id']}"
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/refresh"), ("GET", "/operations")):
        answer = await ben.client.request(method, place + path, json={"rps": 1} if method == "PATCH" else None)
        assert answer.status_code == 404, (method, path)
    assert "pets" not in {one["name"] for one in (await ben.get("/api/v1/services"))["items"]}
    await registered(ben, pets)
    await anna.post("/api/v1/services", {"name": "pets", "base_url": pets.url}, 409)


async def test_only_admins_share_and_sharing_shows_no_address_and_no_secret(town: World, pets: HttpService):
    anna, boss = await town.person("anna"), await town.person("boss", is_admin=True)
    body = {"name": "pets", "base_url": pets.url, "is_shared": True}
    await anna.post("/api/v1/services", body, 403)
    service = await registered(boss, pets, "common", is_shared=True, auth={"kind": "bearer", "secret": "s3cret-here"})
    seen = await anna.get(f"/api/v1/services/{service['id']}")
    assert (seen["is_own"], seen["base_url"], seen["auth"]["has_secret"]) == (False, None, True)
    assert (await anna.client.get("/svc/common/x")).status_code == 200
    assert pets.seen[-1]["headers"]["authorization"] == "Bearer s3cret-here"
    for verb in ("patch", "delete"):
        answer = await getattr(anna.client, verb)(
            f"/api/v1/services/{service['id']}", **({"json": {"rps": 1}} if verb == "patch" else {})
        )
        assert answer.status_code == 404
    await registered(anna, pets, "common", title="Mine")
    await anna.client.get("/svc/common/x")
    assert "authorization" not in pets.seen[-1]["headers"]


async def test_a_secret_stays_hidden_and_does_not_move_to_another_host(town: World, pets: HttpService):
    anna = await town.person("anna")
    with HttpService() as other:
        service = await registered(anna, pets, auth={"kind": "bearer", "secret": "s3cret-here"})
        place = f"/api/v1/services/{service['id']}"
        assert "s3cret-here" not in (await anna.client.get(place)).text
        assert (await anna.client.patch(place, json={"base_url": other.url})).status_code == 422
        auth = {"kind": "bearer", "secret": "n3w-secret"}
        moved = await anna.client.patch(place, json={"base_url": other.url, "auth": auth})
        assert moved.status_code == 200
        await anna.client.get("/svc/pets/x")
        assert other.seen[-1]["headers"]["authorization"] == "Bearer n3w-secret"
        kept = await anna.client.patch(place, json={"base_url": f"{other.url}/v2", "auth": {"kind": "bearer"}})
        assert kept.status_code in (200, 422)
        names = [secret["name"] for secret in (await anna.get("/my/secrets"))["items"]]
        assert not any("service" in name for name in names)


async def test_changes_are_guarded_by_versions_and_hold_at_once(town: World, pets: HttpService):
    anna = await town.person("anna")
    service = await registered(anna, pets)
    place = f"/api/v1/services/{service['id']}"
    tag = (await anna.client.get(place)).headers["etag"]
    assert (await anna.client.patch(place, json={"allow": ["GET /a"]}, headers={"If-Match": tag})).status_code == 200
    assert (await anna.client.patch(place, json={"rps": 1}, headers={"If-Match": tag})).status_code == 412
    assert (await anna.client.get("/svc/pets/b")).status_code == 403
    assert (await anna.client.get(place, headers={"If-None-Match": tag})).status_code == 200
    assert (await anna.client.delete(place)).status_code == 204
    assert (await anna.client.get("/svc/pets/a")).status_code == 404


async def test_what_makes_no_service_is_refused(town: World):
    anna = await town.person("anna")
    good = {"name": "ok", "base_url": "https://example.com"}
    for bad in (
        {"name": "Bad Name"},
        {"name": "people"},
        {"base_url": "ftp://example.com"},
        {"base_url": "https://u:p@example.com"},
        {"auth": {"kind": "header", "secret": "x"}},
        {"auth": {"kind": "header", "header": "Host", "secret": "x"}},
        {"auth": {"kind": "header", "header": "X-A\r\nX-B", "secret": "x"}},
        {"auth": {"kind": "bearer", "secret": "a\r\nX-Evil: 1"}},
        {"auth": {"kind": "basic", "secret": "nocolon"}},
        {"allow": ["BREW /coffee"]},
        {"rps": 0},
        {"openapi": {"openapi": "2.0"}},
        {"openapi": "gopher://x"},
    ):
        answer = await anna.client.post("/api/v1/services", json={**good, **bad})
        assert answer.status_code == 422, (bad, answer.text)


async def test_the_servers_own_apis_are_there_for_everybody_to_see_and_nobody_to_change(town: World):
    anna = await town.person("anna", is_admin=True)
    items = {one["name"]: one for one in (await anna.get("/api/v1/services"))["items"]}
    assert items["people"]["is_inside"]
    assert items["billing"]["is_inside"]
    operations = (await anna.get("/api/v1/services/billing/operations"))["items"]
    assert {"billing.read_usage", "billing.list_budgets"} <= {one["tool"] for one in operations}
    assert (await anna.client.patch("/api/v1/services/billing", json={"rps": 1})).status_code == 404
    assert (await anna.client.delete("/api/v1/services/people")).status_code == 404
