"""Watching a folder by inotify(7), and the folders in it when asked."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from typing import Any

from tasks import TEMPORARY  # type: ignore[import-not-found]  # beside this file, inside

WRITTEN, MODE, MOVED_FROM, MOVED_TO, CREATED, REMOVED = 0x2, 0x4, 0x40, 0x80, 0x100, 0x200
CLOSED_AFTER_WRITE = 0x8
SELF_REMOVED, IGNORED, IS_FOLDER = 0x400, 0x8000, 0x40000000
MASK = WRITTEN | CLOSED_AFTER_WRITE | MODE | MOVED_FROM | MOVED_TO | CREATED | REMOVED | SELF_REMOVED
ONLY_FOLDERS, NOT_FOLLOWED = 0x01000000, 0x02000000
EVENT = struct.Struct("iIII")
MOST_FOLDERS = 2000

Event = tuple[int, int, int, str]
Say = Callable[[int, dict[str, Any]], None]


class Watch:
    """One inotify instance and the folders it looks at, by their paths below `root`."""

    def __init__(self, root: str, recursive: bool) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.inotify_init1(os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self.root = root
        self.recursive = recursive
        self.folders: dict[int, str] = {}
        self.written: set[str] = set()

    def add(self, below: str) -> None:
        """Look at a folder, and at those in it. Raises OSError for the root only."""
        path = os.path.join(self.root, below) if below else self.root
        flags = MASK | ONLY_FOLDERS | (NOT_FOLLOWED if below else 0)
        number = self.libc.inotify_add_watch(self.fd, os.fsencode(path), flags)
        if number < 0:
            if below:
                return
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self.folders[number] = below
        if self.recursive and len(self.folders) < MOST_FOLDERS:
            for entry in os.scandir(path):
                if entry.is_dir(follow_symlinks=False):
                    self.add(os.path.join(below, entry.name))

    def events(self) -> Iterator[Event]:
        while True:
            data = os.read(self.fd, 65_536)
            position = 0
            while position < len(data):
                number, mask, cookie, length = EVENT.unpack_from(data, position)
                position += EVENT.size
                name = data[position : position + length].rstrip(b"\0")
                position += length
                yield number, mask, cookie, os.fsdecode(name)

    def changes(self) -> Iterator[tuple[str, str]]:
        """(what, path below the root), until the root is gone."""
        replacing: dict[int, str] = {}
        for number, mask, cookie, name in self.events():
            if mask & (SELF_REMOVED | IGNORED):
                gone = self.folders.pop(number, None)
                if gone == "":
                    return
                continue
            if name.startswith(TEMPORARY):
                if mask & MOVED_FROM:
                    replacing[cookie] = name
                continue
            path = os.path.join(self.folders.get(number, ""), name)
            yield from (
                (what, path) for what in self.named(mask, replacing.pop(cookie, None) if cookie else None, path)
            )
            if self.recursive and mask & IS_FOLDER and mask & (CREATED | MOVED_TO):
                self.add(path)

    def named(self, mask: int, replaced: str | None, path: str) -> list[str]:
        if mask & MOVED_TO:
            if replaced is None:
                return ["created"]
            return ["written"] if replaced.startswith(f"{TEMPORARY}old") else ["created", "written"]
        if mask & WRITTEN:
            if path in self.written:
                return []
            self.written.add(path)
            return ["written"]
        if mask & CLOSED_AFTER_WRITE:
            self.written.discard(path)
            return []
        names = {MODE: "mode", MOVED_FROM: "renamed", CREATED: "created", REMOVED: "removed"}
        return [what for bit, what in names.items() if mask & bit]


def watch(root: str, recursive: bool, answer: int, say: Say) -> None:
    """Tell of changes, a line each, until the reader has gone."""
    watched = Watch(root, recursive)
    watched.add("")
    say(answer, {"ok": True})
    for what, path in watched.changes():
        say(answer, {"kind": what, "path": path})
