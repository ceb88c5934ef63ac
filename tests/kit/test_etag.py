"""Conditions on entity tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.errors import BadRequest, Problem, Stale
from entourage.kit.etag import check_if_match, etag_of, etag_of_bytes, matches, not_modified

NOW = etag_of("chat", "1", 7)


def test_a_tag_is_strong_quoted_and_follows_the_version() -> None:
    assert NOW.startswith('"')
    assert NOW.endswith('"')
    assert etag_of("chat", "1", 8) != NOW
    assert etag_of("a", "bc") != etag_of("ab", "c")
    assert etag_of_bytes(b"x") == etag_of_bytes(b"x")


@pytest.mark.parametrize("header", [None, "*", NOW, f'"other", {NOW}', f'  {NOW} ,"x"'])
def test_if_match_passes(header: str | None) -> None:
    check_if_match(header, NOW)


@pytest.mark.parametrize("header", ['"other"', f"W/{NOW}"])
def test_if_match_refuses_another_version_and_weak_tags(header: str) -> None:
    with pytest.raises(Stale) as caught:
        check_if_match(header, NOW)
    assert caught.value.headers["ETag"] == NOW


@pytest.mark.parametrize("header", ["", "abc", '"open', "7", f"{NOW} {NOW}x", '"a"' * 3000])
def test_if_match_refuses_what_is_no_list(header: str) -> None:
    with pytest.raises(BadRequest):
        check_if_match(header, NOW)


def test_if_none_match_compares_weakly() -> None:
    assert matches(f"W/{NOW}", NOW)
    assert matches("*", NOW)
    assert not matches('"x"', NOW)
    assert not matches("garbage", NOW)
    assert not matches(None, NOW)
    answer = not_modified(NOW, NOW)
    assert answer is not None
    assert (answer.status_code, answer.headers["etag"]) == (304, NOW)


@given(st.text(max_size=200))
def test_any_header_is_answered(header: str) -> None:
    status = 200
    try:
        check_if_match(header, NOW)
    except Problem as problem:
        status = problem.status
    assert status in {200, 400, 412}
