"""Starting the fake MCP server, and links to it without bubblewrap."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from entourage.tools.mcp.links.endpoint import Endpoint
from entourage.tools.mcp.links.http import HttpLink
from entourage.tools.mcp.links.link import Link
from entourage.tools.mcp.links.sse import SseLink
from entourage.tools.mcp.links.stdio import StdioLink
from entourage.tools.mcp.servers.opening import Wires

FAKES = Path(__file__).parents[2] / "fakes"
FAKE = FAKES / "mcp_server.py"

WAYS = ("stdio-legacy", "stdio-modern", "json-legacy", "json-modern", "events-legacy", "events-modern", "sse-legacy")
"""Transport and era: `json` and `events` are the two ways a server over HTTP may answer."""


class Heard:
    """Implements `LinkListener`: remembers what it was told; `wait` for the next thing of a kind."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Any]] = []
        self._changed = asyncio.Event()

    def _add(self, what: str, value: Any) -> None:
        self.all.append((what, value))
        self._changed.set()

    async def wait(self, what: str) -> Any:
        async with asyncio.timeout(10):
            while not (found := [value for kind, value in self.all if kind == what]):
                self._changed.clear()
                await self._changed.wait()
            return found[-1]

    def list_changed(self, kind: str) -> None:
        self._add("changed", kind)

    def resource_updated(self, uri: str) -> None:
        self._add("updated", uri)

    def logged(self, params: dict[str, Any]) -> None:
        self._add("logged", params)

    def noise(self, line: str) -> None:
        self._add("noise", line)

    def lost(self, why: str) -> None:
        self._add("lost", why)


class Client:
    """Implements `Interactive`: answers every question with a name."""

    raw_rounds = False

    def __init__(self) -> None:
        self.capabilities = {"elicitation": {"form": {}}}
        self.meta: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((method, params))
        return {"action": "accept", "content": {"name": "Ana"}}

    def log(self, params: dict[str, Any]) -> None: ...
    def notify(self, method: str, params: dict[str, Any]) -> None: ...
    def parted(self) -> None: ...

    def unfinished(self, result: dict[str, Any]) -> None: ...
    def failed(self, code: int, message: str, data: Any) -> None: ...


@asynccontextmanager
async def http_fake(*options: str, port: int = 0) -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    """The fake over HTTP as a process of its own: its port and the process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(FAKE), "http", str(port), *options, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        line = await process.stdout.readline()
        yield int(line.split()[1]), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def linked(way: str, heard: Heard, *options: str, known: Any = None) -> AsyncIterator[Link]:
    """A link to a fake of its own."""
    transport, era = way.split("-")
    options = ("--era", era, *options)
    if transport == "stdio":
        link = StdioLink(heard)
        argv = [sys.executable, str(FAKE), "stdio", *options]
        await link.start(argv, {"FAKE_TOKEN": "s3cret-value"}, known_era=known, seconds=20)
        try:
            yield link
        finally:
            await link.close()
        return
    wires = Wires(is_private=True)
    try:
        more = ["--json"] if transport == "json" else []
        async with (
            http_fake(*options, *more) as (port, _),
            called(transport, port, heard, wires, known) as opened,
        ):
            yield opened
    finally:
        await wires.close()


@asynccontextmanager
async def called(transport: str, port: int, heard: Heard, wires: Wires, known: Any = None) -> AsyncIterator[Link]:
    """A link over HTTP to a fake that runs."""
    link: HttpLink | SseLink
    if transport == "sse":
        link = SseLink(heard, f"http://127.0.0.1:{port}/sse", {}, wires.calls, wires.streams)
        await link.start(seconds=20)
    else:
        link = HttpLink(heard, Endpoint(f"http://127.0.0.1:{port}/mcp", {}), wires.calls, wires.streams)
        await link.start(known_era=known, seconds=20)
    try:
        yield link
    finally:
        await link.close()


def text_of(result: dict[str, Any]) -> str:
    """The text of a tool's result."""
    return result["content"][0]["text"]
