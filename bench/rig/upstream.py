"""A provider that does nothing but answer: raw asyncio, both dialects' bodies made in advance.

`python -m bench.rig.upstream PORT`. A stream whose model ends with `paced` comes slowly: the first byte after 100 ms,
then an event every 20 ms. Any other comes at once, each event its own write.
"""

from __future__ import annotations

import asyncio
import json
import sys

import uvloop

WORDS = 50
FIRST_MS, BETWEEN_MS = 100, 20
_BASE = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp"}
_USAGE = {
    "prompt_tokens": 80,
    "completion_tokens": WORDS,
    "total_tokens": 80 + WORDS,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}


def _whole() -> bytes:
    message = {"role": "assistant", "content": "word " * 150, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    body = json.dumps({**_BASE, "object": "chat.completion", "choices": [choice], "usage": _USAGE}).encode()
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_1\r\nopenai-processing-ms: 1\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )


def _events() -> list[bytes]:
    def one(delta: dict[str, str], reason: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        return b"data: " + json.dumps({**_BASE, "choices": choices, "usage": None}).encode() + b"\n\n"

    told = [
        one({"role": "assistant", "content": ""}),
        *[one({"content": "word "}) for _ in range(WORDS)],
        one({}, "stop"),
    ]
    usage = b"data: " + json.dumps({**_BASE, "choices": [], "usage": _USAGE}).encode() + b"\n\n"
    return [b"%x\r\n%b\r\n" % (len(event), event) for event in (*told, usage, b"data: [DONE]\n\n")]


WHOLE = _whole()
EVENTS = _events()
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


class Provider(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            place = head.find(b"content-length:")
            size = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self.data) < end + 4 + size:
                return
            body = self.data[end + 4 : end + 4 + size]
            self.data = self.data[end + 4 + size :]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        write = self.transport.write  # type: ignore[attr-defined]
        if b'"stream":true' not in body and b'"stream": true' not in body:
            write(WHOLE)
        elif b"paced" in body:
            asyncio.get_running_loop().call_later(FIRST_MS / 1000, self._step, 0)
        else:
            write(STREAM_HEAD)
            for event in EVENTS:
                write(event)
            write(END)

    def _step(self, place: int) -> None:
        if self.transport.is_closing():  # type: ignore[attr-defined]
            return
        write = self.transport.write  # type: ignore[attr-defined]
        if place == 0:
            write(STREAM_HEAD + EVENTS[0] + EVENTS[1])
            place = 1
        else:
            write(EVENTS[place])
        if place + 1 < len(EVENTS):
            asyncio.get_running_loop().call_later(BETWEEN_MS / 1000, self._step, place + 1)
        else:
            write(END)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
