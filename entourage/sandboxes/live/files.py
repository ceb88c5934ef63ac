"""Files inside, as the sandbox's user sees them: forks of the supervisor do the work, bytes come through pipes."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import posixpath
import signal
import struct
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast, get_args

from entourage.kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    QuotaExceeded,
    TimedOut,
    TooMany,
    Upstream,
)
from entourage.sandboxes.live.base import HOME, ChangeKind, FileChange, FileEntry, FileKind, ProcessInfo
from entourage.sandboxes.live.channel import Channel, Refused, readable, writable

READ_BYTES = 262_144
MOST_ANSWER_BYTES = 16 * 1024 * 1024
STILL_SECONDS = 30.0
"""How long a file may give or take nothing."""
MOST_PATH_BYTES = 4096

PROBLEMS: dict[int, tuple[type[Problem], str]] = {
    errno.ENOENT: (NotFound, "there is no {path!r} in the sandbox"),
    errno.ENOTDIR: (NotFound, "part of {path!r} is no folder"),
    errno.EISDIR: (Invalid, "{path!r} is a folder"),
    errno.EACCES: (Forbidden, "{path!r} is not the sandbox user's to touch"),
    errno.EPERM: (Forbidden, "{path!r} is not the sandbox user's to touch"),
    errno.EROFS: (Forbidden, "{path!r} is in a part of the sandbox that is read-only"),
    errno.EBUSY: (Forbidden, "{path!r} belongs to the sandbox itself"),
    errno.EEXIST: (Conflict, "there is a {path!r} already"),
    errno.ENOTEMPTY: (Conflict, "the folder {path!r} is not empty"),
    errno.ENOSPC: (QuotaExceeded, "there is no room for {path!r} in the sandbox"),
    errno.EDQUOT: (QuotaExceeded, "there is no room for {path!r} in the sandbox"),
    errno.EFBIG: (QuotaExceeded, "{path!r} would be larger than a file of the sandbox may be"),
    errno.EAGAIN: (TooMany, "the sandbox has no room for another process"),
}


class Task:
    """A fork of the supervisor at work: `answer` is read from it, `input` written to it."""

    def __init__(self, channel: Channel, pid: int, answer: int, source: int) -> None:
        self.pid = pid
        self._channel = channel
        self._answer = answer
        self._input = source
        self._read = bytearray()

    async def chunk(self, still_seconds: float | None = STILL_SECONDS) -> bytes:
        """The next bytes; empty at the end. Raises TimedOut."""
        if self._read:
            chunk = bytes(self._read)
            self._read.clear()
            return chunk
        while True:
            try:
                return os.read(self._answer, READ_BYTES)
            except BlockingIOError:
                await _in_time(readable(self._answer), still_seconds)

    async def line(self, still_seconds: float | None = STILL_SECONDS) -> dict[str, Any] | None:
        """The next line of JSON; None at the end. Raises Upstream for anything else."""
        while (end := self._read.find(b"\n")) < 0:
            held = bytes(self._read)
            self._read.clear()
            chunk = await self.chunk(still_seconds)
            self._read += held + chunk
            if not chunk:
                return None
            if len(self._read) > MOST_ANSWER_BYTES:
                raise Upstream("the sandbox talks nonsense")
        text = bytes(self._read[:end])
        del self._read[: end + 1]
        try:
            found: object = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Upstream("the sandbox talks nonsense")
        return cast("dict[str, Any]", found)

    async def put(self, data: bytes) -> None:
        """Write all of it. Raises BrokenPipeError, TimedOut."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._input, view) :]
            except BlockingIOError:
                await _in_time(writable(self._input), STILL_SECONDS)

    async def kill(self) -> None:
        """End it if it still runs."""
        with suppress(Refused, Problem):
            await self._channel.ask({"op": "signal", "pid": self.pid, "number": signal.SIGKILL})


