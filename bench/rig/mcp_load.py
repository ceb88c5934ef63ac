"""Load on an MCP endpoint: so many connections, each calling again as soon as it was answered. Prints one JSON line.

`python -m bench.rig.mcp_load URL KEY ERA TOOL CONNECTIONS SECONDS`; a URL that begins with `stdio:` is a command.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import statistics
import sys
import time
from urllib.parse import urlsplit

import httpx
import uvloop

from bench.bar import quantile

WARM_SECONDS = 1.0
META = "io.modelcontextprotocol/"
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
MODERN = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}


def call(number: int, tool: str, era: str) -> bytes:
    """A call that is like no other."""
    params: dict[str, object] = {"name": tool, "arguments": {"text": f"hello {number}"}}
    if era == "modern":
        params["_meta"] = MODERN
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()


class Counted:
    """What was answered, and how long each took."""

    def __init__(self) -> None:
        self.number = self.failed = 0
        self.times: list[float] = []
        self.is_over = False

    def took(self, seconds: float, answer: bytes) -> None:
        if b"hello " not in answer:
            self.failed += 1
            if self.failed == 1:
                print(answer[:500], file=sys.stderr)
        self.times.append(seconds)

    def told(self, seconds: float) -> dict[str, float]:
        times = self.times or [0.0]
        p50, p99 = statistics.median(times) * 1000, quantile(times, 0.99) * 1000
        done = len(self.times)
        return {"per_second": done / seconds, "done": done, "failed": self.failed, "p50_ms": p50, "p99_ms": p99}


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: HttpLoad) -> None:
        self.load = load

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.data = b""
        self.begun = time.perf_counter()
        self.transport.write(self.load.request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.data += data
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.data[:end].lower()
        place = head.find(b"content-length:")
        if place < 0:
            is_whole = self.data.endswith(b"0\r\n\r\n")
        else:
            is_whole = len(self.data) >= end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0])
        if is_whole:
            self.load.counted.took(time.perf_counter() - self.begun, self.data)
            if not self.load.counted.is_over:
                self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.load.counted.is_over:
            self.load.counted.failed += 1


class HttpLoad:
    """Connections to a streamable HTTP endpoint."""

    def __init__(self, url: str, key: str, era: str, tool: str) -> None:
        self.counted = Counted()
        self.era, self.tool = era, tool
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self._headers = {
            "host": f"{parts.hostname}:{parts.port}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            **({"authorization": f"Bearer {key}"} if key != "none" else {}),
        }
        if era == "modern":
            self._headers |= {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": tool}
        else:
            self._headers |= self._session(url)
        lines = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        self._head = f"POST {parts.path} HTTP/1.1\r\n{lines}".encode()

    def _session(self, url: str) -> dict[str, str]:
        body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}
        answer = httpx.post(url, json=body, headers=self._headers, timeout=30, follow_redirects=True).raise_for_status()
        told = {"mcp-protocol-version": "2025-11-25"}
        if session := answer.headers.get("mcp-session-id"):
            told["mcp-session-id"] = session
        body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        httpx.post(url, json=body, headers={**self._headers, **told}, timeout=30, follow_redirects=True)
        return told

    def request(self) -> bytes:
        self.counted.number += 1
        body = call(self.counted.number, self.tool, self.era)
        return b"%bcontent-length: %d\r\n\r\n%b" % (self._head, len(body), body)

    async def start(self, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_connection(lambda: Connection(self), self.host, self.port)


class PipeLoad:
    """Calls to a process, so many at once."""

    def __init__(self, command: list[str], era: str, tool: str) -> None:
        self.counted = Counted()
        self._command, self.era, self.tool = command, era, tool
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, connections: int) -> None:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        assert self._process.stdin
        assert self._process.stdout
        if self.era == "legacy":
            hello = {"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": HELLO}
            self._process.stdin.write(json.dumps(hello).encode() + b"\n")
            await self._process.stdout.readline()
            self._process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        self._begun: dict[int, float] = {}
        for _ in range(connections):
            self._ask()
        self._tasks.append(asyncio.create_task(self._read()))

    def _ask(self) -> None:
        assert self._process.stdin
        self.counted.number += 1
        self._begun[self.counted.number] = time.perf_counter()
        self._process.stdin.write(call(self.counted.number, self.tool, self.era) + b"\n")

    async def _read(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            number = json.loads(line).get("id")
            if number in self._begun:
                self.counted.took(time.perf_counter() - self._begun.pop(number), line)
                if self.counted.is_over:
                    self._process.terminate()
                    return
                self._ask()


async def run(load: HttpLoad | PipeLoad, connections: int, seconds: float) -> dict[str, float]:
    """The load for so long, after a while to warm up."""
    await load.start(connections)
    await asyncio.sleep(WARM_SECONDS)
    print("warm", flush=True)
    counted = load.counted
    counted.times.clear()
    counted.failed = 0
    begun = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - begun
    counted.is_over = True
    told = counted.told(took)
    await asyncio.sleep(0.2)
    return told


def main() -> None:
    url, key, era, tool, connections, seconds = sys.argv[1:]
    if url.startswith("stdio:"):
        load: HttpLoad | PipeLoad = PipeLoad(shlex.split(url[6:]), era, tool)
    else:
        load = HttpLoad(url, key, era, tool)
    print(json.dumps(uvloop.run(run(load, int(connections), float(seconds)))), flush=True)


if __name__ == "__main__":
    main()
