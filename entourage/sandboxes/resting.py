"""Paused sandboxes between two starts of the server: their files and settings wait, their processes are gone.

What is needed for it lies in a sandbox's own room from the moment it is paused, so that `kill -9` loses nothing either.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from entourage.accounts.master_key import MasterKeyError
from entourage.accounts.vault import Vault
from entourage.kit.errors import Conflict
from entourage.sandboxes.held import Held, NewSandbox
from entourage.sandboxes.live.base import WORK, LiveFiles, Metrics, Process, ProcessInfo, PtySize
from entourage.sandboxes.live.room import NOTE, OWN_WORK, remove
from entourage.sandboxes.types import ExecResult, Limits, OnOutput


class Note(msgspec.Struct, frozen=True):
    """Whose a paused sandbox is, and how it was made."""

    owner_id: str
    new: NewSandbox


class Resting:
    """The notes of paused sandboxes, in the rooms of this server, sealed: environments hold keys. Blocking."""

    def __init__(self, rooms: Path, vault: Vault) -> None:
        self._rooms = rooms
        self._vault = vault

    def note(self, held: Held) -> None:
        """Have it wait for the next start, should there be one; as it stands, with the hosts it may reach now."""
        as_it_stands = {"backend": held.live.backend, "timeout_seconds": held.timeout_seconds}
        new = replace(held.new, network=tuple(held.live.allow), **as_it_stands)
        unfinished = self._rooms / held.id / f"{NOTE}.new"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self._vault.seal(msgspec.json.encode(Note(held.owner_id, new), enc_hook=str)))
        unfinished.rename(self._rooms / held.id / NOTE)

    def is_noted(self, sandbox_id: str) -> bool:
        """Whether it would wait."""
        return (self._rooms / sandbox_id / NOTE).exists()

    def forget(self, sandbox_id: str) -> None:
        """It goes on: it would end with the server."""
        (self._rooms / sandbox_id / NOTE).unlink(missing_ok=True)

    def discard(self, sandbox_id: str) -> None:
        """It has ended: nothing of it stays."""
        remove(self._rooms / sandbox_id)

    def found(self) -> Mapping[str, Note]:
        """What waits, by id. A room whose note cannot be read is removed."""
        notes: dict[str, Note] = {}
        for path in list(self._rooms.glob(f"*/{NOTE}")):
            if (note := self._read(path)) is not None:
                notes[path.parent.name] = note
            else:
                remove(path.parent)
        return notes

    def _read(self, path: Path) -> Note | None:
        with suppress(OSError, MasterKeyError, msgspec.MsgspecError):
            return msgspec.json.decode(self._vault.unseal(path.read_bytes()), type=Note, dec_hook=_made)
        return None

    def asleep(self, sandbox_id: str, note: Note, limits: Limits) -> Asleep:
        """It, to be held until it is resumed."""
        return Asleep(sandbox_id, note, limits, note.new.work_folder or self._rooms / sandbox_id / OWN_WORK)


class Asleep:
    """See `Live`: it can be looked at, killed, and resumed into another; all else is refused with Conflict."""

    run_folder: Path | None = None

    def __init__(self, sandbox_id: str, note: Note, limits: Limits, work_folder: Path) -> None:
        self.id = sandbox_id
        self.owner_id = note.owner_id
        self.backend = note.new.backend or ""
        self.limits = limits
        self.work_folder: Path | None = work_folder
        self.ended = asyncio.Event()
        self.allow = note.new.network

    @property
    def files(self) -> LiveFiles:
        raise _refused(self.id)

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = WORK,
        stdin: bool = False,
        pty: PtySize | None = None,
    ) -> Process:
        raise _refused(self.id)

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
        raise _refused(self.id)

    async def processes(self) -> list[ProcessInfo]:
        raise _refused(self.id)

    async def kill_process(self, pid: int) -> None:
        raise _refused(self.id)

    async def pause(self) -> None:
        raise _refused(self.id)

    async def resume(self) -> None:
        raise _refused(self.id)

    async def metrics(self) -> Metrics:
        """It uses nothing but its place on the disk, which nobody counts."""
        return Metrics(memory_limit_bytes=self.limits.memory_bytes, disk_limit_bytes=self.limits.file_bytes)

    async def set_network(self, allow: Sequence[str]) -> None:
        raise _refused(self.id)

    async def kill(self) -> None:
        """Nothing of it runs."""
        self.ended.set()


def _refused(sandbox_id: str) -> Conflict:
    return Conflict(
        f"The sandbox {sandbox_id} is paused; its processes ended when the server was started anew.",
        hint="Resume it: its files are there.",
    )


def _made(kind: type[Any], value: Any) -> Any:
    return kind(value)
