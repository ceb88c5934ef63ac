"""Where imports come from, as the floors above give it: nothing here opens a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import msgspec

from entourage.kit.errors import Invalid
from entourage.workspaces.packing.unpacking import is_archive

Received: TypeAlias = Callable[[int, "int | None"], None]
"""Told how many bytes came in, and of how many (None: unknown). It returns at once."""


class Refs(msgspec.Struct, frozen=True):
    """The branches and tags of a repository, by their full names; `head` is the one it shows."""

    head: str | None
    ids: dict[str, str] = msgspec.field(default_factory=dict[str, str])


FetchRepository: TypeAlias = Callable[[str, Path, int, Received], Awaitable[Refs]]
"""Writes all objects of a repository's URL into a pack file of at most so many bytes. For one without a commit no file.
Raises Invalid, Forbidden (an address that is not public), NotFound, TooLarge, TimedOut, Upstream."""

Download: TypeAlias = Callable[[str, Path, int, Received], Awaitable[None]]
"""Writes what is at a URL into a file of at most so many bytes. Raises as `FetchRepository`."""


def checked_url(url: str) -> str:
    """A URL that may be asked for at all. Raises Invalid for other schemes than https and http."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Invalid(
            f"{url[:200]!r} cannot be imported from",
            hint="Give an https:// address of a repository or an archive.",
            errors=[{"field": "url", "message": "is no https address"}],
        )
    if parts.username or parts.password:
        raise Invalid("The address has a user or a password in it.", hint="Only what is public can be imported.")
    return url.strip()


def is_archive_url(url: str) -> bool:
    """Whether a URL leads to an archive rather than to a repository."""
    return is_archive(urlsplit(url).path)
