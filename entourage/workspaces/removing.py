"""Removing folders that hostile code may have filled."""

from __future__ import annotations

import os
import secrets
import stat

from entourage.kit.errors import Conflict
from entourage.workspaces.beneath import FOLDER, opened


def remove_tree(parent: int, name: str) -> None:
    """Remove a folder with all in it, however deep: folders met are moved up, so neither stack nor descriptors grow."""
    pending = [name]
    while pending:
        current = pending[-1]
        found: list[str] = []
        with opened(os.open(current, FOLDER, dir_fd=parent)) as folder:
            for inner in os.listdir(folder):
                if stat.S_ISDIR(os.stat(inner, dir_fd=folder, follow_symlinks=False).st_mode):
                    found.append(f".{secrets.token_hex(8)}.gone")
                    os.rename(inner, found[-1], src_dir_fd=folder, dst_dir_fd=parent)
                else:
                    os.unlink(inner, dir_fd=folder)
        os.rmdir(current, dir_fd=parent)
        pending.pop()
        pending += found


def remove_empty(parent: int, name: str, path: str) -> None:
    """Raises Conflict when there is something in it."""
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        raise Conflict(f"{path!r} is not empty", hint="Delete it with everything in it (recursive).") from error
