"""What every change of a folder needs: it held, its folders opened or made, room, and whom new files belong to."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from entourage.workspaces.beneath import FOLDER, open_beneath, opened, problems
from entourage.workspaces.kept import Kept
from entourage.workspaces.metering import Meter
from entourage.workspaces.reading import PARENT, Reading

NEW_FILE_MODE, NEW_FOLDER_MODE = 0o644, 0o755


class Ground:
    """A folder that is changed, one change at a time: `with ground.held(): ...`."""

    def __init__(self, reading: Reading, kept: Kept, meters: Sequence[Meter], owner: tuple[int, int] | None) -> None:
        self.reading = reading
        self.kept = kept
        self.meters = meters
        self.owner = owner

    @contextmanager
    def held(self) -> Generator[int, None, None]:
        """The folder, opened, while nobody else of ours changes it."""
        with self.kept.locked(), opened(self.reading.root()) as root:
            yield root

    @contextmanager
    def existing(self, root: int, parts: tuple[str, ...], path: str) -> Generator[int, None, None]:
        """The folder in which the last of `parts` is, opened. Raises NotFound when it is not."""
        with ExitStack() as found:
            with problems(path):
                parent = found.enter_context(opened(open_beneath(root, parts[:-1], PARENT)))
                os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
            yield parent

    @contextmanager
    def parent(self, root: int, parts: tuple[str, ...], path: str) -> Generator[int, None, None]:
        """The folder in which the last of `parts` is, opened; made with those above it when missing."""
        with problems(path):
            current = os.open(".", FOLDER, dir_fd=root)
            try:
                for name in parts[:-1]:
                    current = self._enter(current, name)
                yield current
            finally:
                os.close(current)

    def reserve(self, path: str, more_bytes: int, more_files: int = 0) -> None:
        """Raises QuotaExceeded."""
        for meter in self.meters:
            meter.reserve(path, more_bytes, more_files)

    def add(self, more_bytes: int, more_files: int = 0) -> None:
        """So much was written (or, below zero, removed)."""
        for meter in self.meters:
            meter.add(more_bytes, more_files)

    def give(self, fd: int) -> None:
        """Let sandboxed programs change it."""
        if self.owner is not None:
            os.fchown(fd, *self.owner)

    def give_tree(self, folder: Path) -> None:
        """As `give`, for a folder of ours with all in it."""
        if self.owner is None:
            return
        for _, folders, files, fd in os.fwalk(folder, follow_symlinks=False):
            for name in (*folders, *files):
                os.chown(name, *self.owner, dir_fd=fd, follow_symlinks=False)
        os.chown(folder, *self.owner)

    def _enter(self, parent: int, name: str) -> int:
        """Open a folder in `parent`, which is closed on success; make it when missing."""
        try:
            os.mkdir(name, NEW_FOLDER_MODE, dir_fd=parent)
        except FileExistsError:
            child = open_beneath(parent, (name,), PARENT)
        else:
            child = open_beneath(parent, (name,), PARENT)
            self.give(child)
            self.add(0, 1)
        os.close(parent)
        return child


def status_of(parent: int, name: str) -> os.stat_result | None:
    """What is under a name in an open folder, None for nothing."""
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None
