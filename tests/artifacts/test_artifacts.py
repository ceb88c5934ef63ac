"""Results: versions that are never overwritten, guarded changes, links for an hour, quotas, and deleting."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from entourage.artifacts.links import LIFE_SECONDS, Links, Target
from entourage.artifacts.service import INLINE_BYTES, MAX_BYTES
from entourage.kit.errors import NotFound
from tests.e2e.walking import connect, tool_parts
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World, open_world

PIXEL = bytes.fromhex("89504e470d0a1a0a") + b"rest of a picture"


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await connect(person, fake_llm)
    return person


@pytest.fixture
async def stranger(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without an account."""
    async with httpx.AsyncClient(base_url=world.url) as client:
        yield client


async def make(person: Person, chat: str, **args: Any) -> dict[str, Any]:
    """An artifact, made by an agent."""
    args = {"type": "text", "title": "Notes", "content": "first", **args}
    reply = (await person.say(chat, f"/call create_artifact {json.dumps(args)}", model="fake/calls"))["reply"]
    (ref,) = tool_parts(reply)[0]["artifacts"]
    return await person.get(f"/my/artifacts/{ref['id']}")


async def put(person: Person, artifact: dict[str, Any], content: bytes, **headers: str) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream", **headers}
    return await person.client.put(f"/my/artifacts/{artifact['id']}/content", content=content, headers=headers)


