"""What the hot doors owe to HTTP, on a raw connection: the protocol answers them itself."""

from __future__ import annotations

import json

import pytest

from tests.serving.lines import Line
from tests.world import World

EVENT = json.dumps({"session_id": "s", "source_app": "shop", "type": "deployed"}).encode()


@pytest.fixture
async def key(small_world: World) -> bytes:
    anna = await small_world.person("anna")
    made = await anna.post("/my/keys", {"name": "shop", "scopes": ["ingest"]}, 201)
    return made["key"].encode()


def post(key: bytes, body: bytes = EVENT, *more: bytes, version: bytes = b"1.1", path: bytes = b"/events") -> bytes:
    """A request as it stands on the wire."""
    head = [
        b"POST %b HTTP/%b" % (path, version),
        b"host: x",
        b"content-type: application/json",
        b"authorization: Bearer " + key,
        b"content-length: %d" % len(body),
        *more,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


async def test_a_connection_serves_one_request_after_the_other(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    for _ in range(3):
        await line.send(post(key))
        answer = await line.answer()
        assert status(answer) == 202
        head = answer.lower()
        for name in (b"date", b"x-request-id", b"x-process-time", b"content-security-policy"):
            assert head.count(b"\r\n%b: " % name) == 1, name
    await line.send(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
    assert status(await line.answer()) == 200
    line.close()


async def test_pipelined_requests_are_answered_in_order(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    health = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    await line.send(post(key) + health + post(key, b"{") + post(key))
    assert [status(await line.answer()) for _ in range(4)] == [202, 200, 400, 202]
    line.close()


async def test_the_callers_request_id_is_told_again(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    await line.send(post(key, EVENT, b"x-request-id: mine-12345"))
    assert b"\r\nx-request-id: mine-12345\r\n" in await line.answer()
    line.close()


@pytest.mark.parametrize(("version", "more"), [(b"1.0", ()), (b"1.1", (b"connection: close",))])
async def test_a_connection_ends_when_the_client_wants_it(
    small_world: World, key: bytes, version: bytes, more: tuple[bytes, ...]
) -> None:
    line = await Line.to(small_world)
    await line.send(post(key, EVENT, *more, version=version))
    answer = await line.rest()
    assert status(answer) == 202
    assert b"\r\nconnection: close\r\n" in answer


async def test_a_body_in_chunks_is_a_body_and_trailers_are_no_headers(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    head = (
        post(key).partition(b"\r\n\r\n")[0].replace(b"content-length: %d" % len(EVENT), b"transfer-encoding: chunked")
    )
    chunks = b"5\r\n%b\r\n%x\r\n%b\r\n0\r\nx-entourage-app: other\r\n\r\n" % (EVENT[:5], len(EVENT) - 5, EVENT[5:])
    await line.send(head + b"\r\n\r\n" + chunks)
    assert status(await line.answer()) == 202
    line.close()


async def test_who_asks_before_sending_is_told_to_go_on(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    head, _, body = post(key, EVENT, b"expect: 100-continue").partition(b"\r\n\r\n")
    await line.send(head + b"\r\n\r\n")
    assert await line.line() == b"HTTP/1.1 100 Continue\r\n"
    assert await line.line() == b"\r\n"
    await line.send(body)
    assert status(await line.answer()) == 202
    line.close()


async def test_who_sends_too_much_hears_why_and_goes_on(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    await line.send(post(key, b'"' + b"x" * 400_000 + b'"'))
    answer = await line.answer()
    assert status(answer) == 413
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "too_large"
    await line.send(post(key))
    assert status(await line.answer()) == 202
    line.close()


async def test_a_client_that_hangs_up_takes_nobody_along(small_world: World, key: bytes) -> None:
    for _ in range(5):
        line = await Line.to(small_world)
        await line.send(post(key)[:-3])
        line.close()
        line = await Line.to(small_world)
        await line.send(post(key))
        line.close()
    line = await Line.to(small_world)
    await line.send(post(key))
    assert status(await line.answer()) == 202
    line.close()


async def test_percent_encoded_paths_find_the_same_door(small_world: World, key: bytes) -> None:
    line = await Line.to(small_world)
    await line.send(post(key, path=b"/%65vents?x=1"))
    assert status(await line.answer()) == 202
    line.close()


async def test_who_only_says_hello_is_greeted(small_world: World) -> None:
    line = await Line.to(small_world)
    await line.send(b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert status(await line.rest()) == 200
