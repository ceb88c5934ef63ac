"""What may go wrong in reading zip archives."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Final

BROKEN: Final[tuple[type[Exception], ...]] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)
"""All that `zipfile` raises over broken archives, found by breaking some: its own error and its parts'.

`OSError` is for places before the beginning of a file; where one writes, too, it may be the disk's own.
"""
