"""API keys: what they are good for, and how they end."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import Depends
from sqlalchemy import select, update

from entourage.accounts.identity import Identity, require_scope
from entourage.accounts.keys import Keys
from entourage.accounts.tables import ApiKey
from entourage.stores.sql import EVERYONE, Database
from tests.accounts.conftest import House, Person


async def test_a_key_is_shown_once_and_kept_as_a_hash(house: House, ana: Person) -> None:
    made = await ana.client.post("/my/keys", json={"name": " laptop ", "expires_in_days": 1})
    assert made.status_code == 201
    key = made.json()["key"]
    assert key.startswith(made.json()["prefix"])
    assert made.json()["name"] == "laptop"
    listed = await ana.client.get("/my/keys")
    assert key not in listed.text
    assert [item["id"] for item in listed.json()["items"]] == [made.json()["id"]]
    async with house.services.get(Database).read(EVERYONE) as session:
        rows = (await session.scalars(select(ApiKey))).all()
    assert key not in str([vars(row) for row in rows])


async def test_scopes_bound_what_a_key_does(house: House, ana: Person) -> None:
    reader = house.new_client(await house.key(ana, "read"))
    assert (await reader.get("/my/preferences")).status_code == 200
    assert (await reader.patch("/my/preferences", json={"theme": "dark"})).status_code == 403
    writer = house.new_client(await house.key(ana, "write"))
    assert (await writer.get("/my/preferences")).status_code == 403
    assert (await writer.patch("/my/preferences", json={"theme": "dark"})).status_code == 200


async def test_a_key_makes_no_keys_and_changes_no_password(house: House, ana: Person) -> None:
    client = house.new_client(await house.key(ana, "read", "write"))
    assert (await client.post("/my/keys", json={"name": "more"})).status_code == 403
    body = {"current_password": "x", "new_password": "staple staple staple"}
    assert (await client.post("/api/v1/auth/password", json=body)).status_code == 403


async def test_an_ingest_key_only_ingests(house: House, ana: Person) -> None:
    @house.app.post("/ingest")
    async def ingest(who: Identity = Depends(require_scope("ingest"))) -> dict[str, Any]:  # noqa: B008
        return {"owner": who.user_id}

    key = await house.key(ana, "ingest")
    assert key.startswith("ent_in_")
    client = house.new_client(key)
    assert (await client.post("/ingest")).json() == {"owner": ana.id}
    assert (await client.get("/my/preferences")).status_code == 403
    assert (await house.new_client(await house.key(ana, "read", "write")).post("/ingest")).status_code == 403
    assert (await house.client.post("/ingest")).status_code == 401
    mixed = await ana.client.post("/my/keys", json={"name": "x", "scopes": ["ingest", "read"]})
    assert mixed.status_code == 422


async def test_only_an_admin_makes_admin_keys_and_losing_the_role_disarms_them(
    house: House, ana: Person, admin: Person
) -> None:
    body = {"name": "ops", "scopes": ["read", "write", "admin"]}
    assert (await ana.client.post("/my/keys", json=body)).status_code == 422
    await admin.client.patch(f"/api/v1/admin/users/{ana.id}", json={"is_admin": True})
    key = (await ana.client.post("/my/keys", json=body)).json()["key"]
    assert (await house.new_client(key).get("/api/v1/admin/users")).status_code == 200
    plain = await house.key(ana, "read", "write")
    assert (await house.new_client(plain).get("/api/v1/admin/users")).status_code == 403
    await admin.client.patch(f"/api/v1/admin/users/{ana.id}", json={"is_admin": False})
    assert (await house.new_client(key).get("/api/v1/admin/users")).status_code == 403


async def test_a_revoked_key_stops_at_once(house: House, ana: Person) -> None:
    made = (await ana.client.post("/my/keys", json={"name": "x"})).json()
    client = house.new_client(made["key"])
    assert (await client.get("/my/preferences")).status_code == 200
    assert (await ana.client.delete(f"/my/keys/{made['id']}")).status_code == 204
    assert (await client.get("/my/preferences")).status_code == 401
    assert (await ana.client.delete(f"/my/keys/{made['id']}")).status_code == 404


async def test_an_expired_key_stops(house: House, ana: Person) -> None:
    made = (await ana.client.post("/my/keys", json={"name": "x", "expires_in_days": 1})).json()
    async with house.services.get(Database).write(EVERYONE) as session:
        await session.execute(update(ApiKey).values(expires_at=1))
    assert (await house.new_client(made["key"]).get("/my/preferences")).status_code == 401


async def test_a_deactivated_person_has_no_keys(house: House, ana: Person, admin: Person) -> None:
    client = house.new_client(await house.key(ana, "read"))
    assert (await client.get("/my/preferences")).status_code == 200
    await admin.client.patch(f"/api/v1/admin/users/{ana.id}", json={"is_active": False})
    assert (await client.get("/my/preferences")).status_code == 401


async def test_the_last_use_of_a_key_is_shown(house: House, ana: Person) -> None:
    client = house.new_client(await house.key(ana, "read"))
    await client.get("/my/preferences")
    (shown,) = (await ana.client.get("/my/keys")).json()["items"]
    assert shown["last_used_at"].endswith("Z")


async def test_a_new_password_leaves_keys_alone(house: House, ana: Person) -> None:
    client = house.new_client(await house.services.get(Keys).new_api_key(ana.id, "script"))
    body = {"current_password": "correct horse battery", "new_password": "staple staple staple"}
    assert (await ana.client.post("/api/v1/auth/password", json=body)).status_code == 200
    assert (await client.get("/my/preferences")).status_code == 200


async def test_keys_come_in_pages(ana: Person) -> None:
    names = [f"key {number}" for number in range(5)]
    for name in names:
        assert (await ana.client.post("/my/keys", json={"name": name})).status_code == 201
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await ana.client.get("/my/keys", params=query)).json()
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names[::-1]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"cursor": "?"}, {"cursor": "x" * 600}, {"cursor": "WzFd"}]
)
async def test_wrong_pages_are_422(ana: Person, query: dict[str, Any]) -> None:
    assert (await ana.client.get("/my/keys", params=query)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\u0001"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "expires_in_days": 0},
        {"name": "x", "expires_in_days": 10**9},
        {"name": "x", "key": "ent_mine"},
        [],
    ],
)
async def test_wrong_keys_are_422(ana: Person, body: Any) -> None:
    assert (await ana.client.post("/my/keys", json=body)).status_code == 422
