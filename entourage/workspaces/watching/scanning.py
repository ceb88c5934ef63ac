"""What is in a folder at a moment, and how two moments differ."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from typing import NamedTuple

from entourage.workspaces.beneath import opened
from entourage.workspaces.reading import Reading
from entourage.workspaces.schemas import EXCLUDED
from entourage.workspaces.telling import Changed
from entourage.workspaces.walk import named, tag_of, walk

FOLDER_TAG = "folder"


class Seen(NamedTuple):
    """What a path was: the tag of a file and its bytes; of a folder FOLDER_TAG."""

    tag: str
    size: int = 0


Scan = Mapping[str, Seen]
"""What is there, by path. Links, pipes and excluded names are not in it."""

_SKIPPED = named(EXCLUDED)


def scan(reading: Reading) -> dict[str, Seen]:
    """The folder as it is. Blocking: some 10 us a file."""
    found: dict[str, Seen] = {}
    with opened(reading.root()) as root:
        for parts, status in walk(root, skips=_SKIPPED):
            if stat.S_ISREG(status.st_mode):
                found["/".join(parts)] = Seen(tag_of(status), status.st_size)
            elif stat.S_ISDIR(status.st_mode):
                found["/".join(parts)] = Seen(FOLDER_TAG)
    return found


def differences(before: Scan, after: Scan) -> list[Changed]:
    """What became of it, in order of path. Folders that only hold what is told anyway are not told."""
    changed = [_written(path, seen.tag) for path, seen in after.items() if before.get(path) != seen]
    changed += [Changed(path, "deleted") for path in before if path not in after]
    files = [one.path for one in changed if one.kind == "written"]
    return sorted(
        (one for one in changed if one.kind != "folder" or not any(f.startswith(f"{one.path}/") for f in files)),
        key=lambda one: one.path,
    )


def _written(path: str, tag: str) -> Changed:
    return Changed(path, "folder") if tag == FOLDER_TAG else Changed(path, "written", etag=tag)
