"""Links to artifacts: read-only, revocable, for a time, and nothing but what is shared."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from entourage.artifacts.shares import MAX_PER_ARTIFACT
from tests.artifacts.making import made, put
from tests.world import Person, World


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


@pytest.fixture
async def stranger(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without an account."""
    async with httpx.AsyncClient(base_url=world.url) as client:
        yield client


async def test_whoever_has_the_link_sees_the_newest_and_nothing_else(anna: Person, stranger: httpx.AsyncClient) -> None:
    artifact = await made(anna, "first", metadata={"tags": ["private"], "source": "/home/anna"})
    share = await anna.post(f"/my/artifacts/{artifact['id']}/share", {}, 201)
    assert share["url"].endswith(f"/share/artifact/{share['token']}")
    await put(anna, artifact, b"second")
    page = (await stranger.get(f"/api/v1/shared-artifacts/{share['token']}")).json()
    assert (page["title"], page["version"]) == ("Notes", 2)
    assert not {"id", "chat_id", "run_id", "agent", "metadata", "owner_id"} & set(page)
    assert (await stranger.get(page["content_url"])).content == b"second"
    assert (await anna.get(f"/my/artifacts/{artifact['id']}"))["shared"]
    assert [item["title"] for item in (await anna.get("/my/artifacts", shared=True))["items"]] == ["Notes"]


async def test_a_link_to_a_version_stays_with_it(anna: Person, stranger: httpx.AsyncClient) -> None:
    artifact = await made(anna, "first")
    share = await anna.post(f"/my/artifacts/{artifact['id']}/share", {"version": 1}, 201)
    await put(anna, artifact, b"second")
    page = (await stranger.get(f"/api/v1/shared-artifacts/{share['token']}")).json()
    assert (await stranger.get(page["content_url"])).content == b"first"
    assert (await anna.post(f"/my/artifacts/{artifact['id']}/share", {"version": 9}))["status"] == 404


async def test_a_revoked_link_shows_nothing(anna: Person, stranger: httpx.AsyncClient) -> None:
    artifact = await made(anna)
    path = f"/my/artifacts/{artifact['id']}/share"
    shares = [await anna.post(path, {}, 201) for _ in range(3)]
    assert {item["id"] for item in (await anna.get(path))["items"]} == {share["id"] for share in shares}
    assert "token" not in (await anna.get(path))["items"][0]
    assert (await anna.client.delete(f"{path}/{shares[0]['id']}")).status_code == 204
    assert (await anna.client.delete(f"{path}/{shares[0]['id']}")).status_code == 404
    assert (await stranger.get(f"/api/v1/shared-artifacts/{shares[0]['token']}")).status_code == 404
    assert (await stranger.get(f"/api/v1/shared-artifacts/{shares[1]['token']}")).status_code == 200
    assert (await anna.client.delete(path)).status_code == 204
    assert (await stranger.get(f"/api/v1/shared-artifacts/{shares[1]['token']}")).status_code == 404
    assert not (await anna.get(f"/my/artifacts/{artifact['id']}"))["shared"]


async def test_a_link_ends_when_its_time_is_over(
    anna: Person, stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = await made(anna)
    share = await anna.post(f"/my/artifacts/{artifact['id']}/share", {"expires_in_seconds": 60}, 201)
    assert share["expires_at"]
    path = f"/api/v1/shared-artifacts/{share['token']}"
    assert (await stranger.get(path)).status_code == 200
    from entourage.artifacts import schemas, shares

    later = shares.now_ms() + 61_000
    monkeypatch.setattr(shares, "now_ms", lambda: later)
    monkeypatch.setattr(schemas, "now_ms", lambda: later)
    assert (await stranger.get(path)).status_code == 404
    assert (await anna.get(f"/my/artifacts/{artifact['id']}/share"))["items"] == []
    assert not (await anna.get(f"/my/artifacts/{artifact['id']}"))["shared"]


async def test_a_link_goes_with_its_artifact_and_ends_nowhere_else(
    anna: Person, stranger: httpx.AsyncClient, world: World
) -> None:
    artifact = await made(anna)
    share = await anna.post(f"/my/artifacts/{artifact['id']}/share", {}, 201)
    boris = await world.person("boris")
    for method, path in (("POST", ""), ("GET", ""), ("DELETE", ""), ("DELETE", f"/{share['id']}")):
        answer = await boris.client.request(method, f"/my/artifacts/{artifact['id']}/share{path}", json={})
        assert answer.status_code == 404, method
    assert (await stranger.get("/api/v1/shared-artifacts/x")).status_code == 404
    await anna.client.delete(f"/my/artifacts/{artifact['id']}")
    assert (await stranger.get(f"/api/v1/shared-artifacts/{share['token']}")).status_code == 404


async def test_an_artifact_has_so_many_links_and_no_more(anna: Person) -> None:
    artifact = await made(anna)
    for _ in range(MAX_PER_ARTIFACT):
        await anna.post(f"/my/artifacts/{artifact['id']}/share", {}, 201)
    full = await anna.client.post(f"/my/artifacts/{artifact['id']}/share", json={})
    assert full.status_code == 409
