"""A server of raw bytes and a name server, both as bad as a test wants.

127.0.0.2 stands for a public address (a network the fetcher is told to allow), 127.0.0.1 for what must stay unreached.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from entourage.tools.fetch import FetchLimits

PUBLIC = "127.0.0.2"
QUICK = FetchLimits(seconds=5)

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server of raw bytes: what it answers by path, and what it was asked."""

    answers: dict[str, bytes | Answer] = field(default_factory=dict[str, "bytes | Answer"])
    asked: list[bytes] = field(default_factory=list[bytes])
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            self.asked.append(head + (await reader.readexactly(int(length[1])) if length else b""))
            answer = self.answers[head.split()[1].decode()]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(site: Site, host: str, context: ssl.SSLContext | None = None) -> AsyncGenerator[None, None]:
    server = await asyncio.start_server(site.serve, host, site.port, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()


@dataclass
class Names:
    """A name server: each name's answers, one after the other, the last for ever."""

    known: dict[str, list[list[str]]] = field(default_factory=dict[str, "list[list[str]]"])
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.known.get(host)
        if not answers:
            raise OSError(f"no such host: {host}")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def page(body: str | bytes, headers: str = "Content-Type: text/plain", status: str = "200 OK") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def redirect(to: str, status: int = 302) -> bytes:
    return page("", f"Location: {to}", f"{status} Found")
