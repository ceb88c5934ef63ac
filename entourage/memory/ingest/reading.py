"""Children that read files: started when there is work, used again, ended when they idle or a file breaks them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Literal

import msgspec

from entourage.memory.ingest.readers.parts import OUT_OF_TIME, Code, Member, Unreadable

IDLE_SECONDS = 20.0
LONGEST_SILENCE_SECONDS = 180.0
"""The clock on the wall for a child that neither answers nor spends its processor time."""
MAX_OUTPUT_BYTES = 64 * 1_048_576
_MAX_LINE_BYTES = 4 * 1_048_576


class ReadChunk(msgspec.Struct, frozen=True):
    """A part of a file's text, and where it stands."""

    text: str
    line: int
    page: int | None
    headings: list[str]


class Whole(msgspec.Struct, frozen=True):
    """What is known of a file that was read to its end. `mime` is only told of pictures, which have no chunks."""

    type: Literal["text", "markdown", "code", "pdf", "docx", "html", "csv", "json", "email", "image", "archive"]
    mime: str | None
    title: str
    language: str | None
    skipped: int


class _Error(msgspec.Struct, frozen=True):
    code: Code
    detail: str


class _Member(msgspec.Struct, frozen=True):
    name: str
    size: int
    error: _Error | None


class _Answer(msgspec.Struct, frozen=True):
    chunk: ReadChunk | None = None
    member: _Member | None = None
    done: Whole | None = None
    error: _Error | None = None


_decode = msgspec.json.Decoder(_Answer).decode


class Asked(msgspec.Struct, frozen=True):
    """What is to be read, and how it is cut."""

    name: str
    base_url: str
    tokens: int
    overlap: int


class Readers:
    """At most `slots` files at once, each in a process with so much memory and processor time."""

    def __init__(self, slots: int, *, memory_bytes: int, cpu_seconds: int) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._arguments = (str(memory_bytes), str(cpu_seconds))
        self._idle: list[_Child] = []
        self._timers: dict[_Child, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def reading(self, asked: Asked, data: bytes) -> AsyncGenerator[AsyncGenerator[ReadChunk | Member | Whole]]:
        """What the file holds, as it comes; the last is a `Whole`. Raises Unreadable while it is gone through."""
        async with self._slots:
            child = await self._child()
            try:
                yield child.read(asked, data)
            finally:
                if child.is_clean:
                    self._keep(child)
                else:
                    await child.end()

    async def close(self) -> None:
        """End all children."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await asyncio.gather(*(child.end() for child in self._idle), *self._ending)
        self._idle.clear()

    async def _child(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            self._timers.pop(child).cancel()
            if child.is_alive:
                return child
            await child.end()
        return await _Child.started(self._arguments)

    def _keep(self, child: _Child) -> None:
        self._idle.append(child)
        self._timers[child] = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._retire, child)

    def _retire(self, child: _Child) -> None:
        self._idle.remove(child)
        del self._timers[child]
        task = asyncio.create_task(child.end(), name="end reader")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _Child:
    """One process. `is_clean` when it has answered whole and waits for the next file."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self.is_clean = True

    @classmethod
    async def started(cls, arguments: tuple[str, ...]) -> _Child:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "entourage.memory.ingest.child", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            limit=_MAX_LINE_BYTES,
            start_new_session=True,
        )
        return cls(process)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def read(self, asked: Asked, data: bytes) -> AsyncGenerator[ReadChunk | Member | Whole]:
        self.is_clean = False
        await self._send(asked, data)
        received = 0
        while True:
            line = await self._line()
            answer = _decode(line)
            if answer.error:
                self.is_clean = self.is_alive and answer.error.code != "bomb"
                raise Unreadable(answer.error.code, answer.error.detail)
            if answer.member:
                yield await self._member(answer.member)
            elif answer.chunk:
                received += len(line)
                if received > MAX_OUTPUT_BYTES:
                    raise Unreadable("too_large", f"Its text has more than {MAX_OUTPUT_BYTES:,} bytes.")
                yield answer.chunk
            elif answer.done:
                self.is_clean = True
                yield answer.done
                return

    async def end(self) -> None:
        """Gone, whatever it did."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        self._stdin.close()
        await self._process.wait()

    async def _send(self, asked: Asked, data: bytes) -> None:
        head = msgspec.json.encode({**msgspec.structs.asdict(asked), "size": len(data)})
        try:
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                self._stdin.write(head + b"\n")
                self._stdin.write(data)
                await self._stdin.drain()
        except (TimeoutError, ConnectionError, OSError):
            raise await self._broken() from None

    async def _line(self) -> bytes:
        try:
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                line = await self._stdout.readline()
        except TimeoutError:
            raise Unreadable("timeout", f"Reading it took more than {LONGEST_SILENCE_SECONDS:g} s.") from None
        except ValueError:
            raise Unreadable("bomb", "A part of its text is far too long.") from None
        if not line.endswith(b"\n"):
            raise await self._broken()
        return line

    async def _member(self, member: _Member) -> Member:
        try:
            data = await self._stdout.readexactly(member.size)
        except asyncio.IncompleteReadError:
            raise await self._broken() from None
        error = Unreadable(member.error.code, member.error.detail) if member.error else None
        return Member(member.name, data, error)

    async def _broken(self) -> Unreadable:
        """Why the process ended in the middle of a file."""
        await self.end()
        if self._process.returncode == OUT_OF_TIME:
            return Unreadable("timeout", "Reading it took more processor time than a file may.")
        return Unreadable("bomb", "Reading it took more than a file may: the reader was ended.")
