"""How files were before agents changed them: `base/<key>.data`, and `base/<key>.json` that tells of it.

The note is written last, at once: without it there is no base.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from entourage.workspaces.kept import Kept
from entourage.workspaces.walk import tag_of

MOST_BASES = 2_000
MOST_TEXT_BYTES = 8 * 1_048_576
"""Texts up to so much are kept when programs change them, and looked into; what is larger is one change as a whole."""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A file before an agent changed it first (`existed` is False for one that it made); who did it last, and when.

    `lost_bytes` is the size of one that was not kept: what it was cannot be brought back.
    """

    path: str
    existed: bool
    lost_bytes: int | None = None
    agent: str
    run_id: str | None = None
    chat_id: str | None = None
    user_id: str | None = None
    changed_ms: int = 0


class Bases:
    """The bases of one folder. Blocking; whoever changes them holds the folder."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def all(self) -> list[Base]:
        """In order of path."""
        folder = self._kept.path / "base"
        found = [_read(path) for path in folder.glob("*.json")] if folder.is_dir() else []
        return sorted((one for one in found if one), key=lambda one: one.path)

    def any(self) -> bool:
        """Whether there are some: a quick look."""
        folder = self._kept.path / "base"
        return folder.is_dir() and any(name.endswith(".json") for name in os.listdir(folder))

    def find(self, path: str) -> Base | None:
        """The base of a file, if there is one."""
        return _read(self._note(path))

    def content(self, base: Base) -> bytes:
        """The bytes it had; none for a file that was not there. Raises OSError when they were not kept."""
        return self._data(base.path).read_bytes() if base.existed else b""

    def size(self, base: Base) -> int | None:
        """How many bytes it had; None for a file that was not there."""
        if not base.existed:
            return None
        return self._data(base.path).stat().st_size if base.lost_bytes is None else base.lost_bytes

    def tag(self, base: Base) -> str:
        """Names what is kept: another after some of the changes were accepted."""
        if not base.existed or base.lost_bytes is not None:
            return f"{base.existed} {base.lost_bytes}"
        return tag_of(self._data(base.path).stat())

    def keep(self, base: Base, data: bytes | None) -> None:
        """Remember how a file is before an agent changes it; only who did it last, when that is known already."""
        known = self.find(base.path)
        if known:
            latest = msgspec.structs.replace(base, existed=known.existed, lost_bytes=known.lost_bytes)
            self._write(self._note(base.path), msgspec.json.encode(latest))
            return
        folder = self._kept.base
        if len(os.listdir(folder)) >= 2 * MOST_BASES:
            return
        if data is not None:
            self._write(self._data(base.path), data)
        self._write(self._note(base.path), msgspec.json.encode(base))

    def replace(self, base: Base, data: bytes | None) -> None:
        """Another base for a file: some of the changes were accepted."""
        if data is not None:
            self._write(self._data(base.path), data)
        self._write(self._note(base.path), msgspec.json.encode(msgspec.structs.replace(base, existed=data is not None)))

    def drop(self, path: str) -> None:
        """Nothing of it waits any more."""
        self._note(path).unlink(missing_ok=True)
        self._data(path).unlink(missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        with self._kept.place() as made:
            made.write_bytes(data)
            made.rename(path)

    def _note(self, path: str) -> Path:
        return self._kept.base / f"{_key(path)}.json"

    def _data(self, path: str) -> Path:
        return self._kept.base / f"{_key(path)}.data"


def _key(path: str) -> str:
    return hashlib.blake2b(path.encode(), digest_size=16).hexdigest()


def _read(note: Path) -> Base | None:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(note.read_bytes(), type=Base)
    return None
