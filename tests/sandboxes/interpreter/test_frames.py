"""What drivers write between the output of code, however it arrives and whatever the code prints."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from entourage.sandboxes.interpreter.frames import Frames

TOKEN = "0123abcd"
PIECES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        st.dictionaries(st.text(max_size=5), st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=9)), max_size=3),
    ),
    max_size=8,
)


def _written(pieces: list[Any]) -> bytes:
    return b"".join(
        piece.encode() if isinstance(piece, str) else f"\0{TOKEN}\0{json.dumps(piece)}\0".encode() for piece in pieces
    )


def _read(chunks: list[bytes]) -> list[Any]:
    frames = Frames(TOKEN)
    found = [piece for chunk in chunks for piece in frames.feed(chunk)]
    return found + frames.end()


def _joined(pieces: list[Any]) -> list[Any]:
    """Texts beside each other are one."""
    joined: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return joined


@given(PIECES, st.lists(st.integers(1, 40), min_size=1))
def test_cuts_do_not_matter(pieces: list[Any], sizes: list[int]):
    written, chunks, at = _written(pieces), [], 0
    while at < len(written):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(written[at : at + size])
        at += size
    assert _joined(_read(chunks)) == _joined(pieces)


@given(st.lists(st.binary(max_size=60)))
def test_nothing_that_is_printed_breaks_it(chunks: list[bytes]):
    for piece in _read(chunks):
        assert isinstance(piece, str | dict)


def test_a_frame_of_another_token_is_text():
    assert _joined(_read([b'\0other\0{"type":"done"}\0'])) == ['\0other\0{"type":"done"}\0']


def test_a_frame_that_never_ends_is_dropped():
    frames = Frames(TOKEN)
    frames.feed(f"before\0{TOKEN}\0".encode())
    for _ in range(10):
        frames.feed(b"x" * 1024 * 1024)
    assert len("".join(piece for piece in frames.end() if isinstance(piece, str))) < 9 * 1024 * 1024
