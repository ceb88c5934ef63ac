"""Bringing whole trees into a folder: what was unpacked or cloned beside it, and copies of what is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from entourage.kit.errors import Conflict, Invalid
from entourage.workspaces.beneath import open_beneath, open_file, opened, problems
from entourage.workspaces.changes import CREATE
from entourage.workspaces.ground import NEW_FILE_MODE, NEW_FOLDER_MODE, Ground, status_of
from entourage.workspaces.kept import Kept
from entourage.workspaces.reading import READ_BYTES
from entourage.workspaces.types import Entry
from entourage.workspaces.walk import MOST_VISITED, Found, entry_of, walk


class Grafting:
    """Puts trees in place. Blocking; see `WorkspaceFiles` for what methods give and raise."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._reading = ground.reading

    @property
    def kept(self) -> Kept:
        return self._ground.kept

    def reserve(self, path: str, more_bytes: int, more_files: int) -> None:
        """Raises QuotaExceeded."""
        self._ground.reserve(path, more_bytes, more_files)

    def copy(self, path: str, to: str, *, overwrite: bool) -> Entry:
        """A file or folder a second time; links and devices in it are left out."""
        parts, target = self._reading.named(path), self._reading.named(to)
        if target[: len(parts)] == parts:
            raise Invalid(f"{path!r} cannot be copied into itself, {to!r}", hint="Choose another place.")
        with self.kept.place() as made:
            self._take_along(parts, path, made)
            self.graft(made, to, overwrite=overwrite)
        with opened(self._reading.root()) as root, self._ground.existing(root, target, to) as parent:
            return entry_of(Found(target, os.stat(target[-1], dir_fd=parent, follow_symlinks=False)))

    def graft(self, made: Path, to: str, *, overwrite: bool) -> list[str]:
        """Move what was made in `new` to its place, folders into folders that are there; the paths of its files.

        Raises Conflict, and moves nothing, when a file is in the way and may not be overwritten.
        """
        target = self._reading.parts(to)
        self._ground.give_tree(made) if made.is_dir() else None
        with self._ground.held() as root:
            pairs = _pairs(made, target)
            for parts, _ in pairs:
                self._look(root, parts, overwrite=overwrite)
            for parts, source in pairs:
                self._put(root, parts, source)
        return ["/".join(parts) for parts, _ in pairs]

    def settle(self, made: Path, to: str) -> int:
        """Move all of a folder of ours, links and hidden names too, to a folder that is empty or not there yet; how
        many names that were at its top. Raises Conflict when something is in it."""
        target = self._reading.parts(to)
        self._ground.give_tree(made)
        names = sorted(os.listdir(made))
        with self._ground.held() as root, self._ground.parent(root, (*target, "."), to) as folder:
            if os.listdir(folder):
                where = f"{to!r}" if target else "the workspace"
                raise Conflict(f"{where} is not empty", hint="Name a folder that is not there yet.")
            for name in names:
                os.rename(made / name, name, dst_dir_fd=folder)
        return len(names)

    def _look(self, root: int, parts: tuple[str, ...], *, overwrite: bool) -> None:
        """Whether nothing stands in the way of a file."""
        path = "/".join(parts)
        try:
            with opened(open_beneath(root, parts[:-1], os.O_RDONLY | os.O_DIRECTORY)) as parent:
                there = status_of(parent, parts[-1])
        except FileNotFoundError:
            return
        except OSError:
            raise Conflict(f"{path!r} cannot be made: a file or a link is in its way", hint="Name a folder.") from None
        if there and not (overwrite and stat.S_ISREG(there.st_mode)):
            raise Conflict(f"{path!r} is there already", hint="Choose another place, or allow overwriting.")

    def _put(self, root: int, parts: tuple[str, ...], source: Path) -> None:
        status = source.lstat()
        with self._ground.parent(root, parts, "/".join(parts)) as parent:
            there = status_of(parent, parts[-1])
            if stat.S_ISDIR(status.st_mode):
                if there is None:
                    os.rename(source, parts[-1], dst_dir_fd=parent)
                    self._ground.add(0, 1)
                return
            os.rename(source, parts[-1], dst_dir_fd=parent)
            self._ground.add(status.st_size - (there.st_size if there else 0), 0 if there else 1)

    def _take_along(self, parts: tuple[str, ...], path: str, made: Path) -> None:
        with opened(self._reading.root()) as root, problems(path):
            with opened(open_beneath(root, parts, os.O_RDONLY)) as start:
                status = os.fstat(start)
                if stat.S_ISREG(status.st_mode):
                    self._ground.reserve(path, status.st_size, 1)
                    self._copied(start, made, status)
                    return
                if not stat.S_ISDIR(status.st_mode):
                    raise Invalid(f"{path!r} is neither a file nor a folder", hint="Copy a file or a folder.")
                found = list(walk(start))
            if len(found) >= MOST_VISITED:
                raise Invalid(f"{path!r} has over {MOST_VISITED:,} files", hint="Copy parts of it.")
            regular = [one for one in found if stat.S_ISREG(one.status.st_mode)]
            self._ground.reserve(path, sum(one.status.st_size for one in regular), len(found))
            made.mkdir(mode=NEW_FOLDER_MODE)
            for one in found:
                if stat.S_ISDIR(one.status.st_mode):
                    made.joinpath(*one.parts).mkdir(mode=NEW_FOLDER_MODE, exist_ok=True)
                elif stat.S_ISREG(one.status.st_mode):
                    with opened(open_file(root, (*parts, *one.parts), os.O_RDONLY)) as fd:
                        self._copied(fd, made.joinpath(*one.parts), one.status)

    def _copied(self, source: int, target: Path, status: os.stat_result) -> None:
        """At most as many bytes as were reserved: the file may grow meanwhile."""
        left = status.st_size
        fd = os.open(target, CREATE, 0o600)
        with opened(fd):
            while left > 0 and (chunk := os.read(source, min(READ_BYTES, left))):
                os.write(fd, chunk)
                left -= len(chunk)
            self._ground.give(fd)
            os.fchmod(fd, (stat.S_IMODE(status.st_mode) & 0o777) | NEW_FILE_MODE)


def _pairs(made: Path, target: tuple[str, ...]) -> list[tuple[tuple[str, ...], Path]]:
    """Where each file goes, and empty folders; the folder itself when nothing is in it."""
    if not made.is_dir():
        return [(target, made)]
    found: list[tuple[tuple[str, ...], Path]] = []
    for here, folders, files in os.walk(made):
        above = (*target, *Path(here).relative_to(made).parts)
        found += [((*above, name), Path(here, name)) for name in files]
        if not folders and not files and above:
            found.append((above, Path(here)))
    return found
