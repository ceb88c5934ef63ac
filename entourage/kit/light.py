"""Imports that would load what a server never uses."""

from __future__ import annotations

import sys


def import_structlog() -> None:
    """Import structlog as if rich were not there: it loads it for tracebacks that we never draw (80 ms, 4 MB)."""
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType]  # how Python marks what cannot be imported
    try:
        import structlog  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules["rich"]
