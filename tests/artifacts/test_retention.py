"""How long artifacts are kept: hot, warm, permanent, and times to go."""

from __future__ import annotations

from typing import Any

import pytest

from entourage.artifacts import retention
from entourage.artifacts.retention import COOL_INLINE_BYTES, TTL_SECONDS, Retention
from tests.artifacts.making import made, put
from tests.world import Person, World

TEXT = "words that are said again " * 200


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


class Clock:
    """Lets time pass for what sweeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self._now = retention.now_ms

    def later(self, seconds: float) -> None:
        now = self._now() + int(seconds * 1000)
        for module in ("retention", "service", "schemas"):
            self._patch.setattr(f"entourage.artifacts.{module}.now_ms", lambda: now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def status(person: Person, artifact: dict[str, Any]) -> int:
    return (await person.client.get(f"/my/artifacts/{artifact['id']}")).status_code


async def test_each_kind_of_keeping_has_its_time(anna: Person, world: World, clock: Clock) -> None:
    kept = {kind: await made(anna, title=kind, keep_for=kind) for kind in TTL_SECONDS}
    forever = await made(anna, title="forever")
    for seconds, gone in ((299, set()), (301, {"plan"}), (3601, {"session"}), (172_801, {"media", "artifact"})):
        clock.later(seconds)
        before = {kind for kind, artifact in kept.items() if await status(anna, artifact) == 200}
        await world.services.get(Retention).sweep()
        after = {kind for kind, artifact in kept.items() if await status(anna, artifact) == 200}
        assert before - after == gone, seconds
    assert await status(anna, forever) == 200


async def test_after_two_days_content_is_packed_away_and_reads_the_same(
    anna: Person, world: World, clock: Clock
) -> None:
    assert len(TEXT) > COOL_INLINE_BYTES
    artifact, small = await made(anna, TEXT), await made(anna, "small", title="Small")
    clock.later(TTL_SECONDS["artifact"] - 60)
    await world.services.get(Retention).sweep()
    assert (await anna.get(f"/my/artifacts/{artifact['id']}"))["retention"] == "hot"
    clock.later(TTL_SECONDS["artifact"] + 60)
    await world.services.get(Retention).sweep()
    for one, text in ((artifact, TEXT), (small, "small")):
        assert (await anna.get(f"/my/artifacts/{one['id']}"))["retention"] == "warm"
        assert (await anna.client.get(f"/my/artifacts/{one['id']}/content")).text == text
    (blob,) = world.settings.data_dir.rglob(f"{artifact['id']}/*")
    assert blob.stat().st_size < len(TEXT) / 5
    assert not list(world.settings.data_dir.rglob(f"{small['id']}/*"))
    assert (await put(anna, artifact, b"new")).json()["retention"] == "hot"
    assert [item["title"] for item in (await anna.get("/my/artifacts", q="said again"))["items"]] == []
    await anna.client.delete(f"/my/artifacts/{artifact['id']}")
    assert not list(world.settings.data_dir.rglob(f"{artifact['id']}/*"))


async def test_what_is_permanent_stays_as_it_is(anna: Person, world: World, clock: Clock) -> None:
    artifact = await made(anna, TEXT, keep_for="plan")
    assert artifact["expires_at"]
    changed = await anna.client.patch(f"/my/artifacts/{artifact['id']}", json={"retention": "permanent"})
    assert (changed.json()["retention"], changed.json()["expires_at"]) == ("permanent", None)
    clock.later(TTL_SECONDS["artifact"] * 10)
    await world.services.get(Retention).sweep()
    assert (await anna.get(f"/my/artifacts/{artifact['id']}"))["retention"] == "permanent"
    refused = await anna.client.post(
        "/my/artifacts",
        json={"type": "text", "title": "x", "content": "x", "retention": "permanent", "keep_for": "plan"},
    )
    assert refused.status_code == 422


async def test_a_time_to_go_is_given_and_taken_back(anna: Person, world: World, clock: Clock) -> None:
    artifact = await made(anna)
    path = f"/my/artifacts/{artifact['id']}"
    given = await anna.client.patch(path, json={"expires_at": "2020-01-01T00:00:00Z"})
    assert given.json()["expires_at"] == "2020-01-01T00:00:00.000Z"
    taken = await anna.client.patch(path, json={"expires_at": None})
    assert taken.json()["expires_at"] is None
    await world.services.get(Retention).sweep()
    assert await status(anna, artifact) == 200
    await anna.client.patch(path, json={"expires_at": "2020-01-01T00:00:00Z"})
    await world.services.get(Retention).sweep()
    assert await status(anna, artifact) == 404
