"""Finding artifacts: by words of title, tags and text, by what they are, in pages of every order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.artifacts.texts import INDEXED_BYTES, clean, plain, searchable
from tests.artifacts.making import docx, made, pdf, previewed, put
from tests.world import Person, World


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


async def titles(person: Person, **params: Any) -> list[str]:
    return [item["title"] for item in (await person.get("/my/artifacts", **params))["items"]]


async def test_words_are_found_in_title_tags_and_text(anna: Person) -> None:
    await made(anna, "the heron flies", title="Birds")
    await made(anna, "nothing", title="Herons of Europe")
    await made(anna, "nothing", title="Tagged", metadata={"tags": ["heron"]})
    await made(anna, "a duck", title="Ducks")
    assert set(await titles(anna, q="heron")) == {"Birds", "Herons of Europe", "Tagged"}
    assert await titles(anna, q="HERON flies") == ["Birds"]
    assert await titles(anna, q="heron duck") == []
    assert await titles(anna, q="  ") == ["Ducks", "Tagged", "Herons of Europe", "Birds"]
    assert await titles(anna, q="!?") == []
    (hit,) = (await anna.get("/my/artifacts", q="flies"))["items"]
    assert "\ue000flies\ue001" in hit["snippet"]


async def test_only_the_newest_version_is_found(anna: Person) -> None:
    artifact = await made(anna, "alpha")
    await put(anna, artifact, b"beta")
    assert await titles(anna, q="alpha") == []
    assert await titles(anna, q="beta") == ["Notes"]
    changed = await anna.client.patch(f"/my/artifacts/{artifact['id']}", json={"title": "Gamma"})
    assert changed.status_code == 200
    assert await titles(anna, q="gamma beta") == ["Gamma"]
    assert await titles(anna, q="notes") == []


async def test_what_is_deleted_is_not_found(anna: Person) -> None:
    artifact = await made(anna, "alpha")
    await anna.client.delete(f"/my/artifacts/{artifact['id']}")
    assert await titles(anna, q="alpha") == []


async def test_words_of_documents_are_found_once_they_are_read(anna: Person) -> None:
    chat = await anna.chat()
    report = await made(anna, pdf("Turnover of walnuts"), type="document", title="Report", chat_id=chat)
    letter = await made(anna, docx("Dear hazelnuts"), type="document", title="Letter", chat_id=chat)
    await previewed(anna, report)
    await previewed(anna, letter)
    assert await titles(anna, q="walnuts") == ["Report"]
    assert await titles(anna, q="hazelnuts") == ["Letter"]


async def test_another_persons_words_are_not_found(anna: Person, world: World) -> None:
    await made(anna, "secret heron", metadata={"tags": ["private"]})
    boris = await world.person("boris")
    assert await titles(boris, q="heron") == []
    assert await titles(boris, tag="private") == []


async def test_filters_go_together(anna: Person) -> None:
    chat = await anna.chat()
    await made(anna, "x", title="A", type="code", metadata={"tags": ["one", "two"]}, chat_id=chat)
    await made(anna, "x", title="B", type="code", metadata={"tags": ["two"]})
    await made(anna, "x", title="C", metadata={"tags": ["two"]}, chat_id=chat)
    assert set(await titles(anna, tag="two")) == {"A", "B", "C"}
    assert await titles(anna, tag="Two", type="code", chat_id=chat) == ["A"]
    assert set(await titles(anna, type=["code", "text"], q="x")) == {"A", "B", "C"}
    assert await titles(anna, type="image") == []
    assert await titles(anna, agent="coder") == []


@pytest.mark.parametrize("sort", ["newest", "updated", "title", "largest"])
async def test_pages_of_every_order_hold_each_artifact_once(anna: Person, sort: str) -> None:
    names = ["d", "a", "c", "b", "e"]
    for place, name in enumerate(names):
        await made(anna, "x" * (1 + place % 3), title=name)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = await anna.get("/my/artifacts", **params)
        seen += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(names)
    if sort == "title":
        assert seen == sorted(names)
    if sort in ("newest", "updated"):
        assert seen == names[::-1]
    if sort == "largest":
        assert seen[0] == "c"


async def test_a_cursor_of_another_order_is_refused(anna: Person) -> None:
    for name in "ab":
        await made(anna, title=name)
    cursor = (await anna.get("/my/artifacts", sort="title", limit=1))["next_cursor"]
    answer = await anna.client.get("/my/artifacts", params={"sort": "largest", "cursor": cursor})
    assert answer.status_code == 422


def test_markup_and_what_terminals_obey_are_no_words() -> None:
    page = b"<style>hidden{}</style><h1>Seen</h1><script>hidden()</script> and <b>bold</b><script>cut"
    assert plain(page, "text/html").split() == ["Seen", "and", "bold"]
    events = ['{"version": 2}', json.dumps([0.1, "o", "\x1b[31mred\x1b[0m\r\n"]), json.dumps([0.2, "i", "typed"]), "["]
    assert plain("\n".join(events).encode(), "application/x-asciicast").split() == ["red"]


@given(st.text(), st.lists(st.text(max_size=20), max_size=5), st.text())
def test_what_is_indexed_has_three_parts_and_a_bound(title: str, tags: list[str], text: str) -> None:
    whole = searchable(title, tags, clean(text))
    assert len(whole.encode(errors="replace")) <= INDEXED_BYTES
    assert "\x00" not in whole
    assert whole.count("\n") >= 2


@given(st.binary(max_size=2000), st.sampled_from(["text/plain", "text/html", "application/x-asciicast"]))
def test_any_bytes_have_words(content: bytes, mime: str) -> None:
    assert "\x1b" not in plain(content, mime)
