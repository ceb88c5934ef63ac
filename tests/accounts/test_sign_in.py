"""Registering, signing in, renewing and ending sign-ins."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest

from entourage.accounts.passwords import Passwords
from entourage.accounts.service import Accounts
from entourage.accounts.tokens import AccessTokens
from entourage.settings import Settings
from tests.accounts.conftest import PASSWORD, House, OpenHouse, Person

AUTH = "/api/v1/auth"
NEW = {"email": "New.Person@Example.COM", "password": PASSWORD, "full_name": "  New Person "}


async def refresh(house: House, token: str) -> httpx.Response:
    return await house.client.post(f"{AUTH}/refresh", json={"refresh_token": token})


async def me(house: House, token: str) -> int:
    return (await house.new_client(token).get(f"{AUTH}/me")).status_code


async def test_an_open_server_takes_everybody_with_a_normal_address(house: House) -> None:
    made = await house.client.post(f"{AUTH}/register", json=NEW)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    user = made.json()["user"]
    assert user["email"] == "new.person@example.com"
    assert user["full_name"] == "New Person"
    assert user["is_admin"] is False
    assert made.json()["expires_in"] == 1800
    again = await house.client.post(f"{AUTH}/register", json={**NEW, "email": "new.person@EXAMPLE.com"})
    assert again.status_code == 409
    assert (await house.login("NEW.PERSON@example.com"))["user"]["id"] == user["id"]


async def test_a_closed_server_takes_nobody(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"registration": "closed"}))
    assert (await house.client.post(f"{AUTH}/register", json=NEW)).status_code == 403


async def test_an_invitation_works_once_and_for_its_address(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"registration": "invite"}))
    admin = await house.person("root", is_admin=True)
    register = f"{AUTH}/register"
    assert (await house.client.post(register, json=NEW)).status_code == 403
    assert (await house.client.post(register, json={**NEW, "invite": "guess"})).status_code == 403
    made = await admin.client.post("/api/v1/admin/invites", json={"email": "New.person@example.com"})
    assert made.status_code == 201
    invite = made.json()["token"]
    assert made.json()["link_path"].endswith(invite)
    other = await house.client.post(register, json={**NEW, "email": "x@example.com", "invite": invite})
    assert other.status_code == 403
    answers = await asyncio.gather(*(house.client.post(register, json={**NEW, "invite": invite}) for _ in range(3)))
    assert min(answer.status_code for answer in answers) == 201
    assert sum(answer.status_code == 201 for answer in answers) == 1
    withdrawn = (await admin.client.post("/api/v1/admin/invites", json={})).json()
    assert (await admin.client.delete(f"/api/v1/admin/invites/{withdrawn['id']}")).status_code == 204
    late = await house.client.post(register, json={**NEW, "email": "z@example.com", "invite": withdrawn["token"]})
    assert late.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": "a@b\u0007.com"},
        {"email": "a" * 250 + "@example.com"},
        {"password": "short"},
        {"password": "x" * 201},
        {"full_name": "   "},
        {"full_name": "a\nb"},
        {"is_admin": True},
    ],
)
async def test_wrong_registrations_name_the_field_and_never_the_password(house: House, wrong: dict[str, Any]) -> None:
    answer = await house.client.post(f"{AUTH}/register", json={**NEW, **wrong})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(wrong)
    assert str(NEW["password"]) not in answer.text
    assert "x" * 20 not in answer.text


async def test_wrong_password_unknown_and_inactive_people_get_the_same_answer(
    house: House, ana: Person, bob: Person, admin: Person
) -> None:
    await admin.client.patch(f"/api/v1/admin/users/{bob.id}", json={"is_active": False})
    answers = [
        await house.client.post(f"{AUTH}/login", json={"email": email, "password": password})
        for email, password in (
            (ana.email, "wrong password"),
            ("nobody@example.com", PASSWORD),
            (bob.email, PASSWORD),
        )
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({answer.text for answer in answers}) == 1


async def test_unknown_people_take_as_long_as_wrong_passwords() -> None:
    passwords = Passwords(memory_kib=8192)
    passwords.warm_up()
    known = await passwords.hash(PASSWORD)

    async def quickest(known_hash: str | None) -> float:
        times = []
        for _ in range(5):
            started = time.process_time()  # what others do on the machine does not count
            assert not await passwords.verify("wrong", known_hash)
            times.append(time.process_time() - started)
        return min(times)

    ratio = await quickest(None) / await quickest(known)
    passwords.close()
    assert 0.5 < ratio < 2


async def test_attempts_are_limited_by_account_and_by_address(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"auth_attempts_per_minute": 3}))
    await house.services.get(Accounts).create_user("ana@example.com", PASSWORD, "Ana")

    async def attempt(email: str, address: str, password: str = "wrong password") -> httpx.Response:
        client = house.new_client(address=address)
        return await client.post(f"{AUTH}/login", json={"email": email, "password": password})

    for email in ("ana@example.com", "nobody@example.com"):
        by_account = [await attempt(email, f"10.0.1.{number}") for number in range(4)]
        assert [answer.status_code for answer in by_account] == [401, 401, 401, 429]
        assert int(by_account[-1].headers["retry-after"]) >= 1
    right = await attempt("ana@example.com", "10.0.2.1", PASSWORD)
    assert right.status_code == 429
    by_address = [await attempt(f"user{number}@example.com", "10.0.3.1") for number in range(16)]
    assert [answer.status_code for answer in by_address] == [401] * 15 + [429]


async def test_a_refresh_token_works_once(house: House, ana: Person) -> None:
    first = await refresh(house, ana.tokens["refresh_token"])
    assert first.status_code == 200
    second = await refresh(house, first.json()["refresh_token"])
    assert second.status_code == 200
    assert await me(house, second.json()["access_token"]) == 200


async def test_a_refresh_token_used_twice_ends_the_family_at_once(house: House, ana: Person) -> None:
    other = await house.login(ana.email)
    renewed = (await refresh(house, ana.tokens["refresh_token"])).json()
    assert await me(house, renewed["access_token"]) == 200
    assert (await refresh(house, ana.tokens["refresh_token"])).status_code == 401
    assert (await refresh(house, renewed["refresh_token"])).status_code == 401
    assert await me(house, renewed["access_token"]) == 401
    assert await me(house, other["access_token"]) == 200


async def test_of_concurrent_uses_of_a_refresh_token_one_wins(house: House, ana: Person) -> None:
    answers = await asyncio.gather(*(refresh(house, ana.tokens["refresh_token"]) for _ in range(5)))
    assert sum(answer.status_code == 200 for answer in answers) == 1


@pytest.mark.parametrize("token", ["x", "a.b", "ключ", "." * 512])
async def test_a_made_up_refresh_token_is_401(house: House, token: str) -> None:
    assert (await refresh(house, token)).status_code == 401


async def test_logout_ends_this_sign_in_only(house: House, ana: Person) -> None:
    other = await house.login(ana.email)
    assert await me(house, ana.tokens["access_token"]) == 200
    assert (await ana.client.post(f"{AUTH}/logout")).status_code == 204
    assert await me(house, ana.tokens["access_token"]) == 401
    assert (await refresh(house, ana.tokens["refresh_token"])).status_code == 401
    assert await me(house, other["access_token"]) == 200
    assert (await house.client.post(f"{AUTH}/logout")).status_code == 401


async def test_a_new_password_ends_every_other_sign_in(house: House, ana: Person) -> None:
    other = await house.login(ana.email)
    body = {"current_password": "wrong password", "new_password": "staple staple staple"}
    assert (await ana.client.post(f"{AUTH}/password", json=body)).status_code == 403
    answer = await ana.client.post(f"{AUTH}/password", json={**body, "current_password": PASSWORD})
    assert answer.status_code == 200
    for old in (ana.tokens, other):
        assert await me(house, old["access_token"]) == 401
        assert (await refresh(house, old["refresh_token"])).status_code == 401
    assert await me(house, answer.json()["access_token"]) == 200
    login = {"email": ana.email, "password": PASSWORD}
    assert (await house.client.post(f"{AUTH}/login", json=login)).status_code == 401
    await house.login(ana.email, "staple staple staple")


async def test_two_password_changes_at_once_do_not_both_win(house: House, ana: Person) -> None:
    answers = await asyncio.gather(
        *(
            ana.client.post(
                f"{AUTH}/password", json={"current_password": PASSWORD, "new_password": f"new password {number}"}
            )
            for number in range(3)
        )
    )
    assert min(answer.status_code for answer in answers) == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1


def forged(token: str, **changes: Any) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**claims, **changes}).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


async def test_forged_tokens_are_refused(house: House, ana: Person, bob: Person) -> None:
    token = ana.tokens["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": kid})
    foreign = jwt.encode(claims, "k" * 48, algorithm="HS256", headers={"kid": kid})
    unknown = jwt.encode(claims, "k" * 48, algorithm="HS256", headers={"kid": "01a1fdbb-6ad5-7000-ba11-50bad875778e"})
    nameless = jwt.encode(claims, "k" * 48, algorithm="HS256")
    tokens = [forged(token, sub=bob.id), forged(token, exp=2**40), unsigned, foreign, unknown, nameless]
    for bad in (*tokens, token[:-2], token + "x", "a.b.c", "x" * 3000, "ent_x", "ent_in_x", "é"):
        answer = await house.client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {bad}".encode()})
        assert answer.status_code == 401, bad
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await me(house, token) == 200


async def test_an_expired_token_is_refused(house: House, ana: Person) -> None:
    tokens = house.services.get(AccessTokens)
    tokens.life_seconds = -1
    assert await me(house, tokens.sign(ana.id, None, 1)) == 401


async def test_a_token_that_was_good_is_refused_once_it_has_expired(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = ana.tokens["access_token"]
    assert await me(house, token) == 200
    later = time.time() + house.services.get(AccessTokens).life_seconds + 1
    monkeypatch.setattr("entourage.accounts.tokens.time", SimpleNamespace(time=lambda: later, monotonic=time.monotonic))
    assert await me(house, token) == 401


async def test_a_new_signing_key_signs_and_the_old_one_is_accepted_for_a_while(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = house.services.get(AccessTokens)
    old = ana.tokens["access_token"]
    kid = await tokens.rotate()
    fresh = (await house.login(ana.email))["access_token"]
    assert jwt.get_unverified_header(fresh)["kid"] == kid != jwt.get_unverified_header(old)["kid"]
    assert await me(house, old) == 200
    assert await me(house, fresh) == 200
    later = int(time.time() * 1000) + tokens.life_seconds * 1000 + 60_000
    monkeypatch.setattr("entourage.accounts.tokens.now_ms", lambda: later)
    await tokens.retire()
    await tokens.start()
    assert await me(house, old) == 401
    assert await me(house, fresh) == 200


async def test_another_process_learns_of_a_new_key(
    house: House, ana: Person, open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = await open_house(house.settings, fresh=False)
    await house.services.get(AccessTokens).rotate()
    token = await house.services.get(Accounts).mint_access_token(ana.id)
    monkeypatch.setattr("entourage.accounts.tokens._RELOAD_SECONDS", 0.0)
    assert await me(twin, token) == 200


async def test_a_token_made_on_the_command_line_works_until_the_person_is_deactivated(
    house: House, ana: Person, admin: Person
) -> None:
    token = await house.services.get(Accounts).mint_access_token(ana.id)
    assert await me(house, token) == 200
    await admin.client.patch(f"/api/v1/admin/users/{ana.id}", json={"is_active": False})
    assert await me(house, token) == 401
    await admin.client.patch(f"/api/v1/admin/users/{ana.id}", json={"is_active": True})
    assert await me(house, token) == 401
