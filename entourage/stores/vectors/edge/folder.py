"""The folder of a collection: `state.json` and the `data-N` it names; whatever else is there was left by a crash."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from entourage.stores.vectors.base import Damaged

FORMAT = 1
_STATE = "state.json"


class State(msgspec.Struct, forbid_unknown_fields=True):
    """What a collection is. `built` counts the points at the last building, `data` names the folder that counts."""

    dimensions: int
    data: str = "data-1"
    built: int = 0
    format: int = FORMAT


class Folder:
    """One collection on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_there(self) -> bool:
        """Whether there is such a collection, in whatever state."""
        return (self.path / _STATE).exists()

    def read(self) -> State | None:
        """Its state; None when there is no such collection. Raises Damaged."""
        try:
            text = (self.path / _STATE).read_bytes()
        except FileNotFoundError:
            return None
        try:
            state = msgspec.json.decode(text, type=State)
        except msgspec.DecodeError as error:
            raise Damaged(f"{self.path / _STATE} cannot be read: {error}", hint=REBUILD) from None
        if state.format != FORMAT:
            raise Damaged(f"{self.path} has format {state.format}, this server knows {FORMAT}", hint=REBUILD)
        return state

    def write(self, state: State) -> None:
        """Make `state` count, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self.path / f"{_STATE}.{os.getpid()}"
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(state))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / _STATE)
        _sync(self.path)

    def data(self, state: State) -> Path:
        return self.path / state.data

    def journal(self) -> Path:
        """Where changes are kept while a copy is being built."""
        return self.path / "journal"

    def next_data(self, state: State) -> str:
        """The name of the copy to be built."""
        return f"data-{int(state.data.removeprefix('data-')) + 1}"

    def clean(self, state: State) -> None:
        """Remove what does not count."""
        for entry in self.path.iterdir():
            if entry.name in {_STATE, state.data}:
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def bytes(self) -> int:
        """Bytes on disk, as the file system counts them (files with holes are shorter than they look)."""
        return sum(entry.stat().st_blocks * 512 for entry in self.path.rglob("*") if entry.is_file())

    def remove(self) -> None:
        """Remove everything; the state first, so that half of it is nothing."""
        (self.path / _STATE).unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)


REBUILD = "Build the index of this collection anew; nothing but the index is lost."


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
