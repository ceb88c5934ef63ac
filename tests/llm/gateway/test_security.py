"""What a provider, a caller or the network may try, and what becomes of it."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from entourage.kit.errors import BadRequest
from entourage.llm.doors.asked import read_headers
from entourage.wire import resolving
from entourage.wire.bounds import Bounds
from entourage.wire.client import Wire
from entourage.wire.failures import AddressRefused, CannotConnect
from entourage.wire.origin import Origin
from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate, connect

OwnGate = Callable[..., AbstractAsyncContextManager[Gate]]
FORBIDDEN = (
    "http://169.254.169.254/v1",
    "http://[fe80::1]/v1",
    "http://[::ffff:169.254.169.254]/v1",
    "http://168.63.129.16/v1",
    "http://2852039166/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1/v1",
    "http://user:pass@example.com/v1",
)


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_a_provider_cannot_be_put_where_none_may_be(gate: Gate, url: str) -> None:
    body = {"name": "evil", "type": "openai_compatible", "base_url": url}
    assert (await gate.ana.client.post("/api/v1/providers", json=body)).status_code == 422


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.7", "127.0.0.1", "::1", "0.0.0.0", "100.64.0.1"])
async def test_a_name_that_leads_inside_is_refused_at_the_connection(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    async def rebound(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), (0, 0, 6, "", (address, 443))]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", rebound, raising=False)
    wire = Wire(Bounds(), allow_private=False)
    with pytest.raises(AddressRefused):
        await wire.ask(Origin("provider.example", 443, is_tls=True), b"GET / HTTP/1.1\r\n\r\n")
    await wire.close()


async def test_the_address_that_was_checked_is_the_one_connected_to(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = resolving.checked_addresses

    async def once(host: str, port: int, *, allow_private: bool) -> Any:
        asked.append(host)
        return await real("127.0.0.1", port, allow_private=allow_private)

    monkeypatch.setattr("entourage.wire.client.checked_addresses", once)
    gate.one.play(u.whole(d.answer("chat")))
    provider = await connect(gate.ana, "named", "openai_compatible", f"http://nowhere.invalid:{gate.one.port}")
    assert provider
    answer = await gate.say("chat", "named/m")
    assert answer.status_code == 200, "a second look-up of the name would have failed"
    assert asked == ["nowhere.invalid"]


async def test_an_unknown_name_is_a_failure_to_connect() -> None:
    wire = Wire(Bounds(), allow_private=True)
    with pytest.raises(CannotConnect):
        await wire.ask(Origin("nowhere.invalid", 80, is_tls=False), b"GET / HTTP/1.1\r\n\r\n")


async def test_a_redirect_is_not_followed(gate: Gate) -> None:
    gate.one.play(u.whole(b"", 302, location=f"{gate.two.url}/v1/chat/completions"))
    answer = await gate.say("chat", "one-chat/m")
    assert answer.status_code == 502
    assert "location" not in answer.headers
    assert not gate.two.got


@pytest.mark.parametrize("value", [b"a\r\nx-evil: 1", b"a\nx: 1", b"a\rb", b"a\0b"])
def test_a_header_that_would_become_two_is_refused(value: bytes) -> None:
    with pytest.raises(BadRequest):
        read_headers([(b"x-custom", value)])


async def test_a_request_hidden_in_a_request_does_not_get_through(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.world.url.rsplit(":", 1)[1]))
    body = b'{"model":"one-chat/m","messages":[]}'
    smuggled = b"GET /api/v1/providers HTTP/1.1\r\nHost: x\r\n\r\n"
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n"
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%b%b"
        % (gate.ana.token.encode(), len(body), smuggled, body)
    )
    told = await reader.read(4096)
    assert told.startswith((b"HTTP/1.1 400", b""))
    assert b" 200 " not in told
    assert not gate.one.got
    writer.close()


@pytest.mark.parametrize("query", ["a=b%0d%0aX-Evil:1", "a=%00"])
async def test_an_encoded_query_stays_encoded(gate: Gate, query: str) -> None:
    gate.one.play(u.whole(d.answer("messages")))
    await gate.ana.client.post(f"/v1/messages?{query}", json=d.ask("messages", "one-messages/m"))
    assert gate.one.got[0].line == f"POST /v1/messages?{query} HTTP/1.1"


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_no_key_is_in_an_error_or_in_the_logs(
    gate: Gate, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], dialect: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    key = f"sk-one-{dialect}-secret"
    gate.one.play(u.whole(d.error(dialect, f"Incorrect API key provided: {key}."), status))
    answer = await gate.say(dialect, f"one-{dialect}/m")
    gate.one.play(u.events([*d.begun(dialect), d.error_event(dialect, f"key {key} is out of credit")]))
    streamed = await gate.say(dialect, f"one-{dialect}/other", stream=True)
    told = [answer.text, streamed.text, caplog.text, *capfd.readouterr(), str(await gate.ledger())]
    assert not [text for text in told if key in text]


def bomb(size: int) -> bytes:
    return gzip.compress(b" " * size)


async def test_replies_are_bounded(own_gate: OwnGate) -> None:
    endless = [b'data: {"choices":[{"delta":{"content":"%b"}}]}\n\n' % (b"x" * 20_000)] * 60
    huge_head = b"HTTP/1.1 200 OK\r\n" + b"x-filler: " + b"a" * 200_000 + b"\r\n\r\n"
    async with own_gate(gateway_max_reply_bytes=1_000_000) as gate:
        for number, answer in enumerate(
            (
                u.whole(b"{" + b" " * 2_000_000 + b"}"),
                u.whole(bomb(50_000_000), content_encoding="gzip"),
                u.whole(zlib.compress(b" " * 50_000_000), content_encoding="deflate"),
                u.whole(d.answer("chat"), content_encoding="br"),
                u.whole(b"no gzip", content_encoding="gzip"),
                u.raw(huge_head),
            )
        ):
            gate.one.play(answer)
            told = await gate.say("chat", f"one-chat/m{number}")
            assert told.status_code == 502, (number, told.text)
        gate.one.play(u.events(endless))
        told = await gate.say("chat", "one-chat/stream", stream=True)
        assert told.status_code == 200
        assert len(told.content) < 1_100_000
        assert d.is_error_event("chat", told.content.strip().split(b"\n\n")[-1])
        assert (await gate.ledger())[-1]["status"] == "cut"


async def test_a_compressed_answer_within_bounds_is_read(gate: Gate) -> None:
    gate.one.play(u.whole(gzip.compress(d.answer("chat")), content_encoding="gzip"))
    answer = await gate.say("chat", "one-chat/m")
    assert answer.content == d.answer("chat")
    assert "content-encoding" not in answer.headers


async def test_a_body_that_is_too_large_is_refused(own_gate: OwnGate) -> None:
    async with own_gate(gateway_max_body_bytes=10_000) as gate:
        for dialect in d.DIALECTS:
            answer = await gate.say(dialect, f"one-{dialect}/m", said="x" * 20_000)
            assert answer.status_code == 413
            assert "larger" in answer.json()["error"]["message"]


@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_without_a_good_key_nobody_gets_in(gate: Gate, dialect: str) -> None:
    for headers in ({"authorization": "Bearer nope"}, {"authorization": "Basic abc"}, {"x-api-key": "nope"}):
        answer = await gate.post(dialect, d.ask(dialect, "m"), **{"authorization": "", **headers})
        assert answer.status_code == 401
        assert answer.json()["error"]["message"]
    assert not gate.one.got


async def test_another_person_s_provider_and_alias_do_not_exist(gate: Gate) -> None:
    bob = await gate.world.person(f"bob-{gate.ana.email.partition('@')[0]}")
    for name in ("one-chat/m", "both-chat", "m"):
        answer = await bob.client.post("/v1/chat/completions", json=d.ask("chat", name))
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"model": 3}', b'{"messages": []}', b'\xff\xfe{"model": "m"}', b"[" * 100_000]
)
@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_a_body_that_makes_no_sense_is_refused_in_the_dialect(gate: Gate, dialect: str, body: bytes) -> None:
    answer = await gate.post(dialect, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


async def test_what_follows_an_answer_nobody_asked_for_is_not_given_to_the_next(gate: Gate) -> None:
    evil = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    body = d.answer("chat")
    good = u.head(200, {"content-type": "application/json", "content-length": str(len(body))}) + body

    async def split(writer: asyncio.StreamWriter) -> None:
        writer.write(good + evil)

    gate.one.play(split, u.whole(d.answer("chat", "second")))
    assert (await gate.say("chat", "one-chat/m")).content == body
    assert (await gate.say("chat", "one-chat/m", said="again")).content == d.answer("chat", "second")
    assert gate.one.connections == 2
