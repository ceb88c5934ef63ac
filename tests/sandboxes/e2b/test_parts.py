"""Signatures, and multipart bodies as they stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.errors import BadRequest, Unauthorized
from entourage.sandboxes.e2b.parts import parts
from entourage.sandboxes.e2b.tokens import Place, Signed, Tokens, sign

BOUNDARY = b"edge"


async def _chunks(raw: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    at = turn = 0
    while at < len(raw):
        size = sizes[turn % len(sizes)]
        yield raw[at : at + size]
        at, turn = at + size, turn + 1


async def _read(raw: bytes, sizes: list[int]) -> list[tuple[str, bytes]]:
    found = parts(_chunks(raw, sizes), BOUNDARY)
    return [(part.name, b"".join([chunk async for chunk in part.chunks()])) async for part in found]


@given(st.lists(st.binary(max_size=300), max_size=4), st.lists(st.integers(1, 64), min_size=1))
def test_cuts_do_not_matter(contents: list[bytes], sizes: list[int]):
    files = [("file", (f"/home/user/d/{n}", content)) for n, content in enumerate(contents)]
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    raw = httpx.Request("POST", "http://x", files=files, headers=headers).read() if files else b"--edge--\r\n"
    assert asyncio.run(_read(raw, sizes)) == [(name, content) for _, (name, content) in files]


@given(st.binary(max_size=200), st.lists(st.integers(1, 64), min_size=1))
def test_anything_else_is_refused_or_gives_no_more_than_it_had(raw: bytes, sizes: list[int]):
    try:
        found = asyncio.run(_read(b"--edge\r\n" + raw, sizes))
    except BadRequest:
        return
    assert sum(len(content) for _, content in found) <= len(raw)


def test_a_signature_is_for_one_path_operation_and_sandbox():
    tokens = Tokens()
    mine, theirs = Place("ana", "1"), Place("ben", "2")
    signed = Signed("a.txt", "read", "", None)
    good = sign(signed, tokens.token(mine))
    assert tokens.signed(good, signed, [theirs, mine]) == mine
    for other in (signed._replace(path="b.txt"), signed._replace(operation="write"), signed._replace(expires=2**40)):
        with pytest.raises(Unauthorized):
            tokens.signed(good, other, [theirs, mine])
    with pytest.raises(Unauthorized):
        tokens.signed(good, signed, [theirs])
    old = signed._replace(expires=1)
    with pytest.raises(Unauthorized, match="expired"):
        tokens.signed(sign(old, tokens.token(mine)), old, [mine])
    assert tokens.check(tokens.token(mine), "1") == mine
    for token in (None, "", "ana.", tokens.token(theirs), Tokens().token(mine)):
        with pytest.raises(Unauthorized):
            tokens.check(token, "1")
