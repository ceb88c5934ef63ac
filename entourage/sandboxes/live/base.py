"""What a live sandbox offers, whatever runs it: programs with real pipes and terminals, files, limits, network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from entourage.sandboxes.types import ExecResult, Limits, OnOutput

FileKind = Literal["file", "folder", "link", "other"]
ChangeKind = Literal["created", "written", "removed", "renamed", "mode"]

WORK = "/work"
HOME = "/home/user"
RUN = "/run/live"
PROXY_SOCKET = "/run/proxy.sock"
PROXY_PORT = 3128


class PtySize(msgspec.Struct, frozen=True):
    """Size of a terminal, in characters."""

    rows: int
    cols: int


class Metrics(msgspec.Struct, frozen=True):
    """What a sandbox uses. `cpu_percent` is of one core, since the sample before."""

    cpu_seconds: float = 0.0
    cpu_percent: float = 0.0
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    processes: int = 0
    disk_bytes: int = 0
    disk_limit_bytes: int = 0
    files: int = 0


class FileEntry(msgspec.Struct, frozen=True):
    """One name inside a sandbox. `path` is absolute; `mode` holds the permission bits; `mtime` is epoch seconds."""

    path: str
    name: str
    kind: FileKind
    size: int
    mode: int
    mtime: float
    owner: str = ""
    group: str = ""
    target: str | None = None
    """Where a link points."""


class FileChange(msgspec.Struct, frozen=True):
    """Something happened to a name below a watched folder; `path` is relative to that folder."""

    kind: ChangeKind
    path: str


class ProcessInfo(msgspec.Struct, frozen=True):
    """One process inside, as `ps` would show it."""

    pid: int
    parent: int
    command: str
    state: str
    memory_bytes: int
    cpu_seconds: float
    started: bool
    """Whether it was started through the sandbox's own door, and not by another process inside."""


class Process(Protocol):
    """One program inside a live sandbox.

    The descriptors are real ones on the host's side, non-blocking: pipes, or for a terminal its master as both `stdin`
    and `stdout`. They stay this object's: `close()` closes them. `start` gives them without a reader attached.
    """

    pid: int
    stdin: int | None
    stdout: int
    stderr: int | None

    async def signal(self, number: int) -> None:
        """Send a signal to its process group; nothing happens when it has ended."""
        ...

    def resize(self, size: PtySize) -> None:
        """Set the size of its terminal. Raises Invalid when it has none."""
        ...

    def close_stdin(self) -> None:
        """Let it read the end of its input."""
        ...

    async def wait(self) -> int:
        """Its exit code, 128 + N after signal N. Gives 137 when the sandbox ended under it."""
        ...

    async def close(self) -> None:
        """Kill it and what it started if it still runs, and close the descriptors."""
        ...


class LiveWatch(Protocol):
    """Changes as they come. Close it: a process inside does the watching."""

    def __aiter__(self) -> AsyncIterator[FileChange]: ...

    async def __anext__(self) -> FileChange: ...

    async def aclose(self) -> None: ...


class LiveFiles(Protocol):
    """Files as the sandbox's own user sees them. Paths are absolute, or relative to the home folder.

    Everything raises NotFound (no such name), Invalid (wrong kind, bad path), Forbidden (not the user's to touch),
    Conflict (already there), QuotaExceeded (no room) and TimedOut (nothing moved for long).
    """

    async def stat(self, path: str) -> FileEntry: ...

    async def exists(self, path: str) -> bool: ...

    async def list(self, path: str, *, depth: int = 1) -> list[FileEntry]:
        """What is below a folder, folders before what is in them; at most 10,000 entries."""
        ...

    def read(self, path: str) -> AsyncIterator[bytes]:
        """The bytes of a file, in chunks. A FIFO or a device is refused."""
        ...

    async def write(self, path: str, chunks: AsyncIterable[bytes] | bytes, *, mode: int | None = None) -> FileEntry:
        """Write a whole file, folders above it made at need: the old file or the new one, never half."""
        ...

    async def mkdir(self, path: str) -> bool:
        """Make a folder and those above it. Gives False when it was there."""
        ...

    async def move(self, source: str, target: str) -> FileEntry: ...

    async def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        ...

    async def watch(self, path: str, *, recursive: bool = False) -> LiveWatch:
        """Changes below a folder, from the moment this returns until the watch is closed or the folder is gone."""
        ...


class Live(Protocol):
    """A sandbox that stays: many programs, one set of files, until it is killed."""

    id: str
    owner_id: str
    backend: str
    limits: Limits
    work_folder: Path | None
    """The host's folder that is /work and /home/user inside; None for sandboxes that are elsewhere."""
    run_folder: Path | None
    """A host folder that is `RUN` inside, for sockets; None for sandboxes that are elsewhere."""
    ended: asyncio.Event
    """Set when nothing of it runs any more, whatever ended it."""

    @property
    def files(self) -> LiveFiles: ...

    @property
    def allow(self) -> tuple[str, ...]:
        """Hosts it may reach now."""
        ...

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = WORK,
        stdin: bool = False,
        pty: PtySize | None = None,
    ) -> Process:
        """Start a program. Raises NotFound or Forbidden (no such program), Conflict (paused), Unavailable (ended)."""
        ...

    async def exec(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = WORK,
        stdin: bytes | None = None,
        limits: Limits | None = None,
        on_output: OnOutput | None = None,
        stop: asyncio.Event | None = None,
    ) -> ExecResult:
        """Run a program to its end, or to a limit. Of `limits`, memory, files and processes are the sandbox's own."""
        ...

    async def processes(self) -> list[ProcessInfo]: ...

    async def kill_process(self, pid: int) -> None:
        """Kill one process inside by its number there. Raises NotFound."""
        ...

    async def pause(self) -> None:
        """Stop every process where it is; its memory is kept."""
        ...

    async def resume(self) -> None: ...

    async def metrics(self) -> Metrics: ...

    async def set_network(self, allow: Sequence[str]) -> None:
        """Which hosts it may reach, from now on: names, "*.example.org", "*", addresses; () is none."""
        ...

    async def kill(self) -> None:
        """End everything of it and wait until nothing is left. May be called again."""
        ...


class NewLive(msgspec.Struct, frozen=True):
    """What a backend is asked to make."""

    id: str
    owner_id: str
    work_folder: Path | None = None
    writable: bool = True
    """Whether the work folder may be written to."""
    limits: Limits = msgspec.field(default_factory=Limits)
    env: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    network: tuple[str, ...] = ()
    writable_root: bool = False
    """Whether names can be made at `/` as well (in 64 MB of memory)."""


class Backend(Protocol):
    """A way to make live sandboxes."""

    name: str

    async def unavailable(self) -> str:
        """Why it cannot be used here; empty when it can."""
        ...

    async def make(self, new: NewLive) -> Live:
        """A running sandbox. Raises Unavailable with the reason and the ways out."""
        ...

    async def close(self) -> None:
        """End what is left of it."""
        ...
