"""Imports of ChatGPT's and Open WebUI's exports: whole trees, once, bad ones told, hostile files refused."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.chats.importing import chatgpt, openwebui
from entourage.chats.importing.archive import MAX_JSON_BYTES
from entourage.chats.importing.talk import Said, Unusable, arranged, parent_finder, time_ms
from entourage.events.message import TextPart
from tests.e2e.walking import connect, messages, text_of
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World

JSON = dict[str, Any]


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


def node(parent: str | None, role: str, *parts: Any, kind: str = "text", **more: Any) -> JSON:
    said = {"text": parts[0]} if kind in ("code", "execution_output") else {"parts": parts}
    content = {"content_type": kind, **said}
    message = {"author": {"role": role}, "content": content, "create_time": 1_700_000_000.5, "metadata": more}
    return {"parent": parent, "message": message}


def gpt(**more: Any) -> JSON:
    """A talk with an edited question, a tool in one answer, and what is never shown."""
    mapping = {
        "root": {"parent": None, "message": None},
        "sys": node("root", "system", "You are ChatGPT"),
        "q1": node("sys", "user", "What is 6*7?"),
        "code": node("q1", "assistant", "print(6*7)", kind="code", model_slug="gpt-4o"),
        "out": node("code", "tool", "42", kind="execution_output"),
        "a1": node("out", "assistant", "It is **42**.\n\n```python\n6*7\n```", model_slug="gpt-4o"),
        "q2": node("a1", "user", "Thanks", {"content_type": "image_asset_pointer"}),
        "a2": node("q2", "assistant", "You are welcome"),
        "q2b": node("a1", "user", "Are you sure?"),
        "hidden": node("q2b", "user", "context", is_visually_hidden_from_conversation=True),
        "a2b": node("hidden", "assistant", "Yes"),
    }
    talk = {"id": "c1", "title": "Sums", "create_time": 1_700_000_000, "update_time": 1_700_000_100.25}
    return {**talk, "mapping": mapping, "current_node": "a2b", **more}


def webui(**more: Any) -> JSON:
    history = {
        "currentId": "4",
        "messages": {
            "1": {"id": "1", "parentId": None, "role": "user", "content": "Привет", "timestamp": 1_700_000_000},
            "2": {
                "parentId": "1",
                "role": "assistant",
                "content": "One",
                "model": "llama3",
                "timestamp": 1_700_000_001,
            },
            "4": {
                "parentId": "1",
                "role": "assistant",
                "content": '<details type="reasoning" done="true">\n<summary>Thought</summary>\n> Hm.\n</details>\nTwo',
                "model": "qwen3",
            },
        },
    }
    times = {"created_at": 1_700_000_000, "updated_at": 1_700_000_050}
    return {"id": "w1", "title": "Greeting", **times, "pinned": True, "chat": {"history": history}, **more}


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


async def upload(person: Person, data: bytes, status: int = 200) -> JSON:
    answer = await person.client.post("/my/chat/import", files={"file": ("export", data, "application/octet-stream")})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_chatgpt_archive_keeps_branches_titles_times_and_code(anna: Person) -> None:
    archive = zipped(("user.json", b"{}"), ("conversations.json", json.dumps([gpt()]).encode()))
    assert await upload(anna, archive) == {"imported": 1, "skipped": []}
    (chat,) = (await anna.get("/my/chat"))["items"]
    assert (chat["title"], chat["created_at"]) == ("Sums", "2023-11-14T22:13:20.000Z")
    assert chat["updated_at"] == "2023-11-14T22:15:00.250Z"
    shown = await messages(anna, chat["id"])
    assert [item["role"] for item in shown] == ["user", "assistant", "user", "assistant"]
    assert shown[1]["model"] == "gpt-4o"
    assert [part["text"] for part in shown[1]["parts"]] == [
        "```\nprint(6*7)\n```",
        "```\n42\n```",
        "It is **42**.\n\n```python\n6*7\n```",
    ]
    assert text_of(shown[3]) == "Yes"
    other = next(one for one in shown[2]["siblings"] if one != shown[2]["id"])
    await anna.client.patch(f"/my/chat/{chat['id']}", json={"active_message_id": other})
    assert [text_of(item) for item in await messages(anna, chat["id"])][2:] == [
        "Thanks\n\n[image that was not exported]",
        "You are welcome",
    ]


async def test_an_open_webui_export_keeps_branches_models_and_reasoning(anna: Person) -> None:
    assert await upload(anna, json.dumps([webui()]).encode()) == {"imported": 1, "skipped": []}
    (chat,) = (await anna.get("/my/chat"))["items"]
    assert (chat["title"], chat["pinned"]) == ("Greeting", True)
    question, answer = await messages(anna, chat["id"])
    assert text_of(question) == "Привет"
    assert answer["parts"] == [{"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "Two"}]
    assert answer["model"] == "qwen3"
    assert len(answer["siblings"]) == 2
    assert (await anna.get("/my/chat/search", q="привет"))["items"][0]["chat_id"] == chat["id"]


async def test_importing_twice_does_not_double(anna: Person, world: World) -> None:
    both = json.dumps([gpt(), webui()]).encode()
    assert (await upload(anna, both))["imported"] == 2
    again = await upload(anna, both)
    assert again["imported"] == 0
    assert {item["reason"] for item in again["skipped"]} == {"already imported"}
    assert len((await anna.get("/my/chat"))["items"]) == 2
    boris = await world.person("boris")
    assert (await upload(boris, both))["imported"] == 2


async def test_a_bad_conversation_is_told_and_the_others_are_imported(anna: Person) -> None:
    circle = {"a": node("b", "user", "x"), "b": node("a", "assistant", "y")}
    bad = [
        gpt(id="x1", title="Wrong type", mapping={"a": {"message": {"author": "me"}}}),
        gpt(id="x2", title="Circle", mapping=circle),
        gpt(id="x3", title="Empty", mapping={}),
        {"title": "Unknown"},
    ]
    result = await upload(anna, json.dumps([gpt(), *bad]).encode())
    assert result["imported"] == 1
    reasons = {item["title"]: item["reason"] for item in result["skipped"]}
    assert "$.mapping[...].message.author" in reasons["Wrong type"]
    assert "circle" in reasons["Circle"]
    assert "no messages" in reasons["Empty"]
    assert 'neither "mapping" nor "chat"' in reasons["#5"]


async def test_one_can_go_on_with_an_imported_talk(anna: Person, fake_llm: FakeLLM) -> None:
    await connect(anna, fake_llm)
    await upload(anna, json.dumps(gpt()).encode())
    (chat,) = (await anna.get("/my/chat"))["items"]
    reply = (await anna.say(chat["id"], "and 6*8?", model="fake/echo"))["reply"]
    assert text_of(reply) == "Echo: and 6*8?"
    assert "What is 6*7?" in json.dumps(fake_llm.requests[-1]["body"])
    old = (await messages(anna, chat["id"]))[1]
    again = await anna.post(f"/my/chat/{chat['id']}/messages/{old['id']}/regenerate", {"model": "fake/echo"}, 202)
    assert again["run_id"]


CUT = zipped(("conversations.json", json.dumps([gpt()]).encode()))[:-30]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON"),
        (b"hello", "no JSON"),
        (b'"text"', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'[{"title": "x"}]', "neither"),
        (b"[1]", "neither"),
        (zipped(("a.txt", b"x")), "without conversations.json"),
        (zipped(("a.json", b"[]"), ("b.json", b"[]")), "without conversations.json"),
        (zipped(("conversations.json", b"{")), "no JSON"),
        (CUT, "cut off"),
        (b"PK\x03\x04 and nothing more", "cut off"),
    ],
    ids=["empty", "text", "string", "deep", "form", "number", "zip", "two", "broken", "cut", "head"],
)
async def test_other_files_are_refused_with_the_reason(small_world: World, data: bytes, why: str) -> None:
    await check_refused(await small_world.person("anna"), data, why)


async def test_bombs_are_refused_with_the_reason(anna: Person) -> None:
    too_large = zipped(("conversations.json", b" " * (MAX_JSON_BYTES + 1)))
    await check_refused(anna, too_large, "unpacks to more than")
    too_many = zipped(*((f"{number:0200}.json", b"") for number in range(40_000)))
    await check_refused(anna, too_many, "too many files")


async def check_refused(anna: Person, data: bytes, why: str) -> None:
    refused = await upload(anna, data, 422)
    assert why in refused["detail"]
    assert refused["errors"][0]["field"].startswith("file")


async def test_an_empty_export_imports_nothing(anna: Person) -> None:
    assert await upload(anna, b"[]") == {"imported": 0, "skipped": []}


ids = st.sampled_from("abcdef")


@settings(deadline=None)
@given(st.dictionaries(ids, st.tuples(st.none() | ids, st.sampled_from(["user", "assistant"]))))
def test_every_tree_becomes_a_tree_with_all_its_words_or_is_refused(tree: dict[str, tuple[str | None, Any]]) -> None:
    said = [Said(key, parent, role, [TextPart(text=key)], 0) for key, (parent, role) in tree.items()]
    try:
        ordered, names = arranged(said)
    except Unusable:
        return
    words = [part.text for one in ordered for part in one.parts if isinstance(part, TextPart)]
    assert sorted(words) == sorted(tree)
    seen: set[str | None] = {None}
    for one in ordered:
        assert one.parent in seen
        seen.add(one.id)
    assert set(names) == set(tree)
    assert set(names.values()) <= seen


@settings(deadline=None)
@given(st.dictionaries(ids, st.none() | ids), st.sets(ids))
def test_the_nearest_kept_message_is_found_or_a_circle_is(parents: dict[str, str | None], kept: set[str]) -> None:
    nearest = parent_finder(parents, kept)
    for start in parents:
        try:
            assert nearest(start) in {None, *kept}
        except Unusable:
            return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["mapping", "chat", "title", "id", "current_node"]), json_values))
def test_a_parser_gives_a_talk_or_says_why_not(value: JSON) -> None:
    raw = msgspec.Raw(json.dumps(value).encode())
    for form in (chatgpt, openwebui):
        try:
            assert form.read(raw, "x").said
        except ValueError:  # msgspec's errors and ours
            continue


@settings(deadline=None)
@given(st.none() | st.floats(allow_nan=True))
def test_every_time_is_one_or_the_default(value: float | None) -> None:
    assert 0 <= time_ms(value, 7) < 4_102_444_800_000
