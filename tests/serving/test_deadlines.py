"""Clients that send too slowly are answered 408 and let go; others do not notice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.serving import requests
from tests.serving.lines import Line
from tests.world import World, open_world


@pytest.fixture
async def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A server whose deadlines are short, so that nobody waits for them."""
    monkeypatch.setattr(requests, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.6)
    async with open_world(tmp_path) as world:
        yield world


HEAD = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET /hea",
        b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ",
        HEAD + b"content-length: 100\r\n\r\n",
        HEAD + b'content-length: 100\r\n\r\n{"email":',
        HEAD + b'transfer-encoding: chunked\r\n\r\n5\r\n{"em',
    ],
)
async def test_half_a_request_is_answered_and_closed(impatient: World, half: bytes) -> None:
    line = await Line.to(impatient)
    await line.send(half)
    answer = await line.rest()
    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert b"application/problem+json" in answer


async def test_a_byte_now_and_then_does_not_buy_more_time(impatient: World) -> None:
    line = await Line.to(impatient)

    async def trickle() -> None:
        for letter in b"GET /health HTTP/1.1\r\n" + b"x-a: b\r\n" * 1000:
            await line.send(bytes((letter,)))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(trickle())
    assert (await line.rest()).startswith(b"HTTP/1.1 408")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConnectionError):
        await task


async def test_a_kept_connection_may_rest_between_requests(impatient: World) -> None:
    line = await Line.to(impatient)
    request = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    await line.send(request)
    assert b" 200 " in await line.answer()
    late = await Line.to(impatient)  # whoever connects after us and says nothing is let go while we may stay
    assert (await late.rest()).startswith(b"HTTP/1.1 408")
    await line.send(request)
    assert b" 200 " in await line.answer()
    line.close()


async def test_a_slow_answer_is_not_the_clients_fault(impatient: World) -> None:
    person = await impatient.person("anna")
    chat = await person.chat()
    slow = asyncio.create_task(person.events_until(chat, "task_completed"))
    late = await Line.to(impatient)
    assert (await late.rest()).startswith(b"HTTP/1.1 408")
    assert not slow.done()
    await person.say(chat, "2 + 2", wait=False)
    assert await slow


async def test_three_hundred_half_requests_do_not_delay_others(impatient: World) -> None:
    lines = await asyncio.gather(*(Line.to(impatient) for _ in range(300)))
    await asyncio.gather(*(line.send(HEAD) for line in lines))
    person = await impatient.person("anna")
    assert (await person.get("/my/preferences"))["theme"]
    assert all(answer.startswith(b"HTTP/1.1 408") for answer in await asyncio.gather(*(line.rest() for line in lines)))