async def _in_time(waiting: Any, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        raise TimedOut(
            "the sandbox's file neither gave nor took anything", hint="Look at what the sandbox does."
        ) from None


@asynccontextmanager
async def task(channel: Channel, name: str, args: Mapping[str, object]) -> AsyncGenerator[Task]:
    """Begin a task; it is over when the block is left."""
    answer, answer_inside = os.pipe()
    input_inside, source = os.pipe()
    running: Task | None = None
    try:
        os.set_blocking(answer, False)
        os.set_blocking(source, False)
        try:
            request = {"op": "task", "name": name, "args": args}
            given = await channel.ask(request, (answer_inside, input_inside))
        finally:
            os.close(answer_inside)
            os.close(input_inside)
        pid = given.message.get("pid")
        running = Task(channel, pid if isinstance(pid, int) else -1, answer, source)
        yield running
    finally:
        try:
            if running is not None:
                await running.kill()
        finally:
            os.close(answer)
            os.close(source)


class Watching:
    """Changes as they come; see `LiveWatch`."""

    def __init__(self, task: Task, closing: AsyncExitStack) -> None:
        self._task = task
        self._closing = closing

    def __aiter__(self) -> Watching:
        return self

    async def __anext__(self) -> FileChange:
        while (line := await self._task.line(None)) is not None:
            if line.get("kind") in get_args(ChangeKind):
                return FileChange(line["kind"], str(line.get("path", "")))
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Watch no more. Not while somebody waits for the next change: cancel that first."""
        await self._closing.aclose()


class Files:
    """See `LiveFiles`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def stat(self, path: str) -> FileEntry:
        return _entry(await self._ask("stat", path))

    async def exists(self, path: str) -> bool:
        try:
            await self.stat(path)
        except NotFound:
            return False
        return True

    async def list(self, path: str, *, depth: int = 1) -> list[FileEntry]:
        """What is below a folder."""
        found = await self._ask("list", path, depth=max(1, min(depth, 100)))
        return [_entry(each) for each in cast("list[object]", found)] if isinstance(found, list) else []

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """The bytes of a file."""
        path = absolute(path)
        async with task(self._channel, "read", {"path": path}) as reading:
            _ok(await reading.line(), path)
            while chunk := await reading.chunk():
                yield chunk

    async def write(self, path: str, chunks: AsyncIterable[bytes] | bytes, *, mode: int | None = None) -> FileEntry:
        """Write a whole file; what was there stays until all of it has come."""
        path = absolute(path)
        permissions = None if mode is None else mode & 0o777
        async with task(self._channel, "write", {"path": path, "mode": permissions}) as writing:
            with suppress(BrokenPipeError):
                async for chunk in _framed(chunks):
                    await writing.put(chunk)
            return _entry(_ok(await writing.line(), path))

    async def mkdir(self, path: str) -> bool:
        return await self._ask("mkdir", path) is True

    async def move(self, source: str, target: str) -> FileEntry:
        source, target = absolute(source), absolute(target)
        async with task(self._channel, "move", {"source": source, "target": target}) as moving:
            return _entry(_ok(await moving.line(), source))

    async def remove(self, path: str) -> None:
        """Remove a file or a folder."""
        await self._ask("remove", path)

    async def watch(self, path: str, *, recursive: bool = False) -> Watching:
        """Changes below a folder, from the moment this returns."""
        path = absolute(path)
        async with AsyncExitStack() as stack:
            args = {"path": path, "recursive": recursive}
            watching = await stack.enter_async_context(task(self._channel, "watch", args))
            _ok(await watching.line(), path)
            return Watching(watching, stack.pop_all())

    async def _ask(self, name: str, path: str, **args: object) -> object:
        path = absolute(path)
        async with task(self._channel, name, {"path": path, **args}) as asked:
            return _ok(await asked.line(), path)


async def processes(channel: Channel, started: frozenset[int]) -> list[ProcessInfo]:
    """What runs inside; `started` are those of the sandbox's own door."""
    async with task(channel, "processes", {}) as asked:
        found = _ok(await asked.line(), "/proc")
    return [
        ProcessInfo(
            pid=_int(each.get("pid")),
            parent=_int(each.get("parent")),
            command=str(each.get("command", ""))[:2000],
            state=str(each.get("state", ""))[:1],
            memory_bytes=_int(each.get("memory_bytes")),
            cpu_seconds=_float(each.get("cpu_seconds")),
            started=each.get("pid") in started,
        )
        for each in cast("list[dict[str, Any]]", found if isinstance(found, list) else [])
    ]


def absolute(path: str) -> str:
    """The path, below the home folder when it is relative. Raises Invalid."""
    if "\0" in path or not path or len(path.encode(errors="surrogateescape")) > MOST_PATH_BYTES:
        raise Invalid("paths have 1 to 4,096 bytes and no NUL")
    return posixpath.normpath(posixpath.join(HOME, path))


async def _framed(chunks: AsyncIterable[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(chunks, bytes):
        for start in range(0, len(chunks), READ_BYTES):
            part = chunks[start : start + READ_BYTES]
            yield struct.pack(">I", len(part)) + part
    else:
        async for chunk in chunks:
            if chunk:
                yield struct.pack(">I", len(chunk)) + chunk
    yield struct.pack(">I", 0)


def _ok(line: dict[str, Any] | None, path: str) -> object:
    if line is None:
        raise QuotaExceeded(f"the sandbox gave up on {path!r}", hint="It may have passed one of its limits.")
    if "ok" in line:
        return line["ok"]
    number = _int(line.get("error"))
    kind, words = PROBLEMS.get(number, (Invalid, "{path!r} cannot be used: " + str(line.get("message", ""))[:200]))
    raise kind(words.format(path=path) if number in PROBLEMS else words.replace("{path!r}", repr(path)))


def _entry(found: object) -> FileEntry:
    """An entry as the supervisor tells it, with nothing believed but its types."""
    raw = cast("dict[str, Any]", found if isinstance(found, dict) else {})
    kind = raw.get("kind")
    target = raw.get("target")
    return FileEntry(
        path=str(raw.get("path", "")),
        name=str(raw.get("name", "")),
        kind=cast("FileKind", kind) if kind in get_args(FileKind) else "other",
        size=_int(raw.get("size")),
        mode=_int(raw.get("mode")) & 0o7777,
        mtime=_float(raw.get("mtime")),
        owner=str(raw.get("owner", ""))[:64],
        group=str(raw.get("group", ""))[:64],
        target=None if target is None else str(target),
    )


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _float(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
