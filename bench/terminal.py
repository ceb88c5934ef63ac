"""A terminal through the server, in its sandbox, beside terminado with a plain shell in the same run.

The client is one process that draws nothing: it says it has drawn what it has read, as a fast client does. terminado
is a server of its own venv (`.setup/terminado`), made when it is not there; without a network it is left out.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import websockets

from bench.bar import Bar, quantile
from bench.servers import Running, entourage, free_port

ECHOES = 300
FLOOD_BYTES = 200 * 1_000_000
INTERRUPTS = 10
PATIENCE_SECONDS = 20.0
PROMPT = b"prompt> "
ACK_BYTES = 65_536
PEER = Path(".setup/terminado")
PACKAGES = ("terminado==0.18.1",)


class Wire(Protocol):
    """A connected terminal."""

    async def type(self, text: str) -> None: ...

    async def read(self) -> bytes: ...


class Ours:
    """`WS /my/terminals/{id}/socket`, saying what was read as drawn each 64 KB."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._offset = self._said = 0

    async def type(self, text: str) -> None:
        await self._socket.send(text.encode())

    async def read(self) -> bytes:
        while True:
            message = await self._socket.recv()
            if isinstance(message, bytes):
                self._offset += len(message)
                if self._offset - self._said >= ACK_BYTES or len(message) < ACK_BYTES:
                    self._said = self._offset
                    await self._socket.send(json.dumps({"type": "ack", "offset": self._offset}))
                return message


class Terminado:
    """terminado's protocol: `["stdin", text]`, `["stdout", text]`."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket

    async def type(self, text: str) -> None:
        await self._socket.send(json.dumps(["stdin", text]))

    async def read(self) -> bytes:
        while True:
            kind, *rest = json.loads(await self._socket.recv())
            if kind == "stdout":
                return rest[0].encode()


async def bars() -> list[Bar]:
    with entourage() as server:
        found = await _ours(server)
    peer = await _terminado()
    return found + peer


async def _ours(server: Running) -> list[Bar]:
    client = server.client()
    asked = {"rows": 24, "cols": 80}
    terminal = client.post("/my/terminals", json=asked).raise_for_status().json()
    address = f"{server.url.replace('http', 'ws')}/my/terminals/{terminal['id']}/socket"
    headers = {"Authorization": client.headers["Authorization"]}
    async with websockets.connect(address, additional_headers=headers, compression=None, max_size=None) as socket:
        return await _measured("terminal", Ours(socket), server, (1, 40, 100, 100))


async def _terminado() -> list[Bar]:
    if not _installed():
        return []
    port = free_port()
    process = subprocess.Popen(  # noqa: ASYNC220  nothing else runs here yet
        [PEER / "bin/python", "bench/rig/terminado_server.py", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        await asyncio.to_thread(process.stdout.readline)
        address = f"ws://127.0.0.1:{port}/terminals/bench"
        running = Running(f"http://127.0.0.1:{port}", process.pid, 0, Path())
        async with websockets.connect(address, compression=None, max_size=None) as socket:
            return await _measured("beside terminado", Terminado(socket), running, (None,) * 4)
    finally:
        process.kill()
        process.wait()


async def _measured(name: str, wire: Wire, server: Running, targets: tuple[float | None, ...]) -> list[Bar]:
    await wire.type("PS1='pro''mpt> '\n")
    await _until(wire, PROMPT)
    echoes = await _echoes(wire)
    rest, cpu = server.rss_mb(), server.cpu_seconds()
    async with _peak(server) as peak:
        megabytes, seconds = await _flood(wire)
        cpu = server.cpu_seconds() - cpu
    stops = [await _interrupted(wire) for _ in range(INTERRUPTS)]
    return [
        Bar(f"{name}: echo, p50", quantile(echoes, 0.5), "ms", targets[0]),
        Bar(f"{name}: echo, p99", quantile(echoes, 0.99), "ms"),
        Bar(f"{name}: 200 MB", megabytes / seconds, "MB/s", targets[1], at_most=False),
        Bar(f"{name}: CPU of the server for it", 1000 * cpu / megabytes, "ms/MB"),
        Bar(f"{name}: memory for it, above {rest:.0f} MB at rest", max(peak[0] - rest, 0), "MB", targets[2]),
        Bar(f"{name}: Ctrl-C in `yes` to the next prompt, p50", quantile(stops, 0.5), "ms"),
        Bar(f"{name}: Ctrl-C in `yes`, longest of {INTERRUPTS}", max(stops), "ms", targets[3]),
    ]


async def _echoes(wire: Wire) -> list[float]:
    """Milliseconds of keys that come back, one at a time."""
    await wire.type("cat\n")
    await asyncio.sleep(0.5)
    took: list[float] = []
    for number in range(ECHOES):
        key = chr(97 + number % 26)
        began = time.perf_counter()
        await wire.type(key)
        await _until(wire, key.encode())
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.002)
    await wire.type("\x03")
    await _until(wire, PROMPT)
    return took[20:]


async def _flood(wire: Wire) -> tuple[float, float]:
    """How many MB came, and in how many seconds."""
    await wire.type(f"yes {'0123456789' * 6} | head -c {FLOOD_BYTES}\n")
    seen, began, tail = 0, time.perf_counter(), b""
    while not (seen > FLOOD_BYTES and PROMPT in tail):
        chunk = await wire.read()
        seen += len(chunk)
        tail = tail[-20:] + chunk[-100:]
    return seen / 1e6, time.perf_counter() - began


async def _interrupted(wire: Wire) -> float:
    """Milliseconds from Ctrl-C, typed while `yes` prints, until the shell asks again."""
    await wire.type("yes\n")
    seen = 0
    while seen < 2_000_000:
        seen += len(await wire.read())
    began = time.perf_counter()
    await wire.type("\x03")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _until(wire, PROMPT)
    except TimeoutError:
        return PATIENCE_SECONDS * 1000
    return (time.perf_counter() - began) * 1000


async def _until(wire: Wire, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        seen = seen[-100:] + await wire.read()


@asynccontextmanager
async def _peak(server: Running) -> AsyncIterator[list[float]]:
    """The most memory the server holds meanwhile, in MB."""
    most = [server.rss_mb()]

    async def watch() -> None:
        while True:
            most[0] = max(most[0], server.rss_mb())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield most
    finally:
        watching.cancel()


def _installed() -> bool:
    """Whether the peer is there; fetched at the first time, in an environment of its own."""
    python = PEER / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=False)
    return subprocess.run([python, "-c", "import terminado"], check=False).returncode == 0


if __name__ == "__main__":
    for bar in asyncio.run(bars()):
        print(bar.line())
