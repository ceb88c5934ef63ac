"""The fake MCP server over HTTP: just enough of HTTP/1.1 for both eras and, under /sse, for what was before them."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

from mcp_faults import FakeServer, Send  # found beside this file: it runs as a script


class Http:
    """One listening server; `handle` of the fake is called for every message."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.tasks: set[asyncio.Task[None]] = set()
        self.readers: dict[Any, asyncio.StreamReader] = {}
        self.sessions: set[str] = set()
        self.streams: list[Send] = []
        self.old: dict[str, Send] = {}
        server.tell_all = self._tell

    async def _tell(self, message: dict[str, Any]) -> None:
        for stream in [*self.streams, *self.old.values()]:
            await stream(message)

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.readers[writer] = reader
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                await self._request(method, target, headers, body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self.readers[writer]
            writer.close()

    async def _request(self, method: str, target: str, headers: dict[str, str], body: bytes, writer: Any) -> None:
        options = self.server.options
        if options.key and headers.get("authorization") != f"Bearer {options.key}":
            await self._whole(writer, 401, {"error": "no"})
        elif target.startswith("/sse"):
            await self._old_stream(writer)
        elif target.startswith("/old"):
            await self._whole(writer, 202, None)
            session = target.partition("=")[2]
            task = asyncio.create_task(self.server.handle(json.loads(body), self.old[session]))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif method == "GET":
            await self._stream(writer, headers)
        elif method == "DELETE":
            self.sessions.discard(headers.get("mcp-session-id", ""))
            await self._whole(writer, 200, None)
        else:
            await self._post(headers, json.loads(body), writer)

    async def _post(self, headers: dict[str, str], message: dict[str, Any], writer: Any) -> None:
        extra: dict[str, str] = {}
        if self.server.is_modern:
            if headers.get("mcp-method") != message.get("method") and "id" in message:
                error = {"code": -32020, "message": "the headers say otherwise"}
                await self._whole(writer, 400, {"jsonrpc": "2.0", "id": message["id"], "error": error})
                return
        elif message.get("method") == "initialize":
            session = uuid.uuid4().hex
            self.sessions.add(session)
            extra["Mcp-Session-Id"] = session
        elif headers.get("mcp-session-id") not in self.sessions:
            error = {"code": -32600, "message": "Session not found"}
            await self._whole(writer, 404, {"jsonrpc": "2.0", "id": message.get("id"), "error": error})
            return
        if "id" not in message or "method" not in message:
            await self.server.handle(message, self._nowhere)
            await self._whole(writer, 202, None)
        elif self.server.options.json and message["method"] != "subscriptions/listen":
            found: list[dict[str, Any]] = []

            async def keep(answer: dict[str, Any]) -> None:
                found.append(answer)

            await self.server.handle(message, keep)
            await self._whole(writer, 200, found[-1] if found else {}, extra)
        else:
            await self._streamed(message, writer, extra)

    async def _streamed(self, message: dict[str, Any], writer: Any, extra: dict[str, str]) -> None:
        send = await self._begin(writer, extra)
        watching = asyncio.create_task(self._gone(writer))
        handling = asyncio.create_task(self.server.handle(message, send))
        await asyncio.wait([watching, handling], return_when=asyncio.FIRST_COMPLETED)
        if not handling.done():
            handling.cancel()
            if task := self.server.running.get(message["id"]):
                task.cancel()
        watching.cancel()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _gone(self, writer: Any) -> None:
        while not (writer.transport.is_closing() or self.readers[writer].at_eof()):  # noqa: ASYNC110  streams tell nobody
            await asyncio.sleep(0.02)

    async def _begin(self, writer: Any, extra: dict[str, str]) -> Send:
        lines = "".join(f"{name}: {value}\r\n" for name, value in extra.items())
        writer.write(
            f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{lines}Transfer-Encoding: chunked\r\n\r\n".encode()
        )

        async def send(message: dict[str, Any]) -> None:
            if writer.transport.is_closing() or self.readers[writer].at_eof():
                return
            event = f"event: message\r\ndata: {json.dumps(message)}\r\n\r\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()

        return send

    async def _stream(self, writer: Any, headers: dict[str, str]) -> None:
        if self.server.is_modern or headers.get("mcp-session-id") not in self.sessions:
            await self._whole(writer, 405, None)
            return
        send = await self._begin(writer, {})
        self.streams.append(send)
        await self._gone(writer)
        self.streams.remove(send)

    async def _old_stream(self, writer: Any) -> None:
        session = uuid.uuid4().hex
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        writer.write(f"event: endpoint\ndata: /old?s={session}\n\n".encode())

        async def send(message: dict[str, Any]) -> None:
            writer.write(f"event: message\ndata: {json.dumps(message)}\n\n".encode())
            await writer.drain()

        self.old[session] = send
        await self._gone(writer)

    async def _whole(self, writer: Any, status: int, body: Any, extra: dict[str, str] | None = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in (extra or {}).items())
        lines += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + data)
        await writer.drain()

    async def _nowhere(self, _: dict[str, Any]) -> None:
        pass
