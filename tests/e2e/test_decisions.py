"""Dangerous calls wait for a person: approved, denied, edited, decided twice, remembered, expired."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from entourage.agents.approvals import Approvals
from entourage.agents.tables import ApprovalRow
from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from tests.e2e.walking import connect, events_of_run, messages, text_of, tool_parts
from tests.fakes.llm_server import FakeLLM
from tests.fakes.running import BackgroundServer
from tests.world import Person, SharedWorlds, World


class Site(BackgroundServer):
    """A web site that counts its visitors."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        super().__init__(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.visits.append(scope["path"])
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": f"this is {scope['path']}".encode()})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
async def home(engine: str, servers: SharedWorlds) -> AsyncIterator[World]:
    async with servers.lent(engine, fetch_allow_networks=["127.0.0.0/8"]) as world:
        yield world


@pytest.fixture
async def anna(home: World, fake_llm: FakeLLM) -> Person:
    person = await home.person("anna")
    await connect(person, fake_llm)
    return person


async def ask_to_fetch(person: Person, *urls: str) -> tuple[str, dict[str, Any]]:
    """Have the model fetch these, all at once; the run waits."""
    verbs = ["/call", *["/also"] * (len(urls) - 1)]
    text = "\n".join(f"{verb} http_fetch {json.dumps({'url': url})}" for verb, url in zip(verbs, urls, strict=True))
    chat = await person.chat()
    sent = await person.say(chat, text, model="fake/calls")
    assert sent["reply"]["status"] == "waiting", sent["reply"]
    return chat, sent


async def pending(person: Person) -> list[dict[str, Any]]:
    return (await person.get("/my/approvals", status="pending"))["items"][::-1]


async def test_an_approved_call_runs(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    assert approval["tool"] == "http_fetch"
    assert approval["args"] == {"url": f"{site.url}/page"}
    assert approval["risk"] == "medium"
    assert site.visits == []
    decided = await anna.post(f"/my/approvals/{approval['id']}/decide", {"decision": "approve"}, 200)
    assert decided["status"] == "approved"
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "done"
    assert "this is /page" in text_of(reply)
    assert site.visits == ["/page"]


async def test_a_denied_call_does_not_run_and_the_model_is_told_why(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    await anna.post(f"/my/approvals/{approval['id']}/decide", {"decision": "deny", "reason": "too far away"}, 200)
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert tool_parts(reply)[0]["status"] == "denied"
    assert "too far away" in text_of(reply)
    assert site.visits == []


async def test_edited_arguments_are_what_runs(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    path = f"/my/approvals/{approval['id']}/decide"
    wrong = await anna.client.post(path, json={"decision": "approve", "args": {"url": 5}})
    assert wrong.status_code == 422
    await anna.post(path, {"decision": "approve", "args": {"url": f"{site.url}/other"}}, 200)
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert "this is /other" in text_of(reply)
    assert site.visits == ["/other"]


async def test_decided_twice_runs_once(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    path = f"/my/approvals/{approval['id']}/decide"
    answers = await asyncio.gather(*(anna.client.post(path, json={"decision": "approve"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    await events_of_run(anna, chat, sent["run_id"])
    assert site.visits == ["/page"]
    late = await anna.client.post(path, json={"decision": "deny"})
    assert late.status_code == 409
    assert late.json()["detail"] == "This was already approved."


async def test_of_two_calls_the_undecided_one_goes_on_waiting(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/first", f"{site.url}/second")
    first, second = sorted(await pending(anna), key=lambda item: item["args"]["url"])
    await anna.post(f"/my/approvals/{first['id']}/decide", {"decision": "approve"}, 200)
    async with asyncio.timeout(30):
        async for event in anna.events(chat):
            if event["type"] != "message" or event["data"]["message"]["status"] != "waiting":
                continue
            calls = tool_parts(event["data"]["message"])
            if calls[0]["status"] == "ok":
                break
    assert [call["status"] for call in calls] == ["ok", "waiting"]
    assert calls[1]["approval_id"] == second["id"]
    (_, shown) = await messages(anna, chat)
    assert [call["status"] for call in tool_parts(shown)] == ["ok", "waiting"]
    await anna.post(f"/my/approvals/{second['id']}/decide", {"decision": "deny"}, 200)
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert [call["status"] for call in tool_parts(reply)] == ["ok", "denied"]
    assert site.visits == ["/first"]


async def test_a_remembered_approval_is_not_asked_again(anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    await anna.post(f"/my/approvals/{approval['id']}/decide", {"decision": "approve", "remember": True}, 200)
    await events_of_run(anna, chat, sent["run_id"])
    text = f"/call http_fetch {json.dumps({'url': f'{site.url}/again'})}"
    assert (await anna.say(chat, text, model="fake/calls"))["reply"]["status"] == "done"
    assert site.visits == ["/page", "/again"]


async def test_a_decision_must_fit_what_was_asked(anna: Person, site: Site) -> None:
    await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    for body in ({"decision": "answer", "answer": "yes"}, {"decision": "maybe"}, {}):
        refused = await anna.client.post(f"/my/approvals/{approval['id']}/decide", json=body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "decision"
    assert len(await pending(anna)) == 1


async def test_what_nobody_decides_expires_and_the_run_ends(home: World, anna: Person, site: Site) -> None:
    chat, sent = await ask_to_fetch(anna, f"{site.url}/page")
    (approval,) = await pending(anna)
    async with home.services.get(Stores).database.write(EVERYONE) as session:
        (await session.get_one(ApprovalRow, approval["id"])).expires_ms = 1
    await home.services.get(Approvals).expire()
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert tool_parts(reply)[0]["status"] == "denied"
    assert "nobody answered in time" in text_of(reply)
    assert (await anna.get(f"/my/approvals/{approval['id']}"))["status"] == "expired"
    assert site.visits == []
