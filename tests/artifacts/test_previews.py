"""Previews are made in the background, and what is hostile breaks nothing but its own."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from entourage.artifacts.previews.made import EDGE_PIXELS, NoPreview
from entourage.artifacts.previews.maker import Maker
from tests.artifacts.making import assembled, docx, made, pdf, picture, previewed, put
from tests.world import Person, World, open_world

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


@pytest.fixture
async def maker() -> AsyncIterator[Maker]:
    made_here = Maker(cpu_seconds=3)
    yield made_here
    await made_here.close()


async def test_pictures_and_documents_get_a_thumbnail(anna: Person) -> None:
    chat = await anna.chat()
    photo = await made(anna, picture(1200, 800), type="image", title="Photo", chat_id=chat)
    report = await made(anna, pdf("Quarterly figures", pages=3), type="document", title="Report", chat_id=chat)
    shown = (await previewed(anna, photo))["preview"]
    assert (shown["width"], shown["height"]) == (1200, 800)
    small = Image.open(io.BytesIO((await anna.client.get(shown["thumbnail_url"])).content))
    assert (small.format, small.size) == ("WEBP", (EDGE_PIXELS, 320))
    shown = (await previewed(anna, report))["preview"]
    assert (shown["pages"], shown["text"].split("\n")[0]) == (3, "Quarterly figures")
    answer = await anna.client.get(shown["thumbnail_url"])
    assert answer.headers["content-type"] == "image/webp"
    assert max(Image.open(io.BytesIO(answer.content)).size) == EDGE_PIXELS


async def test_text_is_shown_by_how_it_begins_at_once(anna: Person) -> None:
    artifact = await made(anna, "word " * 500)
    assert artifact["preview"]["text"].startswith("word word")
    assert len(artifact["preview"]["text"]) <= 400
    assert artifact["preview"]["thumbnail_url"] is None


async def test_a_new_version_gets_a_new_preview_and_the_old_one_goes(anna: Person, world: World) -> None:
    chat = await anna.chat()
    photo = await previewed(anna, await made(anna, picture(30, 20), type="image", chat_id=chat))
    newer = (await put(anna, photo, picture(20, 30))).json()
    assert newer["version"] == 2
    shown = await previewed_version(anna, newer)
    assert (shown["preview"]["width"], shown["preview"]["height"]) == (20, 30)
    left = [path.name for path in world.settings.data_dir.rglob(f"{photo['id']}/*") if path.is_file()]
    assert left == ["2-preview"]


async def previewed_version(person: Person, artifact: dict[str, object]) -> dict[str, object]:
    async for event in person.events(str(artifact["chat_id"])):
        told = event["data"].get("artifact", {})
        if told and told["version"] == artifact["version"] and told["preview"]:
            return await person.get(f"/my/artifacts/{artifact['id']}")
    raise AssertionError("the stream ended")


async def test_a_picture_that_is_none_says_why_and_the_next_one_is_shown(anna: Person) -> None:
    chat = await anna.chat()
    broken = await made(anna, picture()[:60], type="image", title="Broken", chat_id=chat)
    bomb = await made(anna, bomb_png(60_000, 60_000), type="image", title="Bomb", chat_id=chat)
    whole = await made(anna, picture(), type="image", title="Whole", chat_id=chat)
    assert (await previewed(anna, broken))["preview"]["error"] == "It is no whole picture."
    assert "60000 x 60000" in (await previewed(anna, bomb))["preview"]["error"]
    assert (await previewed(anna, whole))["preview"]["thumbnail_url"]


def bomb_png(width: int, height: int, rows: int = 10) -> bytes:
    """A few kilobytes that say they are gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * (1 + width * 3) * rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def test_a_document_that_unpacks_to_gigabytes_is_read_as_far_as_it_may(maker: Maker) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as file:
            for _ in range(200):
                file.write(b"<w:p>heron" + b" " * 1_048_576)
    assert len(sink.getvalue()) < 1_000_000
    assert "heron" in (await maker.make(DOCX, sink.getvalue())).text


async def test_what_takes_too_much_time_ends_its_process_and_no_other(maker: Maker) -> None:
    operations = "0 0 m 600 700 l S " * 400_000
    with pytest.raises(NoPreview, match=r"more (time|memory) than it may"):
        await maker.make("application/pdf", endless_pdf(operations))
    assert (await maker.make("image/png", picture())).picture


def endless_pdf(operations: str) -> bytes:
    """A page that draws a small thing that draws a small thing, each a thousand times."""
    forms = 5
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    resources = "<< /XObject << /X 5 0 R >> >>"
    objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources {resources} /Contents 4 0 R >>")
    many = "/X Do " * 1000
    objects.append(f"<< /Length {len(many)} >>\nstream\n{many}\nendstream")
    for number in range(forms):
        inner = f"<< /XObject << /X {6 + number} 0 R >> >>" if number < forms - 1 else "<< >>"
        stream = many if number < forms - 1 else operations[:2000]
        objects.append(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources {inner} /Length {len(stream)} >>\n"
            f"stream\n{stream}\nendstream"
        )

    return assembled(objects)


async def test_what_takes_too_much_memory_is_refused() -> None:
    tight = Maker(memory_bytes=400 * 1_048_576, cpu_seconds=10)
    try:
        with pytest.raises(NoPreview):
            await tight.make("image/png", bomb_png(12_000, 5_000, rows=5_000))
        assert (await tight.make("image/png", picture())).picture
    finally:
        await tight.close()


@pytest.mark.parametrize("mime", ["application/pdf", "image/png", "image/gif", DOCX])
@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"GIF89a\xff\xff\xff\xff", b"PK\x03\x04" * 50]
)
async def test_any_bytes_are_answered(maker: Maker, mime: str, data: bytes) -> None:
    with pytest.raises(NoPreview):
        await maker.make(mime, data)


async def test_words_of_documents_keep_their_paragraphs(maker: Maker) -> None:
    assert (await maker.make(DOCX, docx("One &amp; two", "Three"))).text == "One & two\nThree"


async def test_what_a_server_left_without_preview_is_made_by_the_next(tmp_path_factory: pytest.TempPathFactory) -> None:
    from entourage.artifacts.previews.worker import Previews

    folder = tmp_path_factory.mktemp("restart")
    async with open_world(folder) as world:
        anna = await world.person("anna")
        await world.services.get(Previews).close()
        chat = await anna.chat()
        photo = await made(anna, picture(), type="image", chat_id=chat)
        assert photo["preview"] is None
        token = anna.token
    async with open_world(folder) as world:
        boris = await world.person("boris")
        boris.client.headers["Authorization"] = f"Bearer {token}"
        assert (await previewed(boris, photo))["preview"]["thumbnail_url"]
