"""Unpacking zip files."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

from entourage.kit.errors import Invalid
from entourage.kit.zips import BROKEN
from entourage.workspaces.packing.bounds import Bomb, Bounds, folder_for

END, END_BYTES, MOST_COMMENT = b"PK\x05\x06", 22, 65_535
MOST_DIRECTORY_BYTES = 16 * 1_048_576
_DECODERS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BROKEN = tuple(error for error in BROKEN if error is not OSError)  # the disk that is written to has its own


def unpack_zip(file: BinaryIO, root: Path, bounds: Bounds) -> None:
    """Raises Invalid (no zip, names that lead out, links), Bomb."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                _member(archive, info, root, bounds)
    except _BROKEN as error:
        raise Invalid(f"the archive is broken: {error}", hint="Pack it anew.") from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, root: Path, bounds: Bounds) -> None:
    parts = bounds.name(info.filename)
    mode = info.external_attr >> 16
    if info.is_dir():
        folder_for(root, (*parts, "")).mkdir(exist_ok=True) if parts else None
        return
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Invalid(f"{info.filename[:200]!r} in the archive is a link or a device", hint="Leave it out.")
    if info.flag_bits & _ENCRYPTED:
        raise Invalid("the archive is encrypted", hint="Pack it without a password.")
    if info.compress_type not in _DECODERS:
        raise Invalid(f"{info.filename[:200]!r} is packed in a way that is not taken", hint="Pack it with deflate.")
    if not parts:
        raise Invalid("the archive has a file without a name")
    try:
        source = archive.open(info)
    except OSError as error:
        raise zipfile.BadZipFile(str(error)) from None
    with source:
        bounds.write(source, folder_for(root, parts), mode)  # pyright: ignore[reportArgumentType]  a binary reader


def _check_directory(file: BinaryIO) -> None:
    """The list of members is read as a whole: refuse one that is itself a bomb."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - END_BYTES - MOST_COMMENT))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        raise Invalid("this is no zip file", hint="Give a .zip or a .tar.gz.")
    directory_bytes, offset = struct.unpack_from("<II", tail, at + 12)
    if min(directory_bytes, max(0, size - offset)) > MOST_DIRECTORY_BYTES or directory_bytes == 0xFFFFFFFF:
        raise Bomb("the archive's list of files is too long", hint="Pack less at once.")
    file.seek(0)
