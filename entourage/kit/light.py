"""Imports without what a server never uses, and memory that goes back when it is no longer used."""

from __future__ import annotations

import sys
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # of malloc.h
_LARGE_BYTES = 1024 * 1024


def import_structlog() -> None:
    """Import structlog as if rich were not there: it loads it for tracebacks that we never draw (80 ms, 4 MB)."""
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType]  # how Python marks what cannot be imported
    try:
        import structlog  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules["rich"]


def return_large_blocks() -> None:
    """Have glibc map large blocks by themselves, so that freeing one gives it back to the system.

    By default the first large block that is freed makes later ones part of the heap, where they stay: a hash of a
    password alone kept 19 MB. Does nothing where there is no glibc.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
