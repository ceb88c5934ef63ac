"""Raw connections to a server."""

from __future__ import annotations

import asyncio

from tests.world import World


class Line:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, world: World) -> Line:
        host, _, port = world.url.removeprefix("http://").partition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def rest(self) -> bytes:
        """All that comes until the server closes."""
        async with asyncio.timeout(20):
            return await self._reader.read()

    async def answer(self) -> bytes:
        """The head and body of one answer of known length."""
        async with asyncio.timeout(20):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            return head + await self._reader.readexactly(length)

    async def line(self) -> bytes:
        """One line."""
        async with asyncio.timeout(20):
            return await self._reader.readline()

    def close(self) -> None:
        self._writer.close()