async def content(person: Person, artifact: dict[str, Any], **params: Any) -> bytes:
    answer = await person.client.get(f"/my/artifacts/{artifact['id']}/content", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_every_version_is_kept_and_says_who_made_it(anna: Person) -> None:
    chat = await anna.chat()
    artifact = await make(anna, chat)
    assert (artifact["version"], artifact["agent"], artifact["chat_id"]) == (1, "orchestrator", chat)
    again = await make(anna, chat, content="second")
    assert (again["id"], again["version"]) == (artifact["id"], 2)
    by_hand = (await put(anna, artifact, b"third")).json()
    assert by_hand["version"] == 3
    versions = (await anna.get(f"/my/artifacts/{artifact['id']}/versions"))["items"]
    assert [(item["version"], item["agent"], item["note"]) for item in versions] == [
        (3, None, "edited"),
        (2, "orchestrator", ""),
        (1, "orchestrator", "created"),
    ]
    assert [await content(anna, artifact, version=number) for number in (1, 2, 3)] == [b"first", b"second", b"third"]
    assert await content(anna, artifact) == b"third"
    missing = await anna.client.get(f"/my/artifacts/{artifact['id']}/content", params={"version": 9})
    assert missing.status_code == 404


async def test_another_title_or_another_talk_is_another_artifact(anna: Person) -> None:
    chat = await anna.chat()
    ids = {(await make(anna, chat))["id"], (await make(anna, chat, title="Other"))["id"]}
    ids.add((await make(anna, await anna.chat()))["id"])
    assert len(ids) == 3
    assert {item["id"] for item in (await anna.get("/my/artifacts"))["items"]} == ids
    assert len((await anna.get("/my/artifacts", chat_id=chat))["items"]) == 2


async def test_who_changes_what_somebody_else_changed_is_told(anna: Person) -> None:
    artifact = await make(anna, await anna.chat())
    tag = (await anna.client.get(f"/my/artifacts/{artifact['id']}")).headers["etag"]
    assert (await put(anna, artifact, b"mine", **{"If-Match": tag})).status_code == 200
    assert (await put(anna, artifact, b"theirs", **{"If-Match": tag})).status_code == 412
    stale = {"If-Match": tag}
    path = f"/my/artifacts/{artifact['id']}"
    assert (await anna.client.post(f"{path}/revert", json={"version": 1}, headers=stale)).status_code == 412
    assert (await anna.client.delete(path, headers=stale)).status_code == 412
    assert await content(anna, artifact) == b"mine"


async def test_an_old_version_comes_back_as_the_newest(anna: Person) -> None:
    artifact = await make(anna, await anna.chat())
    await put(anna, artifact, b"worse")
    back = await anna.post(f"/my/artifacts/{artifact['id']}/revert", {"version": 1}, 200)
    assert back["version"] == 3
    assert await content(anna, artifact) == b"first"
    assert await content(anna, artifact, version=2) == b"worse"
    versions = (await anna.get(f"/my/artifacts/{artifact['id']}/versions"))["items"]
    assert versions[0]["note"] == "back to version 1"
    nowhere = await anna.client.post(f"/my/artifacts/{artifact['id']}/revert", json={"version": 9})
    assert nowhere.status_code == 404


async def test_who_has_a_version_is_not_sent_it_again(anna: Person) -> None:
    artifact = await make(anna, await anna.chat())
    path = f"/my/artifacts/{artifact['id']}/content"
    tag = (await anna.client.get(path)).headers["etag"]
    assert (await anna.client.get(path, headers={"If-None-Match": tag})).status_code == 304
    await put(anna, artifact, b"second")
    assert (await anna.client.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_large_content_is_kept_whole(anna: Person) -> None:
    artifact = await make(anna, await anna.chat())
    large = b"0123456789abcdef" * (INLINE_BYTES // 8)
    assert (await put(anna, artifact, large)).json()["size"] == len(large)
    assert await content(anna, artifact) == large
    assert (await put(anna, artifact, b"x" * (MAX_BYTES + 1))).status_code == 413


async def test_the_kind_of_a_picture_is_what_it_is(anna: Person) -> None:
    chat = await anna.chat()
    drawn = await make(anna, chat, type="image", title="Chart", content="<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert drawn["format"] == "image/svg+xml"
    assert (await put(anna, drawn, PIXEL)).json()["format"] == "image/png"
    refused = await put(anna, drawn, b"no picture")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "content"


async def test_a_link_shows_one_version_to_a_browser_and_cannot_do_more(
    anna: Person, stranger: httpx.AsyncClient
) -> None:
    page = await make(anna, await anna.chat(), type="web", title="Ä page", content="<h1>hi</h1>")
    await put(anna, page, b"<h1>later</h1>")
    shown = await stranger.get(page["content_url"])
    assert shown.content == b"<h1>hi</h1>"
    assert shown.headers["content-type"].startswith("text/html")
    csp = shown.headers["content-security-policy"]
    assert "sandbox allow-scripts" in csp
    assert "default-src 'none'" in csp
    assert shown.headers["x-content-type-options"] == "nosniff"
    saved = await stranger.get(page["content_url"], params={"download": True})
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%84%20page"


async def test_code_is_shown_as_text_whatever_it_holds(anna: Person, stranger: httpx.AsyncClient) -> None:
    code = await make(anna, await anna.chat(), type="code", title="x.html", content="<script>alert(1)</script>")
    shown = await stranger.get(code["content_url"])
    assert shown.headers["content-type"].startswith("text/plain")


async def test_a_link_that_was_changed_or_made_for_something_else_leads_nowhere(
    anna: Person, stranger: httpx.AsyncClient, world: World
) -> None:
    artifact = await make(anna, await anna.chat())
    link = artifact["content_url"]
    changed = link[:-10] + ("A" if link[-10] != "A" else "B") + link[-9:]
    for path in (changed, link[:-10], "/artifact-content/x"):
        assert (await stranger.get(path)).status_code == 404, path
    boris = await world.person("boris")
    foreign = world.services.get(Links).link(Target(boris.id, artifact["id"], 1))
    assert (await stranger.get(foreign)).status_code == 404


async def test_a_link_ends_after_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    links = world.services.get(Links)
    token = links.link(Target("owner", "artifact", 1)).rpartition("/")[2]
    now = time.time()
    monkeypatch.setattr("entourage.artifacts.links.time.time", lambda: now + LIFE_SECONDS - 2)
    assert links.read(token) == Target("owner", "artifact", 1)
    monkeypatch.setattr("entourage.artifacts.links.time.time", lambda: now + LIFE_SECONDS + 2)
    with pytest.raises(NotFound, match="expired"):
        links.read(token)


async def test_a_deleted_artifact_is_gone_with_its_versions_and_links(
    anna: Person, stranger: httpx.AsyncClient, world: World
) -> None:
    artifact = await make(anna, await anna.chat())
    await put(anna, artifact, b"x" * (INLINE_BYTES + 1))
    assert any(path.is_file() for path in world.settings.data_dir.rglob(f"*{artifact['id']}*/*"))
    path = f"/my/artifacts/{artifact['id']}"
    assert (await anna.client.delete(path)).status_code == 204
    for gone in (path, f"{path}/content", f"{path}/versions"):
        assert (await anna.client.get(gone)).status_code == 404, gone
    assert (await stranger.get(artifact["content_url"])).status_code == 404
    assert (await anna.client.delete(path)).status_code == 404
    assert not any(path.is_file() for path in world.settings.data_dir.rglob(f"*{artifact['id']}*/*"))


async def test_another_persons_artifacts_are_not_there(anna: Person, world: World) -> None:
    artifact = await make(anna, await anna.chat())
    boris = await world.person("boris")
    assert (await put(boris, artifact, b"theirs")).status_code == 404
    assert (await boris.get("/my/artifacts"))["items"] == []
    assert await content(anna, artifact) == b"first"


async def test_all_versions_count_against_the_quota(tmp_path: Path, fake_llm: FakeLLM) -> None:
    async with open_world(tmp_path, storage_quota_bytes=20_000) as world:
        anna = await world.person("anna")
        await connect(anna, fake_llm)
        artifact = await make(anna, await anna.chat())
        assert (await put(anna, artifact, b"x" * 12_000)).status_code == 200
        full = await put(anna, artifact, b"y" * 12_000)
        assert full.status_code == 507
        assert "20000" in full.json()["detail"]
        assert (await anna.get(f"/my/artifacts/{artifact['id']}"))["version"] == 2
        back = await anna.client.post(f"/my/artifacts/{artifact['id']}/revert", json={"version": 2})
        assert back.status_code == 507
