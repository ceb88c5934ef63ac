"""Unpacking an archive beside a folder, then moving all of it in at once: a bad archive leaves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from entourage.kit.errors import UnsupportedMedia
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import MAX_FILE_BYTES
from entourage.workspaces.packing.bounds import Bounds
from entourage.workspaces.packing.tars import unpack_tar
from entourage.workspaces.packing.zips import unpack_zip

MOST_FILES = 50_000
ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar", ".zip")


def is_archive(name: str) -> bool:
    """Whether a file of this name can be unpacked."""
    return name.lower().endswith(ENDINGS)


def stem_of(path: str) -> str:
    """An archive's path without its ending: the folder it is unpacked to."""
    name = PurePosixPath(path).name.lower()
    ending = next((one for one in ENDINGS if name.endswith(one)), "")
    return path[: len(path) - len(ending)] or path


def unpack(
    files: WorkspaceFiles,
    archive: BinaryIO,
    to: str,
    *,
    overwrite: bool,
    on_file: Callable[[int, int], None] = lambda _files, _bytes: None,
) -> list[str]:
    """Unpack an open archive into a folder; the paths of its files. Blocking.

    Raises Invalid (broken, names that lead out, links), UnsupportedMedia, TooLarge (a bomb), QuotaExceeded, Conflict.
    """
    files.reading.parts(to)
    with files.kept.place() as made:
        made.mkdir(mode=0o755)
        unpack_into(files, archive, made, on_file)
        return files.grafting.graft(made, to, overwrite=overwrite)


def unpack_into(files: WorkspaceFiles, archive: BinaryIO, made: Path, on_file: Callable[[int, int], None]) -> None:
    """As `unpack`, into a folder of ours, within what the workspace has room for."""
    used = files.reading.usage()
    size = archive.seek(0, os.SEEK_END)
    archive.seek(0)
    bounds = Bounds(size, max(0, used.quota_bytes - used.bytes), MOST_FILES, MAX_FILE_BYTES, on_file)
    if _is_zip(archive):
        unpack_zip(archive, made, bounds)
    else:
        unpack_tar(archive, made, bounds)
    files.grafting.reserve("the archive", bounds.bytes, bounds.files)


def _is_zip(archive: BinaryIO) -> bool:
    start = archive.read(6)
    archive.seek(0)
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return True
    if start[:6] == b"\xfd7zXZ\0" or start[:4] == b"\x28\xb5\x2f\xfd" or start[:2] == b"7z":
        raise UnsupportedMedia("This kind of archive is not taken.", hint="Give a .zip, .tar, .tar.gz or .tar.bz2.")
    return False
