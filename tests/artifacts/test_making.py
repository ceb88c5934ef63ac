"""Artifacts made by hand: of every type, with what is known of them, changed without a new version."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from entourage.artifacts.contents import INLINE_BYTES
from entourage.artifacts.kinds import TYPES
from tests.artifacts.making import docx, made, pdf, picture, put, uploaded
from tests.world import Person, World

CAST = '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "hello"]\n'
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00" + b"\x00" * 64
WEBM = b"\x1aE\xdf\xa3" + b"\x00" * 64
CHART = json.dumps({"chart": {"type": "line", "x": "day", "y": ["sales"]}, "rows": [{"day": 1, "sales": 2}]})

EXAMPLES: list[tuple[str, str | bytes, str]] = [
    ("code", "print(1)", "text/plain"),
    ("terminal", CAST, "application/x-asciicast"),
    ("terminal", "$ ls\n", "text/plain"),
    ("image", picture(), "image/png"),
    ("image", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    ("video", MP4, "video/mp4"),
    ("video", WEBM, "video/webm"),
    ("audio", b"ID3" + b"\x00" * 64, "audio/mpeg"),
    ("audio", WEBM, "audio/webm"),
    ("document", "# Title", "text/markdown"),
    ("document", pdf(), "application/pdf"),
    ("document", docx("Hello"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("data", "a,b\n1,2\n", "text/csv"),
    ("data", '{"a": 1}', "application/json"),
    ("data", CHART, "application/vnd.entourage.chart+json"),
    ("web", "<h1>hi</h1>", "text/html"),
    ("interactive", "<button>hi</button>", "text/html"),
    ("desktop", '{"frames": []}', "application/json"),
    ("text", "hello", "text/plain"),
]


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


def test_every_type_has_an_example() -> None:
    assert {kind for kind, *_ in EXAMPLES} == set(TYPES)


@pytest.mark.parametrize(("kind", "content", "mime"), EXAMPLES, ids=[f"{kind}-{mime}" for kind, _, mime in EXAMPLES])
async def test_content_of_each_type_is_known_by_its_bytes(
    anna: Person, kind: str, content: str | bytes, mime: str
) -> None:
    artifact = await made(anna, content, type=kind, title="Example")
    assert (artifact["type"], artifact["format"], artifact["version"]) == (kind, mime, 1)
    raw = content.encode() if isinstance(content, str) else content
    assert (await anna.client.get(f"/my/artifacts/{artifact['id']}/content")).content == raw


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"type": "image", "content": "no picture"}, "content"),
        ({"type": "video", "content": "no film"}, "content"),
        ({"type": "document", "content_base64": "UEsDBGp1bms="}, "content"),
        ({"type": "text", "content_base64": "/w=="}, "content"),
        ({"type": "text", "content_base64": "!"}, "content_base64"),
        ({"type": "text", "content": "x", "format": "image/png"}, "format"),
        ({"type": "hologram", "content": "x"}, "type"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_does_not_fit_its_type_is_refused(anna: Person, fields: dict[str, Any], wrong: str) -> None:
    refused = await anna.client.post("/my/artifacts", json={"title": "x", **fields})
    assert refused.status_code == 422
    assert wrong in refused.json()["errors"][0]["field"]


async def test_a_declared_format_is_taken_where_bytes_do_not_say(anna: Person) -> None:
    artifact = await made(anna, "a\tb\n", type="data", format="text/tab-separated-values")
    assert artifact["format"] == "text/tab-separated-values"
    edited = (await put(anna, artifact, b"c\td\n")).json()
    assert edited["format"] == "text/tab-separated-values"
    assert (await put(anna, artifact, b"[1]")).json()["format"] == "application/json"


async def test_files_come_in_as_they_are(anna: Person) -> None:
    artifact = await uploaded(anna, b"a\tb\n", type="data", title="Table", name="table.tsv")
    assert artifact["format"] == "text/tab-separated-values"


async def test_each_version_keeps_its_own_format(anna: Person) -> None:
    drawn = await made(anna, "<svg xmlns='http://www.w3.org/2000/svg'/>", type="image")
    await put(anna, drawn, picture())
    versions = (await anna.get(f"/my/artifacts/{drawn['id']}/versions"))["items"]
    assert [version["format"] for version in versions] == ["image/png", "image/svg+xml"]
    back = await anna.post(f"/my/artifacts/{drawn['id']}/revert", {"version": 1}, 200)
    assert back["format"] == "image/svg+xml"


async def test_metadata_and_title_change_without_a_new_version(anna: Person) -> None:
    about = {"language": "python", "framework": "flask", "dependencies": ["flask"], "tags": [" Web ", "api"]}
    artifact = await made(anna, "x", type="code", metadata=about)
    assert artifact["metadata"]["tags"] == ["web", "api"]
    assert artifact["language"] == "python"
    tag = (await anna.client.get(f"/my/artifacts/{artifact['id']}")).headers["etag"]
    path = f"/my/artifacts/{artifact['id']}"
    changed = await anna.client.patch(path, json={"title": "Better"}, headers={"If-Match": tag})
    assert (changed.json()["title"], changed.json()["version"], changed.json()["revision"]) == ("Better", 1, 2)
    assert changed.json()["metadata"]["framework"] == "flask"
    stale = await anna.client.patch(path, json={"title": "Worse"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (await anna.client.patch(path, json={"title": None})).status_code == 422


async def test_who_read_the_content_may_change_it_by_its_tag(anna: Person) -> None:
    artifact = await made(anna)
    tag = (await anna.client.get(f"/my/artifacts/{artifact['id']}/content")).headers["etag"]
    assert (await put(anna, artifact, b"mine", **{"If-Match": tag})).status_code == 200
    assert (await put(anna, artifact, b"theirs", **{"If-Match": tag})).status_code == 412


async def test_large_text_is_packed_and_large_pictures_are_not(anna: Person, small_world: World) -> None:
    text = b"the same words again and again " * 10_000
    artifact = await uploaded(anna, text, type="text", title="Long")
    (blob,) = small_world.settings.data_dir.rglob(f"*{artifact['id']}/*")
    assert blob.stat().st_size < len(text) // 20
    assert zlib.decompress(blob.read_bytes()) == text
    noise = MP4 + bytes(range(256)) * 1000
    film = await uploaded(anna, noise, type="video", title="Film")
    (raw,) = small_world.settings.data_dir.rglob(f"*{film['id']}/*")
    assert raw.read_bytes() == noise
    assert len(noise) > INLINE_BYTES


async def test_what_was_refused_leaves_no_bytes(anna: Person, small_world: World) -> None:
    before = {path for path in small_world.settings.data_dir.rglob("artifacts/*/*") if path.is_file()}
    artifact = await made(anna)
    refused = await put(anna, artifact, b"x" * (INLINE_BYTES + 1), **{"If-Match": '"other"'})
    assert refused.status_code == 412
    after = {path for path in small_world.settings.data_dir.rglob("artifacts/*/*") if path.is_file()}
    assert after == before


async def test_a_conversation_of_somebody_else_is_not_there(anna: Person, small_world: World) -> None:
    boris = await small_world.person("boris")
    chat = await boris.chat()
    refused = await anna.client.post(
        "/my/artifacts", json={"type": "text", "title": "x", "content": "x", "chat_id": chat}
    )
    assert refused.status_code == 404
