"""A provider one byte at a time: a raw server that answers what a test tells it to, and remembers what it got."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Got:
    """A request as it came."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Upstream:
    """Answers with each of `answers` in turn, the last one for ever."""

    answers: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    reader: asyncio.StreamReader | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def play(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.reader = reader
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, *rest = head.decode("latin-1").strip().split("\r\n")
                headers = [(name.lower(), value.strip()) for name, _, value in (one.partition(":") for one in rest)]
                size = int(dict(headers).get("content-length", "0"))
                self.got.append(Got(line, headers, await reader.readexactly(size)))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                await answer(writer)
                await writer.drain()
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def hung_up(self) -> None:
        """Until the gateway has closed the last connection."""
        assert self.reader
        async with asyncio.timeout(10):
            await self.reader.read()


@asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    """One that listens on 127.0.0.1."""
    fake = Upstream()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Told\r\n{lines}\r\n".encode()


def whole(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Answer:
    """An answer in one piece."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        writer.write(head(status, {"content-type": kind, "content-length": str(len(body)), **told}) + body)

    return answer


def raw(data: bytes) -> Answer:
    """Exactly these bytes, then the end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return answer


EVENT_STREAM = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def events(pieces: Iterable[bytes], *, ends: str = "whole") -> Answer:
    """A stream in these pieces, each a write of its own. `ends`: whole, cut, stall or early (whole as HTTP goes)."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, EVENT_STREAM))
        for piece in pieces:
            writer.write(chunk(piece))
            await writer.drain()
            await asyncio.sleep(0)
        if ends == "cut":
            writer.close()
        elif ends == "stall":
            await forever()
        else:
            writer.write(b"0\r\n\r\n")

    return answer


async def forever() -> None:
    await asyncio.Event().wait()


async def stall(writer: asyncio.StreamWriter) -> None:
    """Says nothing at all."""
    await forever()


async def cut(writer: asyncio.StreamWriter) -> None:
    """Hangs up before the first byte."""
    writer.transport.abort()
