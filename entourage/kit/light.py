"""Imports without what a server never uses, and memory that goes back when it is no longer used."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

_M_MMAP_THRESHOLD = -3  # of malloc.h
_LARGE_BYTES = 1024 * 1024


_UNUSED = {
    "structlog": "rich",  # for tracebacks that we never draw: 80 ms, 4 MB
    "fastapi": "email_validator",  # for an address in the OpenAPI document: 15 ms
    "jwt": "cryptography.x509",  # for signatures with certificates, of which ours are none: 45 ms
}
"""Packages that can do without another one, which they load where it is installed."""


def import_lightly() -> None:
    """Import these packages as if what they load for nothing were not there.

    Models that they define are built when they are used first: FastAPI's are the OpenAPI document (45 ms).
    """
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True  # others inherit it where they are defined
    try:
        for name, unused in _UNUSED.items():
            if name not in sys.modules and unused not in sys.modules:
                _import_without(name, unused)
    finally:
        del BaseModel.model_config["defer_build"]


def _import_without(name: str, unused: str) -> None:
    sys.modules[unused] = None  # pyright: ignore[reportArgumentType]  # how Python marks what cannot be imported
    try:
        import_module(name)
    finally:
        del sys.modules[unused]


def return_large_blocks() -> None:
    """Have glibc map large blocks by themselves, so that freeing one gives it back to the system.

    By default the first large block that is freed makes later ones part of the heap, where they stay: a hash of a
    password alone kept 19 MB. Does nothing where there is no glibc.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
