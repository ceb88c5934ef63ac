"""Senders: one connection each, a prepared request, and next to no parsing of the answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from entourage.load.plan import Plan


@dataclass(slots=True)
class Sent:
    """What became of the events that were sent."""

    accepted: int = 0
    refused: dict[int, int] = field(default_factory=dict[int, int])
    latencies: list[float] = field(default_factory=list[float])
    """Milliseconds from a request to its answer."""

    def note(self, status: int, count: int, ms: float) -> None:
        self.latencies.append(ms)
        if status in (200, 202):
            self.accepted += count
        else:
            self.refused[status] = self.refused.get(status, 0) + count


class Sender(asyncio.Protocol):
    """One keep-alive connection with one request on its way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._done: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head) and self._done and not self._done.done():
            self._done.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done and not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def post(self, request: bytes) -> int:
        """The status of the answer."""
        assert self._transport
        self._answer = b""
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._done

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def _length(head: bytes) -> int:
    start = head.lower().find(b"content-length:")
    return int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


class Requests:
    """Ready requests; every event says when it was sent, so that listeners can tell how long it took."""

    def __init__(self, plan: Plan) -> None:
        host, port = plan.address
        kind = "application/x-ndjson" if plan.batch > 1 else "application/json"
        path = "/events/batch" if plan.batch > 1 else "/events"
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {plan.token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: "
        ).encode()
        self._pad = "x" * max(0, plan.body_bytes - 180)
        self._batch = plan.batch

    def next(self) -> bytes:
        """A request whose events were made just now."""
        event = (
            '{"session_id":"load","type":"custom.load","source_app":"load","agent":"load",'
            f'"data":{{"sent_ns":{time.time_ns()},"text":"{self._pad}"}}}}'
        ).encode()
        body = event if self._batch == 1 else b"\n".join([event] * self._batch)
        return b"%s%d\r\n\r\n%s" % (self._head, len(body), body)


async def send(plan: Plan, sent: Sent) -> None:
    """Send for as long as the plan says. Raises OSError when the server is not there."""
    loop = asyncio.get_running_loop()
    senders = [(await loop.create_connection(Sender, *plan.address))[1] for _ in range(plan.senders)]
    requests = Requests(plan)
    began = time.perf_counter()
    pace = plan.batch / plan.rate if plan.rate else 0.0
    turn = 0

    async def work(sender: Sender) -> None:
        nonlocal turn
        while (now := time.perf_counter()) - began < plan.seconds:
            if pace:
                due = began + turn * pace
                turn += 1
                if due - began >= plan.seconds:
                    return
                if due > now:
                    await asyncio.sleep(due - now)
            started = time.perf_counter()
            status = await sender.post(requests.next())
            sent.note(status, plan.batch, (time.perf_counter() - started) * 1000)

    try:
        await asyncio.gather(*map(work, senders))
    finally:
        for sender in senders:
            sender.close()
