"""Who keeps guessing keys is sent away before anything is looked up; others are not."""

from __future__ import annotations

import httpx
import pytest

from entourage.accounts.strangers import Strangers
from entourage.kit.errors import TooMany
from tests.world import World


def test_an_address_may_guess_so_often() -> None:
    strangers = Strangers(most_tries=2)
    for _ in range(2):
        strangers.check("192.0.2.1")
        strangers.note("192.0.2.1")
    with pytest.raises(TooMany):
        strangers.check("192.0.2.1")
    strangers.check("192.0.2.2")


async def test_good_keys_go_on_while_somebody_guesses(small_own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await small_own_world.person("anna")
    key = (await anna.post("/my/keys", {"name": "shop", "scopes": ["ingest"]}, 201))["key"]
    event = {"session_id": "s", "source_app": "shop", "type": "deployed"}
    monkeypatch.setattr(small_own_world.services.get(Strangers), "_most_tries", 3)

    async with httpx.AsyncClient(base_url=small_own_world.url) as client:

        async def send(key: str) -> httpx.Response:
            return await client.post("/events", json=event, headers={"Authorization": f"Bearer {key}"})

        assert (await send(key)).status_code == 202
        refused = [(await send(f"ent_in_{number:048x}")).status_code for number in range(5)]
        assert refused == [401, 401, 401, 429, 429]
        assert (await send(key)).status_code == 202
