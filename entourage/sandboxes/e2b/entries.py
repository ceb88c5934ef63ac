"""Names in a sandbox as envd tells them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from entourage.sandboxes.live.base import ChangeKind, FileChange, FileEntry

_TYPES = {"file": "FILE_TYPE_FILE", "folder": "FILE_TYPE_DIRECTORY", "link": "FILE_TYPE_SYMLINK"}
_KINDS = {"file": stat.S_IFREG, "folder": stat.S_IFDIR, "link": stat.S_IFLNK, "other": 0}
_CHANGES: Mapping[ChangeKind, str] = {
    "created": "EVENT_TYPE_CREATE",
    "written": "EVENT_TYPE_WRITE",
    "removed": "EVENT_TYPE_REMOVE",
    "renamed": "EVENT_TYPE_RENAME",
    "mode": "EVENT_TYPE_CHMOD",
}


def entry_info(entry: FileEntry) -> dict[str, Any]:
    """`filesystem.EntryInfo`."""
    info: dict[str, Any] = {
        "name": entry.name,
        "type": _TYPES.get(entry.kind, "FILE_TYPE_UNSPECIFIED"),
        "path": entry.path,
        "size": str(entry.size),
        "mode": entry.mode & 0o7777,
        "permissions": stat.filemode(_KINDS[entry.kind] | (entry.mode & 0o7777)),
        "owner": entry.owner or "user",
        "group": entry.group or "user",
        "modifiedTime": datetime.fromtimestamp(entry.mtime, UTC).isoformat().replace("+00:00", "Z"),
    }
    if entry.target is not None:
        info["symlinkTarget"] = entry.target
        info["isSymlink"] = True
    return info


def write_info(entry: FileEntry) -> dict[str, Any]:
    """What `/files` answers for a file that was written."""
    return {"name": entry.name, "type": "dir" if entry.kind == "folder" else "file", "path": entry.path}


def event_of(change: FileChange) -> dict[str, Any]:
    """`filesystem.FilesystemEvent`."""
    return {"name": change.path, "type": _CHANGES[change.kind]}
