"""What the files of a workspace look like from outside."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["file", "folder", "link", "other"]


class Entry(msgspec.Struct, frozen=True):
    """One name in a workspace. `path` is relative to it, with `/`; `size` in bytes; `modified_ms` since the epoch.

    `etag` names this very state of the file.
    """

    path: str
    kind: Kind
    size: int
    modified_ms: int
    etag: str = ""


class FileText(msgspec.Struct, frozen=True):
    """Lines of a text file. `first_line` counts from 1; `truncated` when lines after these exist."""

    path: str
    text: str
    first_line: int
    lines: int
    total_lines: int
    truncated: bool
    size: int


class Edited(msgspec.Struct, frozen=True):
    """An edit that was made: the file now, how many places changed, and the unified diff."""

    entry: Entry
    replacements: int
    diff: str


class Listing(msgspec.Struct, frozen=True):
    """Entries in order of path; `truncated` when there are more than were asked for."""

    entries: list[Entry]
    truncated: bool


class Match(msgspec.Struct, frozen=True):
    """A line that matched; `line` counts from 1, `column` too, in UTF-16 code units as editors do.

    `text` is cut at 500 characters.
    """

    path: str
    line: int
    text: str
    column: int = 1


class SearchResult(msgspec.Struct, frozen=True):
    """Matches in order of path; `truncated` when there were more, or files were left out for their number or size."""

    matches: list[Match]
    files_searched: int
    truncated: bool


class FolderUsage(msgspec.Struct, frozen=True):
    """What a workspace holds."""

    bytes: int
    files: int
    quota_bytes: int
