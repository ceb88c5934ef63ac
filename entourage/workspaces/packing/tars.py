"""Unpacking tar files, plain or packed by gzip or bzip2."""

from __future__ import annotations

import bz2
import io
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from entourage.kit.errors import Invalid
from entourage.workspaces.packing.bounds import CHUNK_BYTES, Bomb, Bounds, folder_for

MOST_HEADER_BYTES = 1_048_576
"""Headers of a member, with long names and extended attributes: they are read as a whole."""

_GZIP = 16 + zlib.MAX_WBITS


def unpack_tar(file: BinaryIO, root: Path, bounds: Bounds) -> None:
    """Raises Invalid (no tar, names that lead out, links, devices), Bomb."""
    source = _Unpacked(file)
    try:
        with tarfile.open(fileobj=cast("BinaryIO", source), mode="r|", bufsize=tarfile.RECORDSIZE) as archive:
            while True:
                source.left = MOST_HEADER_BYTES
                member = archive.next()
                if member is None:
                    return
                source.left = None
                _member(archive, member, root, bounds)
                archive.members = []  # else all of them stay in memory  # pyright: ignore[reportAttributeAccessIssue]
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        raise Invalid(f"the archive is broken: {error}", hint="Give a .zip or a .tar.gz.") from None


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, root: Path, bounds: Bounds) -> None:
    parts = bounds.name(member.name)
    if member.isdir():
        folder_for(root, (*parts, "")).mkdir(exist_ok=True) if parts else None
        return
    if not member.isreg() or member.issparse():
        raise Invalid(f"{member.name[:200]!r} in the archive is a link or a device", hint="Leave it out.")
    if not parts:
        raise Invalid("the archive has a file without a name")
    content = archive.extractfile(member)
    if content is None:
        raise Invalid(f"{member.name[:200]!r} in the archive cannot be read")
    bounds.write(cast("BinaryIO", content), folder_for(root, parts), member.mode)


class _Unpacked:
    """Reads through gzip, bzip2 or nothing. With `left` set, at most so many bytes more: those of a header."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = bytearray()
        self._decoder = _decoder(file)
        self.left: int | None = None

    def read(self, size: int) -> bytes:
        if self.left is not None:
            self.left -= size
            if self.left < 0:
                raise Bomb("the archive has a header that is too long", hint="Pack it anew.")
        while len(self._buffer) < size:
            packed = self._file.read(CHUNK_BYTES) if self._wants() else b""
            if not packed and self._wants():
                break
            self._buffer += self._decode(packed)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _wants(self) -> bool:
        """Whether it needs more packed bytes to give more."""
        if isinstance(self._decoder, bz2.BZ2Decompressor):
            return self._decoder.needs_input or self._decoder.eof
        return self._decoder is None or not self._decoder.unconsumed_tail

    def _decode(self, packed: bytes) -> bytes:
        if self._decoder is None:
            return packed
        if isinstance(self._decoder, bz2.BZ2Decompressor):
            if self._decoder.eof:
                rest = self._decoder.unused_data + packed
                self._decoder, packed = bz2.BZ2Decompressor(), rest
            return self._decoder.decompress(packed, CHUNK_BYTES)
        if self._decoder.eof:
            rest = self._decoder.unused_data + packed
            self._decoder, packed = zlib.decompressobj(_GZIP), rest.lstrip(b"\0")
            return self._decoder.decompress(packed, CHUNK_BYTES) if packed else b""
        return self._decoder.decompress(self._decoder.unconsumed_tail + packed, CHUNK_BYTES)


def _decoder(file: BinaryIO) -> zlib._Decompress | bz2.BZ2Decompressor | None:  # pyright: ignore[reportPrivateUsage]
    start = file.read(6)
    file.seek(0, io.SEEK_SET)
    if start[:2] == b"\x1f\x8b":
        return zlib.decompressobj(_GZIP)
    return bz2.BZ2Decompressor() if start[:3] == b"BZh" else None
