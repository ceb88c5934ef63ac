"""Films show a telling picture and sounds their waveform, both how long they last; what is hostile gets a reason."""

from __future__ import annotations

import asyncio
import io
import struct
import sys
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from entourage.artifacts.previews.child import preview
from entourage.artifacts.previews.made import WITHOUT_MEDIA, Made, NoPreview
from entourage.artifacts.previews.maker import Maker
from tests.artifacts.filming import film, swelling
from tests.artifacts.making import picture, previewed, uploaded
from tests.world import open_world


@pytest.fixture(scope="module")
async def maker() -> AsyncIterator[Maker]:
    made_here = Maker(cpu_seconds=3)
    yield made_here
    await made_here.close()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("mime", "kind", "codec"),
    [("video/mp4", "mp4", "libx264"), ("video/quicktime", "mov", "mpeg4"), ("video/webm", "webm", "libvpx")],
)
async def test_a_film_shows_a_picture_that_tells_of_it(maker: Maker, mime: str, kind: str, codec: str) -> None:
    made = await maker.make(mime, film(kind, codec))
    assert (made.width, made.height, made.seconds) == (160, 90, 2.0)
    red, green, blue = opened(made.picture).convert("RGB").getpixel((40, 40))  # pyright: ignore[reportGeneralTypeIssues]
    assert red > 200 > green > 140 > blue, "not the black it begins with"


@pytest.mark.parametrize(
    ("mime", "kind", "codec", "rate"),
    [
        ("audio/wav", "wav", "pcm_s16le", 8000),
        ("audio/mpeg", "mp3", "libmp3lame", 44_100),
        ("audio/ogg", "ogg", "libopus", 48_000),
        ("audio/flac", "flac", "flac", 44_100),
        ("audio/aac", "adts", "aac", 44_100),
        ("audio/mp4", "ipod", "aac", 44_100),
        ("video/webm", "webm", "libopus", 48_000),
    ],
)
async def test_a_sound_shows_its_waveform(maker: Maker, mime: str, kind: str, codec: str, rate: int) -> None:
    made = await maker.make(mime, swelling(kind, codec, rate=rate))
    assert made.seconds == pytest.approx(1.0, abs=0.06)
    alpha = opened(made.picture).getchannel("A")
    heights = [
        alpha.crop((left, 0, left + 40, alpha.height)).getbbox() for left in (0, alpha.width // 2, alpha.width - 40)
    ]
    low, middle, high = (box[3] - box[1] for box in heights if box)
    assert low < middle < high
    assert alpha.getpixel((0, 0)) == 0, "the ground of whoever shows it is seen"


async def test_a_film_turned_by_its_camera_stands_upright(maker: Maker) -> None:
    upright = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    on_its_side = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 90 << 16, 0, 1 << 30)
    at = (data := film()).rindex(upright)
    made = await maker.make("video/mp4", data[:at] + on_its_side + data[at + 36 :])
    assert (made.width, made.height) == opened(made.picture).size == (90, 160)


async def test_a_film_that_breaks_off_is_as_long_as_what_is_there(maker: Maker) -> None:
    whole = film("webm", "libvpx")
    made = await maker.make("video/webm", whole[: len(whole) * 2 // 3])
    assert made.picture
    assert 0 < (made.seconds or 0) < 2


PLAYLISTS = [
    b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
    b"ffconcat version 1.0\nfile /etc/hostname\n",
    b'<?xml version="1.0"?><MPD><Period><BaseURL>http://127.0.0.1:9/</BaseURL></Period></MPD>',
]


async def test_whatever_is_no_film_or_sound_says_so(maker: Maker) -> None:
    whole = film()
    for mime in ("video/mp4", "video/webm", "video/ogg", "audio/mpeg", "audio/wav", "audio/aac", "audio/flac"):
        for data in (b"", b"word " * 2000, whole[: len(whole) // 2], picture(), *PLAYLISTS):
            with pytest.raises(NoPreview, match=r"damaged|nothing in it"):
                await maker.make(mime, data)
    with pytest.raises(NoPreview, match="damaged"):
        await maker.make("video/webm", whole)


async def test_a_film_that_says_it_is_enormous_or_endless_is_not_shown(maker: Maker) -> None:
    data = film("webm", "libvpx")
    key = data.index(b"\x9d\x01\x2a") + 3
    with pytest.raises(NoPreview, match="No picture of the film"):
        await maker.make("video/webm", data[:key] + struct.pack("<HH", 0x3FFF, 0x3FFF) + data[key + 4 :])
    with pytest.raises(NoPreview, match="longer than any"):
        await maker.make("video/webm", film("webm", "libvpx", pause_seconds=4_000_000))


def test_without_the_extra_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(NoPreview, match="without its extra 'media'"):
        preview("video/mp4", b"")


async def test_what_a_server_without_the_extra_could_not_show_is_shown_by_the_next(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, database_url: str | None
) -> None:
    async def unable(*_: object) -> Made:
        raise NoPreview(WITHOUT_MEDIA)

    folder = tmp_path_factory.mktemp("extra")
    with monkeypatch.context() as patched:
        patched.setattr(Maker, "make", unable)
        async with open_world(folder, database_url=database_url) as world:
            anna = await world.person("anna")
            chat, token = await anna.chat(), anna.token
            clip = await previewed(anna, await uploaded(anna, film(), type="video", title="Clip", chat_id=chat))
            assert clip["preview"]["error"] == WITHOUT_MEDIA
    async with open_world(folder, database_url=database_url) as world:
        boris = await world.person("boris")
        boris.client.headers["Authorization"] = f"Bearer {token}"
        async with asyncio.timeout(30):
            async for event in boris.events(chat):
                if (event["data"].get("artifact", {}).get("preview") or {}).get("seconds"):
                    break
        shown = (await boris.get(f"/my/artifacts/{clip['id']}"))["preview"]
        assert (shown["error"], shown["seconds"], shown["width"]) == (None, 2.0, 160)
        assert (await boris.client.get(shown["thumbnail_url"])).headers["content-type"] == "image/webp"
