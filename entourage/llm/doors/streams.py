"""Answers that come as a stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from entourage.llm.doors.answering import EVENT_STREAM, passed_on
from entourage.llm.doors.keeping import keep_stream
from entourage.llm.doors.relay import Relay
from entourage.llm.doors.usage import read_told
from entourage.llm.doors.watching import WATCHES
from entourage.llm.doors.watching.watch import ABSENT, is_there
from entourage.llm.money.tokens import tokens_of
from entourage.llm.routing.failure import Failed, of_wire
from entourage.llm.translate.errors import error_event
from entourage.wire.failures import WireFailed
from entourage.wire.sse import Events, payload_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from entourage.llm.doors.ask import Ask
    from entourage.llm.doors.core import Core
    from entourage.llm.money.call import Tokens
    from entourage.llm.routing.upstream import Upstream
    from entourage.llm.translate.errors import Dialect
    from entourage.llm.translate.streams import StreamTranslator
    from entourage.wire.reply import Flow, Reply

_HIGH_WATER_BYTES = 256 * 1024
_SLOWEST_READER_SECONDS = 120.0


async def answer_stream(core: Core, ask: Ask, upstream: Upstream, dialect: Dialect, reply: Reply) -> None:
    """Hand a stream on. Raises Failed while nothing of it has gone to the caller."""
    stream = reply.stream
    assert stream
    own = dialect == ask.spec.dialect
    headers = passed_on(reply.headers) if own else [EVENT_STREAM]
    relay = Relay(
        WATCHES[dialect](),
        _sender(ask, stream, reply.status, headers),
        translator=None if own else _translator(ask, dialect),
        hides_usage=ask.hides_usage,
        needs_tool=ask.contract is not None and ask.contract.needs_tool,
        keeps=ask.cache != "bypass",
        key=upstream.target.key,
    )
    ask.watch = relay.watch
    failed = await _flow(ask, stream, relay.take) or _finished(relay)
    if failed:
        _broken(ask, upstream, relay, failed)
        return
    ask.exchange.end()
    upstream.standing.succeeded(ask.elapsed_ms, ask.first_token_ms)
    tokens = relay.watch.tokens
    if tokens is None:
        ask.settle_unfinished("ok", "")
    else:
        ask.settle("ok", tokens)
    if relay.kept and tokens:
        keep_stream(core, ask, b"".join(relay.kept), tokens)


def _translator(ask: Ask, dialect: Dialect) -> StreamTranslator:
    from entourage.llm.translate import stream_translator

    return stream_translator(dialect, ask.spec.dialect, ask.body.model)


def _sender(ask: Ask, stream: Flow, status: int, headers: list[tuple[bytes, bytes]]) -> Callable[[bytes], None]:
    exchange = ask.exchange

    def send(data: bytes) -> None:
        if not exchange.has_begun:
            ask.begins()
            stream.began()
            exchange.begin(status, [*headers, *ask.headers()])
        exchange.write(data)
        if exchange.waiting_bytes > _HIGH_WATER_BYTES:
            stream.pause()

    return send


async def _flow(ask: Ask, stream: Flow, take: Callable[[bytes], None]) -> Failed | None:
    """Until the stream's end; what went wrong, if anything did."""
    try:
        while not await stream.flow(take):
            async with asyncio.timeout(_SLOWEST_READER_SECONDS):
                await ask.exchange.drained()
    except WireFailed as error:
        return of_wire(error)
    except Failed as failed:
        return failed
    except TimeoutError:
        stream.abort()
        return Failed("The caller took too long to read.", status=408, kind="timeout", counts=False)
    return None


def _finished(relay: Relay) -> Failed | None:
    try:
        relay.finish()
    except Failed as failed:
        return failed
    return None


def _broken(ask: Ask, upstream: Upstream, relay: Relay, failed: Failed) -> None:
    """Before the first byte the next candidate may try; after it the caller is told where it stands."""
    if not relay.has_begun:
        failed.tokens = relay.watch.tokens
        if failed.give_anyway:
            failed.give_anyway = _anyway(ask, relay, failed.message)
        raise failed
    if ask.hears and not relay.has_told and ask.hears(failed):
        pass
    elif not relay.has_told:
        ask.exchange.write(error_event(ask.spec.dialect, failed.kind, failed.message))
    ask.exchange.end()
    if failed.counts:
        upstream.standing.failed(failed.message)
    ask.settle_unfinished("cut", failed.message)


def _anyway(ask: Ask, relay: Relay, told: str) -> Callable[[], None]:
    def give() -> None:
        relay.let_go()
        ask.exchange.end()
        ask.settle("ok", relay.watch.tokens, error=told)

    return give


class _Told(msgspec.Struct):
    usage: msgspec.Raw = ABSENT


_decode = msgspec.json.Decoder(_Told).decode


class _Pieces:
    """A stream of no dialect: sound, pictures, transcripts. Usage is read where events tell it."""

    def __init__(self, send: Callable[[bytes], None], *, has_events: bool) -> None:
        self._send = send
        self._events = Events() if has_events else None
        self.tokens: Tokens | None = None

    def take(self, data: bytes) -> None:
        self._send(data)
        if self._events and b'"usage"' in (block := self._events.feed(data)):
            for event in block.split(self._events.separator):
                self._read(payload_of(event))

    def _read(self, payload: bytes) -> None:
        try:
            told = _decode(payload) if b'"usage"' in payload else None
        except msgspec.DecodeError:
            return
        if told and is_there(told.usage) and (usage := read_told(told.usage)):
            self.tokens = tokens_of("responses", usage)


async def answer_pieces(ask: Ask, upstream: Upstream, reply: Reply) -> None:
    """Hand on whatever comes, as it comes. Raises Failed while nothing has gone to the caller."""
    assert reply.stream
    send = _sender(ask, reply.stream, reply.status, passed_on(reply.headers))
    pieces = _Pieces(send, has_events=reply.header(b"content-type").startswith(b"text/event-stream"))
    reply.stream.began()
    failed = await _flow(ask, reply.stream, pieces.take)
    if failed and not ask.exchange.has_begun:
        raise failed
    if failed:
        ask.exchange.cut()
        upstream.standing.failed(failed.message)
        ask.settle("cut", pieces.tokens, error=failed.message)
        return
    if not ask.exchange.has_begun:
        send(b"")
    ask.exchange.end()
    upstream.standing.succeeded(ask.elapsed_ms, ask.first_token_ms)
    ask.settle("ok", pieces.tokens)
