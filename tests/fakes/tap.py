"""A wire between a client and a server that keeps what the client sent, byte for byte."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httptools


@dataclass
class Tapped:
    """One request as it was sent."""

    method: str = ""
    path: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Tap:
    """Listens on a free loopback port and passes everything on to `target`."""

    def __init__(self, target: str) -> None:
        self.requests: list[Tapped] = []
        self._target = urlsplit(target)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        answers = asyncio.create_task(_pass_on(there, writer))
        self._tasks.add(answers)
        parser = httptools.HttpRequestParser(_Listener(self.requests))
        try:
            while data := await reader.read(65536):
                parser.feed_data(data)
                back.write(data)
                await back.drain()
        except ConnectionError:
            pass
        finally:
            back.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


class _Listener:
    """What httptools calls while it reads a request."""

    def __init__(self, requests: list[Tapped]) -> None:
        self._requests = requests
        self._url = b""
        self._now = Tapped()

    def on_message_begin(self) -> None:
        self._now, self._url = Tapped(), b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._now.headers.append((name.decode(), value.decode()))

    def on_body(self, data: bytes) -> None:
        self._now.body += data

    def on_message_complete(self) -> None:
        self._now.path = self._url.decode()
        self._requests.append(self._now)
