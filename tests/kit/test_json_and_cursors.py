"""What no body may contain, and cursors."""

from __future__ import annotations

import json as plain
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit import json
from entourage.kit.errors import BadRequest, Invalid, Problem
from entourage.kit.paging import decode_cursor, encode_cursor

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from('a"\\[{é'), max_size=3), inner),
    max_leaves=12,
)


def nesting(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    return 0


@given(values, st.booleans())
def test_depth_is_exact_whatever_the_strings_hold(value: object, ascii_only: bool) -> None:
    body = plain.dumps(value, ensure_ascii=ascii_only).encode()
    assert json.depth(body, 100) == nesting(value)
    json.check_body(body, 100)


@given(st.binary(max_size=80))
def test_any_bytes_are_accepted_or_refused_by_name(body: bytes) -> None:
    status = 200
    try:
        json.check_body(body, 8)
    except Problem as problem:
        status = problem.status
    assert status in {200, 400, 422}


@pytest.mark.parametrize("body", [b'{"a": "x\\u0000y"}', b'"\\\\\\u0000"', b'"\x00"'])
def test_nul_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        json.check_body(body, 8)
    assert caught.value.status in {400, 422}


def test_an_escaped_backslash_before_u0000_is_plain_text() -> None:
    json.check_body(b'"\\\\u0000"', 8)


@pytest.mark.parametrize("body", [b'"\\ud800"', b'"\\udc00\\ud800"', b"\xff", b'"\xed\xa0\x80"', b"{", b"[1,]", b"NaN"])
def test_lone_surrogates_and_broken_text_are_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        json.check_body(body, 8)


def test_a_hundred_thousand_brackets_are_refused_quickly() -> None:
    with pytest.raises(Invalid):
        json.check_body(b"[" * 100_000, 64)


@given(st.integers(-(2**62), 2**62), st.text(max_size=40))
def test_a_cursor_comes_back(at: int, key: str) -> None:
    assert decode_cursor(encode_cursor((at, key)), tuple[int, str]) == (at, key)


@given(st.text(max_size=60))
def test_any_other_cursor_is_invalid(text: str) -> None:
    with suppress(Invalid):
        decode_cursor(text, tuple[int, str])
