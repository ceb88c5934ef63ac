"""A bit of GitHub's API, enough for its MCP server, on port 80: the server drops the port of another host."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

PREFIX = "/api/v3"
TOKEN = "ghp_of_the_fake_0123456789abcdefghijkl"


class FakeGitHub:
    """Answers what it knows; everything else is 404. Remembers who asked for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def answer(self, method: str, path: str, authorization: str) -> tuple[int, Any]:
        self.asked.append((method, path, authorization))
        if authorization.removeprefix("Bearer ").removeprefix("token ") != TOKEN:
            return 401, {"message": "Bad credentials"}
        user = {"login": "octo", "id": 1, "html_url": "https://github.com/octo", "type": "User"}
        if path == f"{PREFIX}/user":
            return 200, user
        if path == f"{PREFIX}/repos/octo/hello/commits":
            commit = {"message": "first light", "author": {"name": "octo", "date": "2026-01-01T00:00:00Z"}}
            return 200, [{"sha": "a" * 40, "commit": commit, "author": user, "html_url": "https://github.com"}]
        return 404, {"message": "Not Found"}

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                await reader.readexactly(int(headers.get("content-length") or 0))
                method, target, _ = first.split(" ")
                status, body = self.answer(method, target.partition("?")[0], headers.get("authorization", ""))
                data = json.dumps(body).encode()
                lines_ = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
                writer.write(lines_.encode() + data)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def fake_github() -> AsyncIterator[FakeGitHub]:
    """The fake, listening. Raises OSError where port 80 cannot be had."""
    fake = FakeGitHub()
    server = await asyncio.start_server(fake.client, "127.0.0.1", 80)
    try:
        yield fake
    finally:
        server.close()
