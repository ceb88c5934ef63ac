"""Conversations: branches, another answer, titles, search, export, attachments, and what goes when one is deleted."""

from __future__ import annotations

import json

import pytest

from tests.e2e.walking import begin_walk, connect, messages, text_of
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await connect(person, fake_llm)
    return person


async def test_another_answer_stands_beside_the_first(anna: Person) -> None:
    chat = await anna.chat()
    first = (await anna.say(chat, "hello", model="fake/echo"))["reply"]
    again = await anna.post(f"/my/chat/{chat}/messages/{first['id']}/regenerate", {"model": "fake/think"}, 202)
    await anna.events_until(chat, "task_completed", after=again["seq"])
    user, reply = await messages(anna, chat)
    assert reply["id"] == again["reply_id"]
    assert text_of(reply) == "Answer: hello"
    assert [part["type"] for part in reply["parts"]] == ["reasoning", "text"]
    assert reply["siblings"] == [first["id"], reply["id"]]
    assert user["id"] == again["message"]["id"] == first["parent_id"]

    await anna.client.patch(f"/my/chat/{chat}", json={"active_message_id": first["id"]})
    assert text_of((await messages(anna, chat))[-1]) == "Echo: hello"


async def test_an_edited_message_is_a_branch(anna: Person) -> None:
    chat = await anna.chat()
    first = await anna.say(chat, "one", model="fake/echo")
    second = await anna.say(chat, "two", model="fake/echo")
    edited = await anna.say(chat, "two, edited", model="fake/echo", parent_id=second["message"]["parent_id"])
    shown = await messages(anna, chat)
    assert [text_of(item) for item in shown] == ["one", "Echo: one", "two, edited", "Echo: two, edited"]
    assert shown[2]["siblings"] == [second["message"]["id"], edited["message"]["id"]]
    root = await anna.say(chat, "another start", model="fake/echo", parent_id=None)
    shown = await messages(anna, chat)
    assert [text_of(item) for item in shown] == ["another start", "Echo: another start"]
    assert shown[0]["siblings"] == [first["message"]["id"], root["message"]["id"]]

    await anna.client.patch(f"/my/chat/{chat}", json={"active_message_id": first["message"]["id"]})
    assert [text_of(item) for item in await messages(anna, chat)][-1] == "Echo: two, edited"


async def test_another_branch_can_be_read_without_going_to_it(anna: Person) -> None:
    chat = await anna.chat()
    first = await anna.say(chat, "one", model="fake/echo")
    await anna.say(chat, "other", model="fake/echo", parent_id=None)
    aside = await anna.get(f"/my/chat/{chat}/messages", through=first["message"]["id"])
    assert [text_of(item) for item in aside["items"]] == ["one", "Echo: one"]
    assert [text_of(item) for item in await messages(anna, chat)] == ["other", "Echo: other"]


