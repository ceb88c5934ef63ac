"""Callers that leave: the provider is let go, and what it took until then is written down."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate


async def hang_up_after(gate: Gate, dialect: str, body: dict[str, object], words: int) -> None:
    """Reads so many words of the answer, then closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.world.url.rsplit(":", 1)[1]))
    raw = json.dumps(body).encode()
    writer.write(
        b"POST %b HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b"
        % (d.PATHS[dialect].encode(), gate.ana.token.encode(), len(raw), raw)
    )
    for number in range(words):
        await reader.readuntil(b"word%d " % number)
    writer.transport.abort()


async def one_call(gate: Gate) -> dict[str, object]:
    async with asyncio.timeout(10):
        while not (calls := await gate.ledger()):  # noqa: ASYNC110  the log tells nobody but its readers
            await asyncio.sleep(0.01)
    (call,) = calls
    return call


@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_a_caller_that_leaves_a_stream_is_charged_for_what_came(gate: Gate, dialect: str) -> None:
    events = d.stream(dialect, *[f"word{number} " for number in range(20)])
    until = next(place for place, event in enumerate(events) if b"word9 " in event)
    gate.one.play(u.events(events[: until + 1], ends="stall"))
    await hang_up_after(gate, dialect, d.ask(dialect, f"one-{dialect}/m", stream=True, said="x" * 400), 10)
    call = await one_call(gate)
    assert (call["status"], call["estimated"], call["provider"]) == ("cancelled", True, f"one-{dialect}")
    assert call["input_tokens"] == (20 if dialect == "messages" else pytest.approx(130, abs=40))
    assert call["output_tokens"] >= 10
    await gate.one.hung_up()


async def test_a_caller_that_leaves_before_a_whole_answer_is_charged_for_its_question(gate: Gate) -> None:
    asked = asyncio.Event()

    async def never(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await u.forever()

    gate.one.play(never)
    leaving = asyncio.create_task(hang_up_when(gate, asked))
    call = await one_call(gate)
    await leaving
    assert (call["status"], call["estimated"], call["output_tokens"]) == ("cancelled", True, 0)
    assert call["input_tokens"] > 90


async def hang_up_when(gate: Gate, asked: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.world.url.rsplit(":", 1)[1]))
    raw = json.dumps(d.ask("chat", "one-chat/m", said="x" * 400)).encode()
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b"
        % (gate.ana.token.encode(), len(raw), raw)
    )
    await asked.wait()
    writer.transport.abort()
    del reader


async def test_a_slow_reader_slows_the_provider_down(gate: Gate) -> None:
    sent = 0
    word = b'data: {"choices":[{"delta":{"content":"%b"}}]}\n\n' % (b"x" * 60_000)

    async def pour(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(u.head(200, u.EVENT_STREAM))
        for _ in range(400):
            writer.write(u.chunk(word))
            await writer.drain()
            sent += len(word)

    gate.one.play(pour)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.world.url.rsplit(":", 1)[1]), limit=4096)
    raw = json.dumps(d.ask("chat", "one-chat/m", stream=True)).encode()
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b"
        % (gate.ana.token.encode(), len(raw), raw)
    )
    await reader.readuntil(b"\r\n\r\n")
    before = -1
    while before != sent:
        before = sent
        await asyncio.sleep(0.1)
    assert sent < 20_000_000, "what nobody reads is not taken from the provider"
    writer.transport.abort()


async def test_an_idle_connection_that_was_closed_is_replaced_unseen(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    assert (await gate.say("chat", "one-chat/m")).status_code == 200

    async def close_at_once(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    gate.one.play(close_at_once, u.whole(d.answer("chat")))
    answer = await gate.say("chat", "one-chat/m", said="again")
    assert answer.status_code == 200
    assert (gate.one.connections, len(gate.one.got)) == (2, 3)
    assert (await gate.ledger())[-1].get("attempts", 1) == 1
