"""Copying a folder of the engine: by reference where the file system can, holes kept where it cannot."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_PART_BYTES = 64 * 1_048_576


def copy(source: Path, target: Path) -> None:
    """Copy everything; a `target` that was begun before is done anew."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=_copy_file if sys.platform == "linux" else shutil.copyfile)


def _copy_file(source: str, target: str) -> None:
    with open(source, "rb") as read, open(target, "wb") as write:  # noqa: PTH123  copytree gives text
        size = os.fstat(read.fileno()).st_size
        os.truncate(write.fileno(), size)
        end = 0
        while (span := _data(read.fileno(), end, size)) is not None:
            start, end = span
            _copy_span(read.fileno(), write.fileno(), start, end)


def _data(descriptor: int, start: int, size: int) -> tuple[int, int] | None:
    """Where the next bytes are that are no hole."""
    if start >= size:
        return None
    try:
        found = os.lseek(descriptor, start, os.SEEK_DATA)
    except OSError:  # nothing but a hole follows
        return None
    return found, os.lseek(descriptor, found, os.SEEK_HOLE)


def _copy_span(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        copied = os.copy_file_range(source, target, min(_PART_BYTES, end - start), start, start)
        if not copied:
            return
        start += copied