async def test_a_model_sees_only_its_branch(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await anna.chat()
    await anna.say(chat, "the secret is tulip", model="fake/echo")
    await anna.say(chat, "what is it?", model="fake/echo", parent_id=None)
    assert "tulip" not in json.dumps(fake_llm.requests[-1]["body"])


async def test_pages_of_a_long_talk(anna: Person) -> None:
    chat = await anna.chat()
    for number in range(4):
        await anna.say(chat, f"number {number}", model="fake/echo")
    page = await anna.get(f"/my/chat/{chat}/messages", limit=3)
    assert page["has_more"] is True
    assert [text_of(item) for item in page["items"]] == ["Echo: number 2", "number 3", "Echo: number 3"]
    rest = await anna.get(f"/my/chat/{chat}/messages", limit=200, before=page["items"][0]["id"])
    assert rest["has_more"] is False
    assert len(rest["items"]) == 5


async def test_search_finds_words_by_their_beginning_in_any_language(anna: Person) -> None:
    chat = await anna.chat()
    for text in ("The invoice for Zürich is late", "Счёт за март оплачен", 'quotes " and (operators) AND OR *'):
        await anna.say(chat, text, model="fake/echo")
    for words, expected in (("invo zür", 2), ("СЧЁТ", 2), ("quotes operators", 2), ("nowhere", 0), ('"*(', 0)):
        found = (await anna.get("/my/chat/search", q=words))["items"]
        assert len(found) == expected, words
    hit = (await anna.get("/my/chat/search", q="invoice"))["items"][-1]
    assert "\ue000invoice\ue001" in hit["snippet"]
    assert hit["chat_id"] == chat


async def test_export_has_the_branch_one_sees(anna: Person) -> None:
    chat, sent = await begin_walk(anna)
    document = json.loads((await anna.client.get(f"/my/chat/{chat}/export", params={"format": "json"})).text)
    assert [item["id"] for item in document["messages"]] == [sent["message"]["id"], sent["reply"]["id"]]
    markdown = await anna.client.get(f"/my/chat/{chat}/export")
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert "# Chart the totals by region." in markdown.text
    assert "sales.csv" in markdown.text
    assert "run_code: ok" in markdown.text


async def test_titles_pins_and_the_order_of_the_list(anna: Person) -> None:
    first, second = await anna.chat(), await anna.chat()
    await anna.say(first, "@coder   what is the\ncapital of   France?", model="fake/echo")
    listed = (await anna.get("/my/chat"))["items"]
    assert [item["id"] for item in listed] == [first, second]
    assert listed[0]["title"] == "what is the capital of France?"
    assert listed[0]["message_count"] == 2
    await anna.client.patch(f"/my/chat/{second}", json={"pinned": True, "title": "Mine"})
    assert [item["id"] for item in (await anna.get("/my/chat"))["items"]] == [second, first]
    page = await anna.get("/my/chat", limit=1)
    assert [item["id"] for item in (await anna.get("/my/chat", cursor=page["next_cursor"]))["items"]] == [first]


async def test_two_who_change_at_once_do_not_lose_each_others_work(anna: Person) -> None:
    chat = await anna.chat()
    tag = (await anna.client.get(f"/my/chat/{chat}")).headers["etag"]
    headers = {"If-Match": tag}
    assert (await anna.client.patch(f"/my/chat/{chat}", json={"title": "A"}, headers=headers)).status_code == 200
    assert (await anna.client.patch(f"/my/chat/{chat}", json={"title": "B"}, headers=headers)).status_code == 412


async def test_attached_files_come_back_unchanged(anna: Person) -> None:
    chat = await anna.chat()
    data = bytes(range(256))
    first = await anna.attach(chat, "../../résumé\u202e.pdf", data, "application/pdf")
    await anna.attach(chat, "résumé_.pdf", b"again", "application/pdf")
    found = await anna.client.get(f"/my/chat/{chat}/attachments/{first}/content")
    assert found.content == data
    names = await anna.say(chat, '/call list_files {"path": "attachments"}', model="fake/calls")
    assert "/" not in text_of(names["reply"]).replace("attachments/", "")
    assert "résumé_-2.pdf" in text_of(names["reply"])


async def test_a_deleted_conversation_leaves_nothing(anna: Person, world: World) -> None:
    chat, sent = await begin_walk(anna)
    artifacts = (await anna.get("/my/artifacts", chat_id=chat))["items"]
    assert (await anna.client.delete(f"/my/chat/{chat}")).status_code == 204
    gone = [
        f"/my/chat/{chat}",
        f"/my/chat/{chat}/messages",
        f"/my/stream/{chat}",
        f"/my/runs/{sent['run_id']}",
        *(f"/my/artifacts/{item['id']}" for item in artifacts),
        *(item["content_url"] for item in artifacts),
    ]
    for path in gone:
        assert (await anna.client.get(path)).status_code == 404, path
    assert (await anna.get("/my/artifacts"))["items"] == []
    assert (await anna.get("/my/chat/search", q="Chart"))["items"] == []
    folder = world.settings.data_dir / "workspaces" / anna.id
    assert list(folder.rglob("*.csv")) == []
