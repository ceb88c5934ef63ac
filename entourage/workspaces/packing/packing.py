"""Packing a folder of a workspace into a file that has no name: whoever is killed leaves nothing of it."""

from __future__ import annotations

import os
import stat
import tarfile
import tempfile
import time
import zipfile
from typing import IO, BinaryIO, Literal

from entourage.kit.errors import Invalid
from entourage.workspaces.beneath import open_beneath, open_file, opened, problems
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.reading import READ_BYTES
from entourage.workspaces.walk import MOST_VISITED, Found, walk

ArchiveFormat = Literal["zip", "tar.gz"]
_OLDEST = 315_532_800
"""1980, before which zip knows no time."""


def pack(files: WorkspaceFiles, path: str, kind: ArchiveFormat) -> BinaryIO:
    """A folder, or a file, as an open archive from its beginning. Links and devices are left out. Blocking."""
    parts = files.reading.parts(path)
    made = tempfile.TemporaryFile(dir=files.kept.new)  # noqa: SIM115  its reader closes it
    try:
        with opened(files.reading.root()) as root, problems(path):
            base, found = _found(root, parts)
            if kind == "zip":
                _zip(made, root, base, found)
            else:
                _tar(made, root, base, found)
    except BaseException:
        made.close()
        raise
    made.seek(0)
    return made  # pyright: ignore[reportReturnType]  a file in binary mode


def _found(root: int, parts: tuple[str, ...]) -> tuple[tuple[str, ...], list[Found]]:
    """What is packed, and the folder its paths begin in."""
    with opened(open_beneath(root, parts, os.O_RDONLY)) as start:
        status = os.fstat(start)
        if stat.S_ISREG(status.st_mode):
            return parts[:-1], [Found(parts[-1:], status)]
        if not stat.S_ISDIR(status.st_mode):
            raise Invalid(f"{'/'.join(parts)!r} is neither a file nor a folder")
        found = list(walk(start))
    if len(found) >= MOST_VISITED:
        raise Invalid(f"there are over {MOST_VISITED:,} files", hint="Download a part of it.")
    return parts, found


def _zip(made: IO[bytes], root: int, base: tuple[str, ...], found: list[Found]) -> None:
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for one in found:
            name, mode = "/".join(one.parts), one.status.st_mode
            when = time.gmtime(max(one.status.st_mtime, _OLDEST))[:6]
            if stat.S_ISDIR(mode):
                archive.writestr(zipfile.ZipInfo(f"{name}/", when), b"")
            elif stat.S_ISREG(mode):
                info = zipfile.ZipInfo(name, when)
                info.external_attr = (stat.S_IFREG | stat.S_IMODE(mode) & 0o777) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                with opened(_file(root, base, one)) as fd, archive.open(info, "w") as target:
                    left = one.status.st_size
                    while left > 0 and (chunk := os.read(fd, min(READ_BYTES, left))):
                        target.write(chunk)
                        left -= len(chunk)


def _tar(made: IO[bytes], root: int, base: tuple[str, ...], found: list[Found]) -> None:
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=6) as archive:
        for one in found:
            info = tarfile.TarInfo("/".join(one.parts))
            info.mtime, info.mode = int(one.status.st_mtime), stat.S_IMODE(one.status.st_mode) & 0o777
            if stat.S_ISDIR(one.status.st_mode):
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            elif stat.S_ISREG(one.status.st_mode):
                with opened(_file(root, base, one)) as fd:
                    info.size = os.fstat(fd).st_size
                    archive.addfile(info, _Exactly(fd, info.size))  # pyright: ignore[reportArgumentType]


def _file(root: int, base: tuple[str, ...], one: Found) -> int:
    return open_file(root, (*base, *one.parts), os.O_RDONLY)


class _Exactly:
    """Gives as many bytes as the header says, zeros when the file became shorter meanwhile."""

    def __init__(self, fd: int, size: int) -> None:
        self._fd = fd
        self._left = size

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        data = os.read(self._fd, size)
        data += b"\0" * (size - len(data)) if not data else b""
        self._left -= len(data)
        return data
