"""Browsers: the refresh token in a cookie, and other sites that would like to use it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from entourage.accounts.cookies import CSRF_COOKIE, CSRF_HEADER, REFRESH_COOKIE
from entourage.accounts.sign_ins import csrf_of
from entourage.settings import Settings
from tests.accounts.conftest import PASSWORD, House, OpenHouse, Person

AUTH = "/api/v1/auth"


async def sign_in(house: House, person: Person) -> httpx.AsyncClient:
    browser = house.new_client()
    body = {"email": person.email, "password": PASSWORD, "cookie": True}
    answer = await browser.post(f"{AUTH}/login", json=body)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    return browser


async def refresh(browser: httpx.AsyncClient, **headers: str) -> httpx.Response:
    csrf = {CSRF_HEADER: browser.cookies.get(CSRF_COOKIE) or ""}
    return await browser.post(f"{AUTH}/refresh", json={}, headers={**csrf, **headers})


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(house: House, ana: Person) -> None:
    body = {"email": ana.email, "password": PASSWORD, "cookie": True}
    answer = await house.client.post(f"{AUTH}/login", json=body)
    cookies = {line.partition("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
    assert "httponly" in cookies[REFRESH_COOKIE]
    assert "path=/api/v1/auth" in cookies[REFRESH_COOKIE]
    assert "httponly" not in cookies[CSRF_COOKIE]
    assert all("samesite=strict" in cookie and "secure" not in cookie for cookie in cookies.values())


async def test_cookies_are_secure_over_https(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"public_url": "https://home.example"}))
    ana = await house.person("ana")
    body = {"email": ana.email, "password": PASSWORD, "cookie": True}
    answer = await house.client.post(f"{AUTH}/login", json=body)
    assert all("secure" in line.lower() for line in answer.headers.get_list("set-cookie"))


async def test_a_browser_renews_by_cookie(house: House, ana: Person) -> None:
    browser = await sign_in(house, ana)
    before = browser.cookies.get(REFRESH_COOKIE)
    answer = await refresh(browser)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    assert browser.cookies.get(REFRESH_COOKIE) != before
    assert (await refresh(browser)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {CSRF_HEADER: ""},
        {CSRF_HEADER: "guess"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_renew_or_log_out(house: House, ana: Person, headers: dict[str, str]) -> None:
    browser = await sign_in(house, ana)
    assert (await refresh(browser, **headers)).status_code == 403
    csrf = {CSRF_HEADER: browser.cookies.get(CSRF_COOKIE) or "", **headers}
    assert (await browser.post(f"{AUTH}/logout", headers=csrf)).status_code == 403
    assert (await refresh(browser, Origin="http://testserver")).status_code == 200


async def test_a_planted_csrf_cookie_does_not_help(house: House, ana: Person) -> None:
    browser = await sign_in(house, ana)
    token = browser.cookies.get(REFRESH_COOKIE) or ""
    cookies = f"{REFRESH_COOKIE}={token}; {CSRF_COOKIE}=planted"
    answer = await house.client.post(f"{AUTH}/refresh", json={}, headers={"Cookie": cookies, CSRF_HEADER: "planted"})
    assert answer.status_code == 403


async def test_another_site_cannot_sign_its_victim_in(house: House, ana: Person) -> None:
    body: dict[str, Any] = {"email": ana.email, "password": PASSWORD, "cookie": True}
    answer = await house.client.post(f"{AUTH}/login", json=body, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_two_tabs_that_renew_at_once_both_go_on(house: House, ana: Person) -> None:
    browser = await sign_in(house, ana)
    token = browser.cookies.get(REFRESH_COOKIE) or ""
    headers = {"Cookie": f"{REFRESH_COOKIE}={token}; {CSRF_COOKIE}={csrf_of(token)}", CSRF_HEADER: csrf_of(token)}
    answers = await asyncio.gather(
        *(house.new_client().post(f"{AUTH}/refresh", json={}, headers=headers) for _ in range(2))
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted("set-cookie" in answer.headers for answer in answers) == [False, True]
    for answer in answers:
        assert (await house.new_client(answer.json()["access_token"]).get(f"{AUTH}/me")).status_code == 200


async def test_an_old_cookie_ends_the_family_once_the_newer_was_used_or_time_has_passed(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for grace_ms in (10_000, -1):
        monkeypatch.setattr("entourage.accounts.sign_ins.GRACE_MS", grace_ms)
        browser = await sign_in(house, ana)
        token = browser.cookies.get(REFRESH_COOKIE) or ""
        headers = {"Cookie": f"{REFRESH_COOKIE}={token}; {CSRF_COOKIE}={csrf_of(token)}", CSRF_HEADER: csrf_of(token)}
        for _ in range(2 if grace_ms > 0 else 1):
            assert (await refresh(browser)).status_code == 200
        assert (await house.new_client().post(f"{AUTH}/refresh", json={}, headers=headers)).status_code == 401
        assert (await refresh(browser)).status_code == 401


async def test_logout_takes_the_cookies_back(house: House, ana: Person) -> None:
    browser = await sign_in(house, ana)
    csrf = browser.cookies.get(CSRF_COOKIE) or ""
    token = browser.cookies.get(REFRESH_COOKIE) or ""
    assert (await browser.post(f"{AUTH}/logout", headers={CSRF_HEADER: csrf})).status_code == 204
    assert REFRESH_COOKIE not in browser.cookies
    headers = {"Cookie": f"{REFRESH_COOKIE}={token}; {CSRF_COOKIE}={csrf}", CSRF_HEADER: csrf}
    assert (await house.client.post(f"{AUTH}/refresh", json={}, headers=headers)).status_code == 401


async def test_a_browser_that_changes_its_password_keeps_a_cookie(house: House, ana: Person) -> None:
    browser = await sign_in(house, ana)
    access = (await refresh(browser)).json()["access_token"]
    body = {"current_password": PASSWORD, "new_password": "staple staple staple"}
    answer = await browser.post(f"{AUTH}/password", json=body, headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    assert (await refresh(browser)).status_code == 200
