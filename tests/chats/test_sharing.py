"""Read-only links: they show one branch as it was, to anybody, and nothing else of its owner."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from tests.e2e.walking import begin_walk, connect
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World, open_world


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


async def share(person: Person, chat: str, **body: Any) -> dict[str, Any]:
    return await person.post(f"/my/chat/{chat}/share", body, 201)


async def opened(client: httpx.AsyncClient, token: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/shared/{token}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(shared: dict[str, Any]) -> list[str]:
    return [part["text"] for message in shared["messages"] for part in message["parts"] if part["type"] == "text"]


async def test_anybody_with_the_link_sees_the_talk_as_it_was(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    link = await share(anna, chat)
    assert link["url"].endswith(f"/share/{link['token']}")
    await anna.say(chat, "two", model="fake/echo")
    await anna.client.patch(f"/my/chat/{chat}", json={"title": "Renamed"})
    shared = await opened(stranger, link["token"])
    assert shared["title"] == "one"
    assert texts(shared) == ["one", "Echo: one"]
    assert [(message["role"], message["agent"]) for message in shared["messages"]] == [
        ("user", None),
        ("assistant", "orchestrator"),
    ]


async def test_a_link_may_end_at_an_earlier_message(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat = await anna.chat()
    first = await anna.say(chat, "one", model="fake/echo")
    await anna.say(chat, "two", model="fake/echo")
    link = await share(anna, chat, message_id=first["message"]["id"])
    assert texts(await opened(stranger, link["token"])) == ["one"]


async def test_results_can_be_looked_at_but_nothing_else(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat, sent = await begin_walk(anna)
    answer = await stranger.get(f"/api/v1/shared/{(await share(anna, chat))['token']}")
    shared = answer.json()
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "no-store"
    artifacts = [item for m in shared["messages"] for part in m["parts"] for item in part.get("artifacts", [])]
    assert len(artifacts) == 2
    for item in artifacts:
        content = await stranger.get(item["content_url"])
        assert content.status_code == 200
        assert "sandbox" in content.headers["content-security-policy"]
    kept_back = [anna.id, anna.email, chat, sent["run_id"], sent["reply_id"], "cost_usd", "args", "result", "tokens"]
    assert [word for word in kept_back if word in answer.text] == []
    attached = next(part for part in shared["messages"][0]["parts"] if part["type"] == "attachment")
    assert sorted(attached) == ["mime", "name", "size", "type"]


async def test_a_link_opens_no_other_door(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    token = (await share(anna, chat))["token"]
    for path in ("/my/chat", f"/my/chat/{chat}", f"/my/chat/{chat}/share", f"/my/stream/{chat}"):
        answer = await stranger.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, path


async def test_revoked_and_unknown_links_are_the_same_404(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    link, other = await share(anna, chat), await share(anna, chat)
    listed = (await anna.get(f"/my/chat/{chat}/share"))["items"]
    assert [item["id"] for item in listed] == [other["id"], link["id"]]
    assert "token" not in json.dumps(listed)
    assert (await anna.client.delete(f"/my/chat/{chat}/share/{link['id']}")).status_code == 204
    revoked = await stranger.get(f"/api/v1/shared/{link['token']}")
    unknown = await stranger.get(f"/api/v1/shared/{'A' * 43}")
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.json() == unknown.json()
    assert texts(await opened(stranger, other["token"])) == ["one", "Echo: one"]
    assert (await anna.client.delete(f"/my/chat/{chat}/share/{link['id']}")).status_code == 404


async def test_a_deleted_conversation_takes_its_links_along(anna: Person, stranger: httpx.AsyncClient) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    token = (await share(anna, chat))["token"]
    assert (await anna.client.delete(f"/my/chat/{chat}")).status_code == 204
    assert (await stranger.get(f"/api/v1/shared/{token}")).status_code == 404


async def test_links_of_a_disabled_account_show_nothing(
    anna: Person, world: World, stranger: httpx.AsyncClient
) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    token = (await share(anna, chat))["token"]
    root = await world.person("root", is_admin=True)
    changed = await root.client.patch(f"/api/v1/admin/users/{anna.id}", json={"is_active": False})
    assert changed.status_code == 200
    assert (await stranger.get(f"/api/v1/shared/{token}")).status_code == 404


async def test_nobody_shares_what_is_not_theirs_or_not_there(anna: Person, world: World) -> None:
    boris = await world.person("boris")
    chat = await anna.chat()
    assert (await anna.client.post(f"/my/chat/{chat}/share", json={})).status_code == 422
    said = await anna.say(chat, "one", model="fake/echo")
    link = await share(anna, chat)
    body = {"message_id": said["reply"]["id"]}
    mine = await boris.chat()
    assert (await boris.client.post(f"/my/chat/{chat}/share", json={})).status_code == 404
    assert (await boris.client.post(f"/my/chat/{mine}/share", json=body)).status_code == 404
    assert (await boris.client.get(f"/my/chat/{chat}/share")).status_code == 404
    assert (await boris.client.delete(f"/my/chat/{chat}/share/{link['id']}")).status_code == 404
    assert (await boris.client.delete(f"/my/chat/{mine}/share/{link['id']}")).status_code == 404


async def test_a_turn_that_is_being_written_cannot_be_shared(anna: Person) -> None:
    chat = await anna.chat()
    await anna.say(chat, "which colour?", model="fake/ask")
    assert (await anna.client.post(f"/my/chat/{chat}/share", json={})).status_code == 409


async def test_the_token_is_not_kept(anna: Person, world: World) -> None:
    chat = await anna.chat()
    await anna.say(chat, "one", model="fake/echo")
    token = (await share(anna, chat))["token"]
    async with world.services.get(Stores).database.read(EVERYONE) as session:
        found = await session.execute(text("SELECT * FROM shares WHERE owner_id = :id"), {"id": anna.id})
        rows = [dict(row) for row in found.mappings()]
    assert len(rows) == 1
    assert token not in json.dumps(rows)


async def test_guessing_is_slow(tmp_path: Path) -> None:
    async with (
        open_world(tmp_path, requests_per_minute=5) as world,
        httpx.AsyncClient(base_url=world.url) as stranger,
    ):
        answers = [(await stranger.get(f"/api/v1/shared/{number:043}")).status_code for number in range(6)]
    assert answers == [404] * 5 + [429]


async def test_the_page_asks_not_to_be_indexed(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/share/anything", headers={"Accept": "text/html"})
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-robots-tag"] == "noindex"
