"""Load: so many connections, each asking again as soon as it was answered. Prints one JSON line.

`python -m bench.rig.load URL KEY MODEL CONNECTIONS SECONDS KIND HEADERS`, KIND being `whole` (each body another one),
`same` (one body), `stream` or `paced`. For streams the time to the first content is told.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from urllib.parse import urlsplit

import uvloop

WARM_SECONDS = 0.5
TEXT = "What is the capital of France, and since when? " * 4


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.tail = b""
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.begun = time.perf_counter()
        self.first = 0.0
        self.need = -1
        self.data = b""
        self.transport.write(self.load.request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self.load.is_stream:
            self._streamed(data)
        else:
            self._whole(data)

    def _whole(self, data: bytes) -> None:
        self.data += data
        if self.need < 0:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.data[:end].lower()
            place = head.find(b"content-length:")
            if place < 0:  # chunked
                if self.data.endswith(b"0\r\n\r\n"):
                    self._done()
                return
            self.need = end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0])
        if len(self.data) >= self.need:
            self._done()

    def _streamed(self, data: bytes) -> None:
        if not self.data:
            self.data = data[:64]
        if not self.first and (b'"content": "word' in data or b'"content":"word' in data):
            self.first = time.perf_counter() - self.begun
        self.tail = (self.tail + data)[-8:]
        if self.tail.endswith(b"0\r\n\r\n"):
            self._done()

    def _done(self) -> None:
        self.load.answered(self)
        if not self.load.is_over:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.load.is_over:
            self.load.failed += 1


class Load:
    """All connections together."""

    def __init__(self, url: str, key: str, model: str, kind: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path
        self.kind = kind
        self.is_stream = kind in {"stream", "paced"}
        self.is_over = False
        self.done = self.failed = self.number = 0
        self.firsts: list[float] = []
        self.times: list[float] = []
        more = ',"stream":true,"stream_options":{"include_usage":true}' if self.is_stream else ""
        self._head = (
            f"POST {self.path} HTTP/1.1\r\nhost: {self.host}\r\nauthorization: Bearer {key}\r\n"
            "content-type: application/json\r\naccept: application/json\r\nuser-agent: OpenAI/Python 3.52\r\n"
            "x-stainless-lang: python\r\nx-stainless-runtime: CPython\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        ).encode()
        self._start = f'{{"model":"{model}","messages":[{{"role":"user","content":"'.encode()
        self._end = f'{TEXT}"}}],"temperature":0.7,"max_tokens":200{more}}}'.encode()

    def request(self) -> bytes:
        """The next request."""
        if self.kind != "same":
            self.number += 1
        body = b"%b%08d %b" % (self._start, self.number, self._end)
        return b"%bcontent-length: %d\r\n\r\n%b" % (self._head, len(body), body)

    def answered(self, client: Client) -> None:
        """Count an answer."""
        if not client.data.startswith(b"HTTP/1.1 200"):
            self.failed += 1
            if self.failed == 1:
                print(client.data[:400], file=sys.stderr)
        self.done += 1
        self.times.append(time.perf_counter() - client.begun)
        if client.first:
            self.firsts.append(client.first)

    async def run(self, connections: int, seconds: float) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        for number in range(connections):
            await loop.create_connection(lambda: Client(self), self.host, self.port)
            if self.kind == "paced" and number % 8 == 7:
                await asyncio.sleep(0.02)  # not all at the same moment
        await asyncio.sleep(WARM_SECONDS)
        print("warm", flush=True)
        self.done = self.failed = 0
        self.firsts.clear()
        self.times.clear()
        begun = time.perf_counter()
        await asyncio.sleep(seconds)
        took = time.perf_counter() - begun
        self.is_over = True
        return {
            "per_second": self.done / took,
            "done": self.done,
            "failed": self.failed,
            "p50_ms": statistics.median(self.times) * 1000 if self.times else 0,
            "first_p50_ms": statistics.median(self.firsts) * 1000 if self.firsts else 0,
        }


def main() -> None:
    url, key, model, connections, seconds, kind, headers = sys.argv[1:]
    load = Load(url, key, model, kind, json.loads(headers))
    print(json.dumps(uvloop.run(load.run(int(connections), float(seconds)))), flush=True)


if __name__ == "__main__":
    main()
