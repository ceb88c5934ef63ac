"""`/svc/...`: what goes to a service, what comes back, and who may ask."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from tests.fakes.http_service import HttpService
from tests.tools.services.conftest import registered
from tests.world import Person, World


async def test_a_call_goes_on_with_the_services_own_secret_and_none_of_ours(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, auth={"kind": "bearer", "secret": "s3cret-of-pets"})
    headers = {
        "X-Custom": "kept",
        "Cookie": "session=ours",
        "X-Api-Key": "ours",
        "X-Forwarded-For": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
        "Connection": "x-hop",
        "X-Hop": "gone",
        "Origin": "https://a.example",
        "Via": "x",
        "TE": "trailers",
        "X-Original-URL": "/admin",
        "X-HTTP-Method-Override": "DELETE",
    }
    answer = await anna.client.post("/svc/pets/a%20b/c?q=1&q=%32", json={"x": 1}, headers=headers)
    assert answer.status_code == 200, answer.text
    got = answer.json()
    assert (got["method"], got["path"], got["query"], got["body"]) == ("POST", "/v1/a%20b/c", "q=1&q=%32", '{"x":1}')
    assert got["headers"]["authorization"] == "Bearer s3cret-of-pets"
    assert got["headers"]["x-custom"] == "kept"
    assert anna.token not in str(got)
    assert got["headers"]["host"] == urlsplit(pets.url).netloc
    for name in ("cookie", "x-api-key", "x-forwarded-for", "forwarded", "x-hop", "origin", "via", "te"):
        assert name not in got["headers"]
    assert not {"x-original-url", "x-http-method-override"} & set(got["headers"])


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "header", "header": "X-Key", "secret": "k1"}, "x-key", "k1"),
        ({"kind": "basic", "secret": "u:p"}, "authorization", "Basic dTpw"),
    ],
)
async def test_kinds_of_secrets(town: World, pets: HttpService, auth: dict[str, str], header: str, value: str):
    anna = await town.person("anna")
    await registered(anna, pets, auth=auth)
    got = (await anna.client.get("/svc/pets/x", headers={"X-Key": "mine"})).json()
    assert got["headers"][header] == value


@pytest.mark.parametrize(
    "path",
    [
        *("..", "../admin", "a/../../admin", "%2e%2e/admin", "..%2fadmin", "%2e%2e%2fadmin", "a/%2E%2E/%2E%2E/b"),
        *(
            "%252e%252e/admin",
            "..%5cadmin",
            "a%0d%0aX-Evil:1",
            "a%00b",
            "a%0ab",
            "..;/admin",
            "a/%2e/b",
            "%c0%ae",
            "/evil.example/",
        ),
    ],
)
async def test_no_path_leaves_the_service(town: World, pets: HttpService, path: str):
    anna = await town.person("anna")
    await registered(anna, pets)
    answer = await _raw(town, anna, f"GET /svc/pets/{path} HTTP/1.1")
    status = int(answer.split(b" ")[1])
    assert status in (400, 404), answer
    assert all(one["path"].startswith("/v1/") and "admin" not in one["path"] for one in pets.seen)


async def _raw(world: World, person: Person, line: str, headers: str = "", body: bytes = b"") -> bytes:
    """An answer to a request that clients would not send."""
    parts = urlsplit(world.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"{line}\r\nHost: x\r\nAuthorization: Bearer {person.token}\r\nConnection: close\r\n{headers}\r\n"
    writer.write(head.encode() + body)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_a_request_that_two_servers_would_read_differently_goes_nowhere(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    smuggled = b"0\r\n\r\nGET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    length = f"Content-Length: {len(smuggled)}\r\n"
    for headers in (length + "Transfer-Encoding: chunked\r\n", "Content-Length: 4\r\n" + length):
        await _raw(town, anna, "POST /svc/pets/a HTTP/1.1", headers, smuggled)
    assert all("smuggled" not in one["path"] for one in pets.seen)
    assert all(one["headers"].get("transfer-encoding") is None for one in pets.seen)


async def test_answers_stream_as_they_come(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    async with anna.client.stream("GET", "/svc/pets/stream") as answer:
        pieces = answer.aiter_text()
        assert await anext(pieces) == "first\n"
        pets.go_on.set()
        assert [piece async for piece in pieces] == ["last\n"]


async def test_an_answer_that_breaks_off_does_not_look_whole(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    with pytest.raises(httpx.HTTPError):
        await anna.client.get("/svc/pets/cut")


async def test_a_caller_who_leaves_lets_the_service_go(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    async with anna.client.stream("GET", "/svc/pets/forever") as answer:
        assert await anext(answer.aiter_text()) == "first\n"
    assert await asyncio.to_thread(pets.left.wait, 20)


async def test_uploads_go_through_within_bounds(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    got = await anna.client.put("/svc/pets/file", content=b"x" * 900_000)
    assert got.json()["size"] == 900_000
    refused = await anna.client.put("/svc/pets/file", content=b"x" * 1_000_001)
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")


async def test_what_comes_back_is_clean(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    answer = await anna.client.get("/svc/pets/odd-headers")
    assert answer.headers["x-fine"] == "yes"
    for name in ("set-cookie", "x-entourage-user", "access-control-allow-origin", "x-secret-hop"):
        assert name not in answer.headers
    inside = await anna.client.get("/svc/pets/redirect-inside")
    assert (inside.status_code, inside.headers["location"]) == (302, "/svc/pets/elsewhere?x=1")
    away = await anna.client.get("/svc/pets/redirect-away")
    assert away.status_code == 302
    assert "location" not in away.headers
    head = await anna.client.head("/svc/pets/x")
    assert (head.status_code, head.content) == (200, b"")
    missing = await anna.client.get("/svc/pets/missing")
    assert (missing.status_code, missing.json()) == (404, {"error": "no such pet"})


async def test_a_stranger_and_another_person_are_kept_out(town: World, pets: HttpService):
    anna, ben = await town.person("anna"), await town.person("ben")
    await registered(anna, pets)
    assert (await ben.client.get("/svc/pets/x")).status_code == 404
    async with httpx.AsyncClient(base_url=town.url) as nobody:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
            answer = await nobody.get("/svc/pets/x", headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    reading = (await anna.post("/my/keys", {"name": "r", "scopes": ["read"]}, 201))["key"]
    async with httpx.AsyncClient(base_url=town.url, headers={"Authorization": f"Bearer {reading}"}) as reader:
        assert (await reader.get("/svc/pets/x")).status_code == 200
        assert (await reader.post("/svc/pets/x")).status_code == 403
    assert len(pets.seen) == 1


async def test_a_revoked_key_stops_at_once(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets)
    made = await anna.post("/my/keys", {"name": "k", "scopes": ["read"]}, 201)
    async with httpx.AsyncClient(base_url=town.url, headers={"Authorization": f"Bearer {made['key']}"}) as client:
        assert (await client.get("/svc/pets/x")).status_code == 200
        await anna.client.delete(f"/my/keys/{made['id']}")
        assert (await client.get("/svc/pets/x")).status_code == 401


async def test_only_what_is_allowed_goes_through(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, allow=["GET /items/*", "* /open"])
    assert (await anna.client.get("/svc/pets/items/1")).status_code == 200
    assert (await anna.client.head("/svc/pets/items/1")).status_code == 200
    assert (await anna.client.delete("/svc/pets/open")).status_code == 200
    assert (await anna.client.post("/svc/pets/items/1")).status_code == 403
    assert (await anna.client.get("/svc/pets/admin")).status_code == 403


async def test_each_person_has_a_pace_and_a_quota_of_their_own(town: World, pets: HttpService):
    boss, ben = await town.person("boss", is_admin=True), await town.person("ben")
    await registered(boss, pets, "paced", is_shared=True, rps=1)
    await registered(boss, pets, "scarce", is_shared=True, quota_per_day=2)
    assert (await ben.client.get("/svc/paced/x")).status_code == 200
    refused = await ben.client.get("/svc/paced/x")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (await boss.client.get("/svc/paced/x")).status_code == 200
    assert [(await ben.client.get("/svc/scarce/x")).status_code for _ in range(3)] == [200, 200, 429]
    assert (await boss.client.get("/svc/scarce/x")).status_code == 200


async def test_only_what_may_be_done_twice_is_tried_again(town: World, pets: HttpService):
    anna = await town.person("anna")
    await registered(anna, pets, retries=2)
    pets.statuses = [503, 502]
    assert (await anna.client.get("/svc/pets/x")).status_code == 200
    assert len(pets.seen) == 3
    pets.statuses = [503]
    assert (await anna.client.post("/svc/pets/x")).status_code == 503
    assert len(pets.seen) == 4


async def test_a_service_that_fails_again_and_again_is_left_alone_until_it_is_changed(town: World, pets: HttpService):
    anna = await town.person("anna")
    service = await registered(anna, pets, retries=0)
    pets.statuses = [503] * 5
    for _ in range(5):
        assert (await anna.client.post("/svc/pets/x")).status_code == 503
    refused = await anna.client.get("/svc/pets/x")
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert len(pets.seen) == 5
    assert (await anna.get(f"/api/v1/services/{service['id']}"))["state"] == "open"
    await anna.client.patch(f"/api/v1/services/{service['id']}", json={"retries": 1})
    assert (await anna.client.get("/svc/pets/x")).status_code == 200


async def test_a_dead_service_is_told_of_in_words(town: World, pets: HttpService):
    anna = await town.person("anna")
    body = {"name": "dead", "base_url": "http://127.0.0.1:9", "retries": 0, "auth": {"kind": "bearer", "secret": "zzz"}}
    await anna.post("/api/v1/services", body, 201)
    answer = await anna.client.get("/svc/dead/x")
    assert answer.status_code == 502
    assert "127.0.0.1" not in answer.text
    assert "zzz" not in answer.text


async def test_private_addresses_are_for_admins_to_open(small_world: World, pets: HttpService):
    anna = await small_world.person("anna")
    for url in (pets.url, "http://169.254.169.254/latest", "http://[::1]:8700", "http://2130706433/", "http://0x7f.1/"):
        await anna.post("/api/v1/services", {"name": "in", "base_url": url}, 422)
        body = {"name": "in", "base_url": "https://example.com", "openapi": f"{url}/openapi.json"}
        assert (await anna.client.post("/api/v1/services", json=body)).status_code in (422, 502)
    await anna.post("/api/v1/services", {"name": "sly", "base_url": "http://localhost.:1", "retries": 0}, 422)
    assert pets.seen == []


async def test_calls_are_counted_by_the_hour(town: World, pets: HttpService):
    anna, ben = await town.person("anna"), await town.person("ben")
    service = await registered(anna, pets, retries=0)
    pets.statuses = [500]
    for _ in range(3):
        await anna.client.get("/svc/pets/x")
    told = await anna.get(f"/api/v1/services/{service['id']}/analytics")
    assert (told["calls"], told["errors"], len(told["series"])) == (3, 1, 1)
    assert told["latency"]["p50"] > 0
    past = await anna.get(f"/api/v1/services/{service['id']}/analytics", **{"from": 0, "to": 3_600_000})
    assert (past["calls"], past["latency"]["p50"]) == (0, None)
    assert (await ben.client.get(f"/api/v1/services/{service['id']}/analytics")).status_code == 404
