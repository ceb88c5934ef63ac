"""Runs the writer, kills what it is told to, and looks at what is left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from entourage.stores.vectors.edge.store import EdgeVectors
from tests.conformance.vectors.opening import point
from tests.stores.vectors.writer import BATCH, COLLECTION, OWNERS, owner_of

ROUNDS = int(os.environ.get("ENTOURAGE_TEST_ROUNDS", "2"))
SECONDS = 120.0


@dataclass
class Written:
    """What a writer said so far, over all its lives."""

    folder: Path
    safe: int = 0
    gone: set[int] = field(default_factory=set[int])
    removing: set[int] = field(default_factory=set[int])
    """Whether these are removed was never acknowledged; those that are `gone` are among them."""

    async def check(self) -> None:
        """Every safe point is there once, no removed one, and nothing that was never written."""
        store = EdgeVectors(self.folder)
        try:
            for index in range(OWNERS):
                owner = f"owner{index}"
                ids = await store.ids(COLLECTION, owner, limit=1_000_000)
                assert len(ids) == len(set(ids)) == await store.count(COLLECTION, owner)
                safe = {point(n).id for n in range(self.safe) if n not in self.removing and owner_of(n) == owner}
                assert safe <= set(ids), f"{len(safe - set(ids))} of {len(safe)} are lost"
                tried = {point(n).id for n in range(self.safe + BATCH) if owner_of(n) == owner}
                assert set(ids) <= tried - {point(n).id for n in self.gone}
        finally:
            await store.close()


class Writer:
    """One life of the writer."""

    def __init__(self, process: asyncio.subprocess.Process, written: Written) -> None:
        self._process = process
        self._written = written
        self.children: list[int] = []
        self.seen: set[int] = set()
        self.is_building = False

    @classmethod
    async def start(cls, written: Written) -> Writer:
        arguments = [sys.executable, "-m", "tests.stores.vectors.writer", str(written.folder), str(written.safe)]
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe), written)

    async def hear(self, lines: int) -> None:
        """Take in so many lines, or all that come before it ends."""
        assert self._process.stdout
        for _ in range(lines):
            async with asyncio.timeout(SECONDS):
                line = await self._process.stdout.readline()
            if not line.endswith(b"\n"):
                return
            self._take_in(*line.decode().split())

    async def hear_of_building(self) -> None:
        while not self.is_building:
            await self.hear(1)

    def kill(self, *, server: bool, children: bool) -> None:
        pids = [*(self.children if children else []), *([self._process.pid] if server else [])]
        for pid in pids:
            _kill(pid)

    async def gone(self) -> None:
        """Wait until it and all its children have ended, taking in what it had said before."""
        await self.hear(1_000_000)
        async with asyncio.timeout(SECONDS):
            await self._process.wait()
        await all_gone(self.seen)

    async def end(self) -> None:
        """Let it end by itself."""
        assert self._process.stdin
        self._process.stdin.close()
        await self.gone()
        assert self._process.returncode == 0

    def _take_in(self, word: str, *rest: str) -> None:
        match word:
            case "safe":
                self._written.safe = int(rest[0])
            case "removing":
                self._written.removing.add(int(rest[0]))
            case "gone":
                self._written.gone.add(int(rest[0]))
            case "children":
                self.children = [int(pid) for pid in rest]
                self.seen.update(self.children)
            case _:
                self.is_building = word == "building"


async def all_gone(pids: Iterable[int]) -> None:
    """Wait until none of these runs."""
    async with asyncio.timeout(SECONDS):
        while any(_runs(pid) for pid in pids):  # noqa: ASYNC110  nobody tells when another's child ends
            await asyncio.sleep(0.01)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _runs(pid: int) -> bool:
    """Whether it does anything yet: one that only waits to be counted does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}
