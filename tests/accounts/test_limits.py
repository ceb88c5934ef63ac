"""How often a person may ask."""

from __future__ import annotations

import pytest

from entourage.accounts.limits import area_of
from entourage.settings import Settings
from tests.accounts.conftest import OpenHouse


async def test_each_person_and_area_has_its_own_minute(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"requests_per_minute": 3}))
    ana, bob = await house.person("ana"), await house.person("bob")
    answers = [await ana.client.get("/my/keys") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert all(answer.headers["ratelimit-limit"] == "3" for answer in answers)
    assert 1 <= int(answers[-1].headers["ratelimit-reset"]) <= 60
    assert answers[-1].headers["retry-after"] == answers[-1].headers["ratelimit-reset"]
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    assert (await ana.client.get("/my/secrets")).status_code == 200
    assert (await bob.client.get("/my/keys")).status_code == 200


async def test_without_a_person_the_address_counts(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"requests_per_minute": 2}))
    first = house.new_client(address="10.1.0.1")
    assert [(await first.get("/my/keys")).status_code for _ in range(3)] == [401, 401, 429]
    assert (await house.new_client(address="10.1.0.2").get("/my/keys")).status_code == 401


async def test_pages_outside_the_api_are_not_counted(settings: Settings, open_house: OpenHouse) -> None:
    house = await open_house(settings.model_copy(update={"requests_per_minute": 1}))
    answers = [await house.client.get("/assets/app.js") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {404}
    assert "ratelimit-limit" not in answers[0].headers


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/my/chat/1/messages", "chat"),
        ("/api/v1/providers", "providers"),
        ("/my/made-up-7", "other"),
        ("/my/stream/1", None),
        ("/index.html", None),
        ("/my", None),
    ],
)
def test_areas_are_few(path: str, area: str | None) -> None:
    assert area_of(path) == area
