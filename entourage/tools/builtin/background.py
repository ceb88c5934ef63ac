"""Commands that go on while the agent does something else; they end with their sandbox."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from entourage.kit.errors import Conflict, NotFound
from entourage.sandboxes.interpreter.pipes import Reader
from entourage.sandboxes.live.base import Live, Process

MOST = 8
"""Of one sandbox, those that have ended and were not read to their end included."""
KEPT_BYTES = 200_000
"""Of what was printed and not read yet, its end."""
STOP_SECONDS = 3.0


class _Going:
    """One command: what it printed since it was last looked at."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.code: int | None = None
        self._unread = b""
        self._lost = 0
        streams = [process.stdout, *([process.stderr] if process.stderr is not None else [])]
        self._readers = [Reader(fd, self._take, _nothing) for fd in streams]
        self.following = asyncio.create_task(self._follow())

    def read(self) -> str:
        """What came since the last time, and how it stands."""
        text = self._unread.decode(errors="replace").rstrip("\n")
        parts = [f"[{self._lost:,} bytes before this are lost]" if self._lost else "", text, self._standing()]
        self._unread, self._lost = b"", 0
        return "\n".join(part for part in parts if part)

    async def close(self) -> None:
        """Let go of it."""
        self.following.cancel()
        await asyncio.gather(self.following, return_exceptions=True)
        for reader in self._readers:
            reader.close()
        await self.process.close()

    def _standing(self) -> str:
        return "[it is running]" if self.code is None else f"[it has ended with exit code {self.code}]"

    def _take(self, chunk: bytes) -> None:
        self._unread += chunk
        over = len(self._unread) - KEPT_BYTES
        if over > 0:
            self._unread = self._unread[over:]
            self._lost += over

    async def _follow(self) -> None:
        code = await self.process.wait()
        for reader in self._readers:
            reader.drain()
        self.code = code


class Background:
    """The commands of every sandbox, by their numbers inside."""

    def __init__(self) -> None:
        self._going: dict[str, dict[int, _Going]] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}

    async def start(self, live: Live, argv: Sequence[str]) -> int:
        """Start one; its number. Raises Conflict when there are too many."""
        mine = self._going.setdefault(live.id, {})
        for pid in [pid for pid, going in mine.items() if going.code is not None] if len(mine) >= MOST else []:
            await mine.pop(pid).close()
        if len(mine) >= MOST:
            raise Conflict(f"There are {MOST} commands running in the background.", hint="Stop one of them.")
        process = await live.start(argv)
        mine[process.pid] = _Going(process)
        if live.id not in self._watches:
            self._watches[live.id] = asyncio.create_task(self._watch(live))
        return process.pid

    async def read(self, live: Live, pid: int) -> str:
        """What it printed, and how it stands; one that has ended is forgotten. Raises NotFound."""
        going = self._found(live, pid)
        if going.code is not None:
            await self._going[live.id].pop(pid).close()
        return going.read()

    async def stop(self, live: Live, pid: int) -> str:
        """End it, and read it for the last time. Raises NotFound."""
        going = self._found(live, pid)
        await going.process.signal(signal.SIGTERM)
        done, _ = await asyncio.wait((going.following,), timeout=STOP_SECONDS)
        if not done:
            await going.process.signal(signal.SIGKILL)
            await asyncio.wait((going.following,), timeout=STOP_SECONDS)
        return await self.read(live, pid)

    def _found(self, live: Live, pid: int) -> _Going:
        try:
            return self._going[live.id][pid]
        except KeyError:
            raise NotFound(f"There is no background command {pid} in this conversation any more.") from None

    async def _watch(self, live: Live) -> None:
        await live.ended.wait()
        del self._watches[live.id]
        for going in self._going.pop(live.id, {}).values():
            await going.close()


def _nothing() -> None:
    return
