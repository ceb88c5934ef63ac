"""An exchange with no client behind it but ourselves."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

from entourage.kit.exchange import Header
from entourage.kit.ids import new_id

_HIGH_WATER_BYTES = 256 * 1024


class BrokenOff(Exception):
    """The answer was cut off. `__cause__` says why, where it is known."""


class InsideExchange:
    """Implements `Exchange`: whoever asks awaits `head` and reads `pieces`."""

    method = "POST"
    query = b""
    client = "inside"

    def __init__(self, path: str, headers: Sequence[Header], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body
        self.request_id = new_id()
        self.waiting_bytes = 0
        self.is_gone = False
        self._head: asyncio.Future[tuple[int, list[Header]]] = asyncio.get_running_loop().create_future()
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._calm = asyncio.Event()
        self._calm.set()
        self._is_over = False
        self._failure: BaseException | None = None
        self._on_gone: Callable[[], None] | None = None

    @property
    def has_begun(self) -> bool:
        return self._head.done()

    def on_gone(self, call: Callable[[], None]) -> None:
        if self.is_gone:
            call()
        else:
            self._on_gone = call

    def answer(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        if not self.has_begun:
            self.begin(status, headers)
            self.write(body)
            self.end()

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        if not self.has_begun:
            self._head.set_result((status, list(headers)))

    def write(self, data: bytes) -> None:
        if data and not self._is_over:
            self._pieces.append(data)
            self.waiting_bytes += len(data)
            if self.waiting_bytes > _HIGH_WATER_BYTES:
                self._calm.clear()
            self._news.set()

    def end(self) -> None:
        self._is_over = True
        self._news.set()

    def cut(self) -> None:
        self.fail(BrokenOff("the answer was cut off"))

    def fail(self, error: BaseException) -> None:
        """Give up the answer: whoever waits for it gets `error`."""
        self._is_over = True
        self._failure = self._failure or error
        if not self._head.done():
            self._head.set_exception(error)
        self._news.set()

    async def drained(self) -> None:
        await self._calm.wait()

    # what the one who asks does

    async def head(self) -> tuple[int, list[Header]]:
        """Status and headers, once there are any. Raises what `fail` was given."""
        return await self._head

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it comes. Raises what `fail` was given."""
        while True:
            while self._pieces:
                data = self._pieces.popleft()
                self.waiting_bytes -= len(data)
                if self.waiting_bytes <= _HIGH_WATER_BYTES:
                    self._calm.set()
                yield data
            if self._failure:
                raise self._failure
            if self._is_over:
                return
            self._news.clear()
            await self._news.wait()

    def leave(self) -> None:
        """Nobody reads on: the work ends."""
        self.is_gone = True
        self._calm.set()
        call, self._on_gone = self._on_gone, None
        if call and not self._is_over:
            call()
