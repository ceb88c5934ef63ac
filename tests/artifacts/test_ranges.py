"""Parts of content: what players and readers of documents ask for."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.artifacts.contents import INLINE_BYTES
from entourage.artifacts.ranges import OPEN_RANGE_BYTES, span_of
from entourage.kit.errors import OutOfRange
from tests.artifacts.making import uploaded
from tests.world import Person, World

FILM = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00" + bytes(range(256)) * 1024


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-900", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-900", (0, 100)),
        ("Bytes = 5-5", (5, 6)),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=0-1", None),
        ("bytes=x-1", None),
    ],
)
def test_one_range_is_understood_and_everything_else_is_all(header: str | None, span: tuple[int, int] | None) -> None:
    assert span_of(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=900-901", "bytes=-0"])
def test_what_has_no_byte_is_refused(header: str) -> None:
    with pytest.raises(OutOfRange):
        span_of(header, 100)


@given(st.text(max_size=40), st.integers(0, 10_000))
def test_any_header_is_answered_within_the_content(header: str, size: int) -> None:
    try:
        span = span_of(header, size)
    except OutOfRange:
        return
    assert span is None or 0 <= span.start < span.end <= size


def test_an_open_range_gives_a_piece_of_something_large() -> None:
    assert span_of("bytes=7-", 100 * OPEN_RANGE_BYTES) == (7, 7 + OPEN_RANGE_BYTES)


async def test_parts_of_a_film_come_with_and_without_a_person(anna: Person, small_world: World) -> None:
    assert len(FILM) > INLINE_BYTES
    film = await uploaded(anna, FILM, type="video", title="Film")
    async with httpx.AsyncClient(base_url=small_world.url) as stranger:
        for client, path in ((anna.client, f"/my/artifacts/{film['id']}/content"), (stranger, film["content_url"])):
            part = await client.get(path, headers={"Range": "bytes=1000-1999"})
            assert part.status_code == 206
            assert part.headers["content-range"] == f"bytes 1000-1999/{len(FILM)}"
            assert part.content == FILM[1000:2000]
            whole = await client.get(path)
            assert (whole.status_code, whole.headers["accept-ranges"], whole.content) == (200, "bytes", FILM)
            nothing = await client.get(path, headers={"Range": f"bytes={len(FILM)}-"})
            assert nothing.status_code == 416
            assert nothing.headers["content-range"] == f"bytes */{len(FILM)}"
            other = await client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
            assert other.status_code == 200
        assert (await stranger.get(film["content_url"])).headers["content-type"] == "video/mp4"


async def test_parts_of_packed_text_are_parts_of_the_text(anna: Person) -> None:
    text = b"0123456789" * 20_000
    artifact = await uploaded(anna, text, type="text", title="Long")
    part = await anna.client.get(f"/my/artifacts/{artifact['id']}/content", headers={"Range": "bytes=-5"})
    assert part.content == b"56789"
