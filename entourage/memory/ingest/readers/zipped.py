"""Members of a ZIP within bounds, whatever its headers claim."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO

from entourage.kit.zips import BROKEN
from entourage.memory.ingest.readers.parts import Unreadable

MAX_DIRECTORY_BYTES = 16 * 1_048_576

_END = struct.Struct("<4s4H2LH")


@contextmanager
def opened(data: bytes) -> Generator[zipfile.ZipFile]:
    """The archive. Raises Unreadable, also for what is wrong with its members."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield archive
    except BROKEN as error:
        raise Unreadable("corrupt", f"It is a ZIP that cannot be read: {str(error)[:120]}.") from None


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most_bytes: int) -> bytes:
    """What is in a member. Raises Unreadable when it is encrypted or unpacks to more than `most_bytes`."""
    if info.flag_bits & 1:
        raise Unreadable("encrypted", "It is protected with a password.")
    if info.file_size > most_bytes:
        raise _too_much(most_bytes)
    with archive.open(info) as unpacking:
        data = unpacking.read(most_bytes + 1)  # the header may understate it
    if len(data) > most_bytes:
        raise _too_much(most_bytes)
    return data


def _too_much(most_bytes: int) -> Unreadable:
    return Unreadable("bomb", f"It unpacks to more than {most_bytes:,} bytes.")


def _check_directory(data: bytes) -> None:
    """Refuse a list of members that would fill the memory, before anybody reads it."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(data):
        raise Unreadable("corrupt", "It is a ZIP that was cut off.")
    if _END.unpack_from(data, end)[5] > MAX_DIRECTORY_BYTES or data[max(0, end - 20) :][:4] == b"PK\x06\x07":
        raise Unreadable("too_many", "It is a ZIP with too many files.")
