"""Walking a folder that may change, or be changed with ill intent, under one's feet."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from fnmatch import translate
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from entourage.kit.etag import etag_of
from entourage.workspaces.beneath import FOLDER
from entourage.workspaces.types import Entry, Kind

DEEPEST_FOLDER = 100
MOST_VISITED = 50_000


Skips: TypeAlias = Callable[[str], bool]


def leaving_out(globs: Sequence[str], *, hidden: bool) -> Skips | None:
    """What to skip: names like these, and unless `hidden` those with a dot; with `hidden` nothing."""
    if hidden:
        return None
    patterns = [_compiled(glob) for glob in globs]
    return lambda name: name.startswith(".") or any(pattern.match(name) for pattern in patterns)


def named(names: Iterable[str]) -> Skips:
    """Skip these names."""
    return frozenset(names).__contains__


class Found(NamedTuple):
    """A name met on the way: its path's components and its own status, links not followed."""

    parts: tuple[str, ...]
    status: os.stat_result


def walk(
    folder: int,
    prefix: tuple[str, ...] = (),
    *,
    recursive: bool = True,
    depth: int = DEEPEST_FOLDER,
    skips: Skips | None = None,
) -> Iterator[Found]:
    """Everything below an open folder in order of name, at most MOST_VISITED entries and `depth` levels.

    Names that are not UTF-8 are left out (nothing could ask for them), and those that `skips` says yes to.
    """
    depth = min(depth, DEEPEST_FOLDER) if recursive else 1
    stack = [(os.open(".", FOLDER, dir_fd=folder), iter(_names(folder)), prefix)]
    visited = 0
    try:
        while stack and visited < MOST_VISITED:
            fd, names, above = stack[-1]
            name = next(names, None)
            if name is None:
                os.close(stack.pop()[0])
                continue
            if skips and skips(name):
                continue
            with suppress(OSError):
                status = os.stat(name, dir_fd=fd, follow_symlinks=False)
                visited += 1
                yield Found((*above, name), status)
                if stat.S_ISDIR(status.st_mode) and len(stack) < depth:
                    child = os.open(name, FOLDER, dir_fd=fd)
                    stack.append((child, iter(_names(child)), (*above, name)))
    finally:
        for fd, _, _ in stack:
            os.close(fd)


def entry_of(found: Found) -> Entry:
    """How a found name is told."""
    status = found.status
    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return Entry("/".join(found.parts), kind_of(status), size, status.st_mtime_ns // 1_000_000, tag_of(status))


def tag_of(status: os.stat_result) -> str:
    """The entity tag of a file as it is: a write, by whatever program, gives another (its clock cannot be set back)."""
    return etag_of(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def kind_of(status: os.stat_result) -> Kind:
    """The kind of a thing by its mode."""
    if stat.S_ISREG(status.st_mode):
        return "file"
    if stat.S_ISDIR(status.st_mode):
        return "folder"
    return "link" if stat.S_ISLNK(status.st_mode) else "other"


def matcher(pattern: str | None) -> Callable[[tuple[str, ...]], bool]:
    """Whether a path matches a glob: `*`, `?`, `[...]` within a name, `**` for any folders.

    A pattern without `/` matches the last name, at any depth. The time is bounded by names times components.
    """
    if not pattern:
        return lambda _parts: True
    wanted = tuple(part for part in pattern.split("/") if part not in ("", "."))
    if "/" not in pattern:
        return lambda parts: _name_matches(wanted[0], parts[-1]) if wanted else True
    return lambda parts: _matches(wanted, parts)


def _matches(wanted: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Each row of the table tells which prefixes of `parts` the pattern so far can cover."""
    row = [True] + [False] * len(parts)
    for component in wanted:
        if component == "**":
            for index in range(len(parts)):
                row[index + 1] = row[index + 1] or row[index]
        else:
            row = [False] + [row[i] and _name_matches(component, parts[i]) for i in range(len(parts))]
    return row[-1]


def _name_matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).match(name) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _names(folder: int) -> list[str]:
    names = os.listdir(folder)
    return sorted(name for name in names if _is_utf8(name))


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
