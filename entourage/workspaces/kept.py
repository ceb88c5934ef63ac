"""What the server keeps beside a folder of files, where programs in the sandbox never look.

`root/<owner>/.kept/<id>/` is on the same disk as `root/<owner>/<id>/`, so files move between them in one step:

- `lock`: held (flock) by whoever changes the folder, in any process
- `new/`: files that are being written, and archives that are being unpacked; emptied at the start
- `trash/`, `base/`, `shadow/`: see `trash`, `review` and `noticing`
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from entourage.workspaces.beneath import FOLDER, opened
from entourage.workspaces.removing import remove_tree

KEPT = ".kept"
GONE = ".gone"
"""What a folder is named by that is being removed."""
PRIVATE = 0o700
LEFTOVER_SECONDS = 3600.0


class Kept(msgspec.Struct, frozen=True):
    """The server's own folder beside a folder of files. Folders in it are made when they are needed."""

    path: Path

    @classmethod
    def beside(cls, folder: Path) -> Kept:
        return cls(folder.parent / KEPT / folder.name)

    @property
    def new(self) -> Path:
        return self._made("new")

    @property
    def trash(self) -> Path:
        return self._made("trash")

    @property
    def base(self) -> Path:
        return self._made("base")

    @property
    def shadow(self) -> Path:
        return self._made("shadow")

    @contextmanager
    def locked(self) -> Generator[None, None, None]:
        """Hold the folder: no other thread or process of ours changes it meanwhile. Not reentrant."""
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        fd = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    @contextmanager
    def place(self) -> Generator[Path, None, None]:
        """A name in `new` for what is being made; whatever is left of it at the end is removed."""
        path = self.new / secrets.token_hex(8)
        try:
            yield path
        finally:
            remove(path)

    def mark(self, name: str) -> None:
        """Leave a sign that outlives this process."""
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (self.path / name).touch()

    def sweep(self, older_than_seconds: float = 0.0) -> None:
        """Remove what a server that was killed left half made."""
        if not older_than_seconds:
            remove(self.path / "shadow")
        before = time.time() - older_than_seconds
        for path in (self.path / "new").glob("*"):
            with suppress(OSError):
                if path.lstat().st_mtime <= before:
                    remove(path)

    def _made(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        return folder


def sweep_all(root: Path, *, alone: bool) -> None:
    """Remove what killed servers left under every owner; with other servers on the same disk, only what is old."""
    for kept in root.glob(f"*/{KEPT}/*"):
        Kept(kept).sweep(0.0 if alone else LEFTOVER_SECONDS)
    for gone in root.glob(f"*/{KEPT}/*{GONE}"):
        remove(gone)


def remove(path: Path) -> None:
    """Remove a file or a folder in a folder of ours, if it is there, whatever is in it."""
    with suppress(FileNotFoundError), opened(os.open(path.parent, FOLDER)) as parent:
        if stat.S_ISDIR(os.stat(path.name, dir_fd=parent, follow_symlinks=False).st_mode):
            remove_tree(parent, path.name)
        else:
            os.unlink(path.name, dir_fd=parent)
