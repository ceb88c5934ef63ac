"""What readers give: parts of a file's text, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import msgspec

from entourage.memory.ingest.chunking import Kind

Code: TypeAlias = Literal[
    "too_large",
    "unsupported",
    "encrypted",
    "corrupt",
    "empty",
    "timeout",
    "bomb",
    "unreachable",
    "refused",
    "too_many",
    "no_text",
    "no_vision",
    "quota",
    "unknown",
]
"""Why a file was not read. The client has advice for each."""


OUT_OF_TIME, OUT_OF_MEMORY = 97, 98
"""How a child ends that a file took too much of."""


class Unreadable(Exception):
    """A file that gives no text; `detail` says so to a person."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code: Code = code
        self.detail = detail


class Part(msgspec.Struct, frozen=True):
    """A stretch of text: a whole file, a page, some rows. `line` is where it begins in the file."""

    text: str
    kind: Kind = "text"
    page: int | None = None
    line: int = 1


class Member(msgspec.Struct, frozen=True):
    """A file within an archive; its name is a clean relative path. `error` says why its bytes are not there."""

    name: str
    data: bytes
    error: Unreadable | None = None


class File(msgspec.Struct):
    """A file to read. Readers set `title` when they find one, and count what they left out of archives."""

    name: str
    data: bytes
    base_url: str = ""
    title: str = ""
    grammar: str | None = None
    skipped: int = 0


Reader: TypeAlias = Callable[[File], Iterator[Part | Member]]


def clean(text: str) -> str:
    """Text that every engine keeps: no NULs, no lone surrogates, line ends as one letter."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").removeprefix("\ufeff")
    return plain.encode("utf-8", "replace").decode()
