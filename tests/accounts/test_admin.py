"""Admins: who they are, what they change, and how the first one comes to be."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from pydantic import SecretStr

from entourage.accounts.setup import Setup
from entourage.settings import Settings
from tests.accounts.conftest import PASSWORD, House, OpenHouse, Person

SETUP = "/api/v1/auth/setup"
USERS = "/api/v1/admin/users"


def first(token: str, name: str = "root") -> dict[str, Any]:
    return {"token": token, "email": f"{name}@example.com", "password": PASSWORD, "full_name": name}


async def link_token(house: House) -> str:
    link = await house.services.get(Setup).prepare()
    assert link is not None
    assert link.startswith(f"{house.settings.base_url}/setup?token=")
    return link.partition("token=")[2]


async def test_the_link_makes_one_admin_even_when_several_use_it_at_once(house: House) -> None:
    assert (await house.client.get(SETUP)).json() == {"needs_admin": True, "registration": "open"}
    token = await link_token(house)
    answers = await asyncio.gather(
        *(house.client.post(SETUP, json=first(token, f"root{number}")) for number in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
    winner = next(answer for answer in answers if answer.status_code == 201).json()
    assert winner["user"]["is_admin"] is True
    assert (await house.new_client(winner["access_token"]).get(USERS)).status_code == 200
    assert (await house.client.get(SETUP)).json()["needs_admin"] is False
    assert await house.services.get(Setup).prepare() is None


async def test_a_new_link_replaces_the_old_and_a_guess_is_403(house: House) -> None:
    old, new = await link_token(house), await link_token(house)
    assert (await house.client.post(SETUP, json=first(old))).status_code == 403
    assert (await house.client.post(SETUP, json=first("guess"))).status_code == 403
    assert (await house.client.post(SETUP, json=first(new))).status_code == 201


async def test_a_link_is_worth_nothing_once_there_is_an_admin(house: House) -> None:
    token = await link_token(house)
    await house.person("early", is_admin=True)
    assert (await house.client.post(SETUP, json=first(token))).status_code == 409


async def test_the_settings_make_the_admin_without_a_prompt(
    settings: Settings, open_house: OpenHouse, caplog: pytest.LogCaptureFixture
) -> None:
    known = settings.model_copy(update={"admin_email": "Root@example.com", "admin_password": SecretStr(PASSWORD)})
    house = await open_house(known)
    with caplog.at_level(logging.DEBUG):
        links = await asyncio.gather(*(house.services.get(Setup).prepare() for _ in range(3)))
    assert links == [None, None, None]
    assert PASSWORD not in caplog.text
    tokens = await house.login("root@example.com")
    assert tokens["user"]["is_admin"] is True
    users = (await house.new_client(tokens["access_token"]).get(USERS)).json()["items"]
    assert len(users) == 1


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [("root@example.com", "short", "ADMIN_PASSWORD"), ("nobody", PASSWORD, "ADMIN_EMAIL")],
)
async def test_an_unusable_admin_of_the_settings_is_named(
    settings: Settings, open_house: OpenHouse, email: str, password: str, words: str
) -> None:
    update = {"admin_email": email, "admin_password": SecretStr(password)}
    house = await open_house(settings.model_copy(update=update))
    with pytest.raises(ValueError, match=words):
        await house.services.get(Setup).prepare()


async def test_only_admins_see_people(ana: Person, admin: Person) -> None:
    for path in (USERS, "/api/v1/admin/invites"):
        assert (await ana.client.get(path)).status_code == 403
        assert (await admin.client.get(path)).status_code == 200
    shown = (await admin.client.get(USERS)).json()["items"]
    assert {person["email"] for person in shown} == {ana.email, admin.email}
    assert all("password" not in field for person in shown for field in person)


async def test_the_last_admin_stays(house: House, admin: Person) -> None:
    for patch in ({"is_admin": False}, {"is_active": False}):
        assert (await admin.client.patch(f"{USERS}/{admin.id}", json=patch)).status_code == 409
    other = await house.person("other", is_admin=True)
    answers = await asyncio.gather(
        admin.client.patch(f"{USERS}/{other.id}", json={"is_admin": False}),
        other.client.patch(f"{USERS}/{admin.id}", json={"is_admin": False}),
    )
    assert min(answer.status_code for answer in answers) == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1


async def test_changes_of_people_mind_versions_and_unknown_ids(ana: Person, admin: Person) -> None:
    path = f"{USERS}/{ana.id}"
    changed = await admin.client.patch(path, json={"is_admin": True})
    assert changed.status_code == 200
    etag = changed.headers["etag"]
    assert (await admin.client.patch(path, json={"is_admin": False}, headers={"If-Match": etag})).status_code == 200
    assert (await admin.client.patch(path, json={"is_admin": True}, headers={"If-Match": etag})).status_code == 412
    assert (await admin.client.patch(path, json={"email": "x@example.com"})).status_code == 422
    assert (await admin.client.patch(f"{USERS}/nobody", json={})).status_code == 422
    unknown = f"{USERS}/01a1fdbb-6ad5-7000-ba11-50bad875778e"
    assert (await admin.client.patch(unknown, json={"is_admin": True})).status_code == 404


async def test_a_demoted_admin_loses_the_role_at_once(house: House, admin: Person) -> None:
    other = await house.person("other", is_admin=True)
    assert (await other.client.get(USERS)).status_code == 200
    await admin.client.patch(f"{USERS}/{other.id}", json={"is_admin": False})
    assert (await other.client.get(USERS)).status_code == 403


async def test_people_and_invitations_come_in_pages(house: House, admin: Person) -> None:
    for number in range(3):
        await house.person(f"p{number}")
        await admin.client.post("/api/v1/admin/invites", json={})
    for path, count in ((USERS, 4), ("/api/v1/admin/invites", 3)):
        page = (await admin.client.get(path, params={"limit": 2})).json()
        rest = (await admin.client.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
        ids = [item["id"] for item in (*page["items"], *rest["items"])]
        assert len(set(ids)) == count
        assert ids == sorted(ids, reverse=True)
        assert rest["next_cursor"] is None


async def test_servers_that_start_at_once_agree_on_one_link(house: House) -> None:
    tokens = await asyncio.gather(*(link_token(house) for _ in range(3)))
    answers = [await house.client.post(SETUP, json=first(token)) for token in tokens]
    assert min(answer.status_code for answer in answers) == 201
    assert sum(answer.status_code == 201 for answer in answers) == 1
