"""Processes that were started through E2B's doors: their output goes to whoever listens, and they outlive listeners."""

from __future__ import annotations

import asyncio
import base64
import signal
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from entourage.kit.errors import NotFound
from entourage.sandboxes.e2b.refusals import Gone
from entourage.sandboxes.interpreter.pipes import Reader, write_all
from entourage.sandboxes.live.base import Live, Process

Stream: TypeAlias = Literal["stdout", "stderr", "pty"]
Event: TypeAlias = Mapping[str, Any]

KILLED = 128 + signal.SIGKILL
GONE_SECONDS = 1.0

HIGH_BYTES = 1024 * 1024
"""How much may wait for a listener before the process is held back."""


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream of a process."""

    waiting: deque[Event] = field(default_factory=deque[Event])
    waiting_bytes: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Running:
    """One process and its listeners. What nobody listens to is read and thrown away."""

    def __init__(
        self, live: Live, process: Process, config: Mapping[str, Any], tag: str | None, *, is_pty: bool
    ) -> None:
        self.live = live
        self.process = process
        self.config = config
        self.tag = tag
        self.is_pty = is_pty
        self.killed_by: int | None = None
        self._first = Listener()
        self._listeners: set[Listener] = {self._first}
        self._end: Event | None = None
        self._readers = [
            Reader(process.stdout, lambda chunk: self._output("pty" if is_pty else "stdout", chunk), _nothing)
        ]
        if process.stderr is not None:
            self._readers.append(Reader(process.stderr, lambda chunk: self._output("stderr", chunk), _nothing))

    def first_events(self) -> AsyncGenerator[Event]:
        """As `events`, from the very start; for who has started it, once."""
        return self._events(self._first)

    def events(self) -> AsyncGenerator[Event]:
        """Its start, its output from now on, its end. Raises Gone when the sandbox ends under it."""
        return self._events(Listener())

    async def _events(self, listener: Listener) -> AsyncGenerator[Event]:
        self._listeners.add(listener)
        try:
            yield {"event": {"start": {"pid": self.process.pid}}}
            while True:
                while listener.waiting:
                    event = listener.waiting.popleft()
                    listener.waiting_bytes -= _size(event)
                    self._relieve()
                    yield event
                if self._end is not None:
                    if self.live.ended.is_set() and self.killed_by is None:
                        raise Gone(self.live.id)
                    yield self._end
                    return
                listener.news.clear()
                await listener.news.wait()
        finally:
            self._listeners.discard(listener)
            self._relieve()

    async def write(self, data: bytes) -> None:
        """Give it input. Raises NotFound when it takes none."""
        if self.process.stdin is None:
            raise NotFound("The process has no open standard input.")
        try:
            await write_all(self.process.stdin, data)
        except BrokenPipeError:
            raise NotFound("The process does not read its standard input any more.") from None

    async def send_signal(self, number: int) -> None:
        """Send it a signal."""
        self.killed_by = number
        await self.process.signal(number)

    async def wait(self, seconds: float | None) -> None:
        """See it to its end; kill it after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                code = await self.process.wait()
        except TimeoutError:
            await self.send_signal(signal.SIGKILL)
            code = await self.process.wait()
        if code == KILLED and self.killed_by is None:
            # killed by nobody we know: most likely its sandbox is about to be gone as well
            await asyncio.wait((ended := asyncio.ensure_future(self.live.ended.wait()),), timeout=GONE_SECONDS)
            ended.cancel()
        await self._drain()
        self._end = {"event": {"end": _ending(code, self.killed_by)}}
        self._tell()
        await self.process.close()

    async def _drain(self) -> None:
        """What it wrote last is still in the pipes, unless a child of it keeps them open: that is not waited for."""
        for reader in self._readers:
            reader.resume()
            reader.drain()
            reader.close()

    def _output(self, stream: Stream, chunk: bytes) -> None:
        event = {"event": {"data": {stream: base64.b64encode(chunk).decode()}}}
        for listener in self._listeners:
            listener.waiting.append(event)
            listener.waiting_bytes += _size(event)
            if listener.waiting_bytes > HIGH_BYTES:
                for reader in self._readers:
                    reader.pause()
        self._tell()

    def _relieve(self) -> None:
        if all(listener.waiting_bytes <= HIGH_BYTES for listener in self._listeners):
            for reader in self._readers:
                reader.resume()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener.news.set()


class Processes:
    """The running processes of every sandbox, by their numbers inside."""

    def __init__(self) -> None:
        self._running: dict[str, dict[int, Running]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, running: Running, timeout_seconds: float | None) -> Running:
        """Follow a process until it ends."""
        self._running.setdefault(running.live.id, {})[running.process.pid] = running
        task = asyncio.create_task(self._follow(running, timeout_seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return running

    def of(self, live: Live) -> list[Running]:
        """All of one sandbox."""
        return list(self._running.get(live.id, {}).values())

    def find(self, live: Live, selector: Mapping[str, Any]) -> Running:
        """The one with this `pid` or `tag`. Raises NotFound."""
        for running in self.of(live):
            if running.process.pid == selector.get("pid") or (running.tag and running.tag == selector.get("tag")):
                return running
        raise NotFound(f"There is no process {selector.get('pid') or selector.get('tag')!r} running here.")

    async def close(self) -> None:
        """Follow nothing any more; the processes end with their sandboxes."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, running: Running, timeout_seconds: float | None) -> None:
        try:
            await running.wait(timeout_seconds)
        finally:
            mine = self._running.get(running.live.id, {})
            mine.pop(running.process.pid, None)
            if not mine:
                self._running.pop(running.live.id, None)


def _ending(code: int, killed_by: int | None) -> dict[str, Any]:
    """How it ended, in Go's words, as envd tells it."""
    if killed_by is not None and code == 128 + killed_by:
        name = {signal.SIGKILL: "killed", signal.SIGTERM: "terminated"}.get(signal.Signals(killed_by), str(killed_by))
        return {"exitCode": -1, "exited": False, "status": f"signal: {name}", "error": f"signal: {name}"}
    status = f"exit status {code}"
    return {"exitCode": code, "exited": True, "status": status, **({"error": status} if code else {})}


def _size(event: Event) -> int:
    with suppress(KeyError):
        return sum(map(len, event["event"]["data"].values()))
    return 0


def _nothing() -> None:
    return
