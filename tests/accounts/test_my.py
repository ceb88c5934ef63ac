"""A person's own things: preferences, and nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.accounts.conftest import House, Person

PREFERENCES = "/my/preferences"


async def test_preferences_begin_with_defaults_and_change_in_part(ana: Person) -> None:
    defaults = (await ana.client.get(PREFERENCES)).json()
    assert defaults["theme"] == "auto"
    changes = {
        "theme": "dark",
        "time_zone": "Europe/Lisbon",
        "editor": {"font_size": 18},
        "ai": {"default_agent": "coder"},
    }
    changed = await ana.client.patch(PREFERENCES, json=changes)
    assert changed.status_code == 200
    expected = {
        **defaults,
        **changes,
        "editor": {**defaults["editor"], "font_size": 18},
        "ai": {"default_agent": "coder", "default_model": None},
    }
    assert changed.json() == expected
    await ana.client.patch(PREFERENCES, json={"editor": {"wrap": False}, "ai": {"default_agent": None}})
    found = (await ana.client.get(PREFERENCES)).json()
    assert found["editor"] == {"font_size": 18, "wrap": False}
    assert found["ai"]["default_agent"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"theme": None},
        {"language": "de"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Europe"},
        {"time_zone": ""},
        {"editor": {"font_size": 3}},
        {"editor": {"tabs": True}},
        {"editor": None},
        {"notifications": {"runs": "maybe"}},
        {"ai": {"default_model": "x" * 201}},
        {"color": "red"},
        [],
        "dark",
    ],
)
async def test_wrong_preferences_are_refused_whole(ana: Person, wrong: Any) -> None:
    before = (await ana.client.get(PREFERENCES)).json()
    body = {"language": "pt", **wrong} if isinstance(wrong, dict) else wrong
    assert (await ana.client.patch(PREFERENCES, json=body)).status_code == 422
    assert (await ana.client.get(PREFERENCES)).json() == before


async def test_a_change_of_an_old_version_is_412(ana: Person) -> None:
    first = (await ana.client.get(PREFERENCES)).headers["etag"]
    assert (await ana.client.get(PREFERENCES, headers={"If-None-Match": first})).status_code == 304
    changed = await ana.client.patch(PREFERENCES, json={"theme": "dark"}, headers={"If-Match": first})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first
    stale = await ana.client.patch(PREFERENCES, json={"theme": "light"}, headers={"If-Match": first})
    assert stale.status_code == 412
    assert stale.headers["etag"] == changed.headers["etag"]
    assert (await ana.client.get(PREFERENCES)).json()["theme"] == "dark"
    assert (await ana.client.get(PREFERENCES, headers={"If-None-Match": first})).status_code == 200


async def test_a_second_person_sees_nothing_of_the_first(ana: Person, bob: Person) -> None:
    key = (await ana.client.post("/my/keys", json={"name": "hers"})).json()
    await ana.client.put("/my/secrets/TOKEN", json={"value": "hers"})
    await ana.client.patch(PREFERENCES, json={"theme": "dark"})
    assert (await bob.client.get("/my/keys")).json()["items"] == []
    assert (await bob.client.get("/my/secrets")).json()["items"] == []
    assert (await bob.client.get(PREFERENCES)).json()["theme"] == "auto"
    stranger = await bob.client.delete(f"/my/keys/{key['id']}")
    missing = await bob.client.delete("/my/keys/01a1fdbb-6ad5-7000-ba11-50bad875778e")
    assert stranger.status_code == missing.status_code == 404
    assert stranger.text.replace(key["id"], "") == missing.text.replace("01a1fdbb-6ad5-7000-ba11-50bad875778e", "")
    assert (await bob.client.delete("/my/secrets/TOKEN")).status_code == 404
    await bob.client.put("/my/secrets/TOKEN", json={"value": "his"})
    assert len((await ana.client.get("/my/keys")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/auth/me"),
        ("GET", PREFERENCES),
        ("PATCH", PREFERENCES),
        ("GET", "/my/keys"),
        ("POST", "/my/keys"),
        ("DELETE", "/my/keys/01a1fdbb-6ad5-7000-ba11-50bad875778e"),
        ("GET", "/my/secrets"),
        ("PUT", "/my/secrets/X"),
        ("DELETE", "/my/secrets/X"),
        ("GET", "/api/v1/admin/users"),
        ("POST", "/api/v1/admin/invites"),
    ],
)
async def test_without_a_person_everything_is_401(house: House, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer x"}):
        answer = await house.client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_me_has_a_tag(ana: Person) -> None:
    answer = await ana.client.get("/api/v1/auth/me")
    again = await ana.client.get("/api/v1/auth/me", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_route_has_an_example_and_names_its_problems(house: House) -> None:
    document = house.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert "429" in operation["responses"], (method, path)
            content = operation.get("requestBody", {}).get("content", {})
            assert all("examples" in body for body in content.values()), (method, path)
            if path.startswith(("/my", "/api/v1/admin")):
                assert operation["security"] == [{"bearer": []}], (method, path)


async def test_first_changes_at_once_are_all_kept(ana: Person) -> None:
    answers = await asyncio.gather(
        ana.client.patch(PREFERENCES, json={"theme": "dark"}),
        ana.client.patch(PREFERENCES, json={"language": "pt"}),
        *(ana.client.put("/my/secrets/T", json={"value": f"v{number}"}) for number in range(4)),
    )
    assert {answer.status_code for answer in answers} == {200, 204}
    found = (await ana.client.get(PREFERENCES)).json()
    assert (found["theme"], found["language"]) == ("dark", "pt")
