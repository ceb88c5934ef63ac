"""A session of a client of the handshake era: what was agreed on, what goes on, and the streams it hears."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Any

from entourage.tools.mcp.front import writing
from entourage.tools.mcp.front.streams import Stream
from entourage.tools.mcp.links.errors import INVALID_REQUEST, McpError

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange, Header
    from entourage.tools.mcp.front.answering import Answer
    from entourage.tools.mcp.front.backends import Unsubscribe
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.changes import Kind
    from entourage.tools.mcp.front.messages import Incoming, JsonObject, RequestId
    from entourage.tools.mcp.front.places import Place

PRIMED_FROM = "2025-11-25"
MOST_STREAMS = 256
MOST_FINISHED = 8
MOST_RUNNING = 256
ASK_SECONDS = 600.0


class Session:
    """One client. It ends by DELETE, when nothing happened for long, or when its token does."""

    def __init__(self, client: Client, place: Place, path: str, version: str, given: JsonObject) -> None:
        self.id = secrets.token_hex(16)
        self.client = client
        self.place = place
        self.path = path
        self.version = version
        capabilities = given.get("capabilities")
        self.capabilities: JsonObject = capabilities if isinstance(capabilities, dict) else {}
        self.log_level = "debug"
        self.used_at = time.monotonic()
        self.running: dict[RequestId, asyncio.Task[Any]] = {}
        self.subscribed: dict[str, Unsubscribe] = {}
        self._streams: dict[int, Stream] = {}
        self._finished: dict[int, Stream] = {}
        self._number = 0
        self._asked: dict[str, asyncio.Future[JsonObject]] = {}
        self._news = self._stream()

    @property
    def headers(self) -> tuple[Header, ...]:
        return ((b"mcp-session-id", self.id.encode()),)

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for something in it."""
        return bool(self.running) or self._news.is_heard

    # what the client hears

    def stream(self) -> Stream:
        """A stream for one request. Raises McpError for one too many."""
        if len(self._streams) > MOST_STREAMS:
            raise McpError(INVALID_REQUEST, f"{MOST_STREAMS} requests of this session go on already.")
        return self._stream()

    def listen(self, exchange: Exchange, after: tuple[int, int] | None) -> None:
        """Tell this exchange what belongs to no request, or go on with the stream it lost."""
        stream = self._streams.get(after[0]) or self._finished.get(after[0]) if after else None
        if stream is None or after is None:
            self._news.begin(exchange, self.headers)
        else:
            stream.begin(exchange, self.headers, after[1])

    def tell(self, message: bytes) -> None:
        """Something that belongs to no request."""
        self._news.put(message)

    def ping(self) -> None:
        """Show that somebody is still there; who listens with a token that has expired must come back with another."""
        if self.client.is_over:
            self._news.leave()
        self._news.ping()

    def changed(self, server: str | None, kind: Kind) -> None:
        """Implements `Listener`."""
        if server is None or self.place.has_server(server):
            self.tell(writing.notification(f"notifications/{kind}/list_changed"))

    # what the client is asked

    async def ask(self, answer: Answer, method: str, params: JsonObject) -> JsonObject:
        """The client's answer to a request of ours. Raises McpError, TimeoutError."""
        number = f"ask-{secrets.token_hex(6)}"
        waiter: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._asked[number] = waiter
        try:
            answer.tell(writing.request(number, method, params))
            async with asyncio.timeout(ASK_SECONDS):
                return await waiter
        except (asyncio.CancelledError, TimeoutError):
            answer.tell(writing.notification("notifications/cancelled", {"requestId": number}))
            raise
        finally:
            del self._asked[number]

    def heard(self, message: Incoming) -> None:
        """The client's answer has come."""
        waiter = self._asked.get(str(message.id))
        if waiter is None or waiter.done():
            return
        if isinstance(message.result, dict):
            waiter.set_result(message.result)
        elif isinstance(message.error, dict):
            code, text = message.error.get("code"), message.error.get("message")
            code = code if isinstance(code, int) else INVALID_REQUEST
            waiter.set_exception(McpError(code, str(text or "The client refused.")[:2000], message.error.get("data")))

    # what goes on

    def begin(self, id: RequestId) -> None:
        """The current task works on this request. Raises McpError for an id that is in use."""
        if id in self.running or len(self.running) >= MOST_RUNNING:
            raise McpError(INVALID_REQUEST, f"A request with the id {id!r} goes on already, or too many do.")
        task = asyncio.current_task()
        assert task
        self.running[id] = task

    def end(self, id: RequestId) -> None:
        """It is over."""
        self.running.pop(id, None)
        self.used_at = time.monotonic()

    def cancel(self, id: object) -> None:
        """The client does not want the result any more."""
        if isinstance(id, int | str) and (task := self.running.get(id)):
            task.cancel()

    async def close(self) -> None:
        """End everything in it."""
        for task in list(self.running.values()):
            task.cancel()
        for stream in list(self._streams.values()):
            stream.drop()
        subscribed, self.subscribed = self.subscribed, {}
        for unsubscribe in subscribed.values():
            await unsubscribe()

    def _stream(self) -> Stream:
        number = self._number
        self._number += 1
        stream = self._streams[number] = Stream(number, self._gone, primes=self.version >= PRIMED_FROM)
        return stream

    def _gone(self, stream: Stream) -> None:
        """A stream is over. The last few stay for a client whose connection broke at the end."""
        if stream is self._news:
            return
        self._streams.pop(stream.name, None)
        if stream.is_finished:
            self._finished[stream.name] = stream
            if len(self._finished) > MOST_FINISHED:
                del self._finished[next(iter(self._finished))]
