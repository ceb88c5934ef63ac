"""Deleted things wait here: `trash/<id>/data` is what was deleted, `trash/<id>/about.json` tells of it.

The note is written first, so whatever is here can be told of; a note without its data is no item.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match
from entourage.kit.ids import is_id, new_id
from entourage.workspaces.beneath import FOLDER, opened, problems
from entourage.workspaces.changes import ALWAYS, Only
from entourage.workspaces.ground import Ground, status_of
from entourage.workspaces.kept import remove
from entourage.workspaces.metering import count_below
from entourage.workspaces.types import Entry, Kind
from entourage.workspaces.walk import MOST_VISITED, Found, entry_of, kind_of, tag_of

ABOUT, DATA = "about.json", "data"


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the trash. `size` is that of all in it, in bytes."""

    id: str
    path: str
    kind: Kind
    size: int
    deleted_ms: int
    user_id: str | None = None
    agent: str | None = None


class Trash:
    """The trash of one folder. Blocking; methods raise NotFound for an item that is not there."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def put(self, path: str, *, user_id: str | None, agent: str | None = None, only: Only = ALWAYS) -> Deleted:
        """Move a file or folder here. Raises NotFound, Stale, Invalid for the workspace itself."""
        parts = self._ground.reading.named(path)
        with (
            self._ground.held() as root,
            self._ground.existing(root, parts, path) as parent,
            problems(path),
        ):
            status = os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
            check_if_match(only.match, tag_of(status))
            item = Deleted(
                id=new_id(),
                path="/".join(parts),
                kind=kind_of(status),
                size=_size(parent, parts[-1], status),
                deleted_ms=now_ms(),
                user_id=user_id,
                agent=agent,
            )
            place = self._noted(item)
            os.rename(parts[-1], place / DATA, src_dir_fd=parent)
            return item

    def list(self) -> list[Deleted]:
        """Newest first."""
        found = [self._read(path) for path in self._folder().glob(f"*/{DATA}")] if self._folder().exists() else []
        return sorted((one for one in found if one), key=lambda one: one.id, reverse=True)

    def restore(self, item_id: str, to: str | None) -> Entry:
        """Put it back, or to another place. Raises Conflict when that is taken."""
        item = self._item(item_id)
        path = to or item.path
        parts = self._ground.reading.named(path)
        with self._ground.held() as root, self._ground.parent(root, parts, path) as parent, problems(path):
            if status_of(parent, parts[-1]):
                raise Conflict(f"{path!r} is there already", hint="Restore it to another place.")
            os.rename(self._folder() / item_id / DATA, parts[-1], dst_dir_fd=parent)
            entry = entry_of(Found(parts, os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)))
        remove(self._folder() / item_id)
        self._ground.add(item.size, 1)
        return entry

    def discard(self, item_id: str) -> Deleted:
        """Remove it for good."""
        item = self._item(item_id)
        remove(self._folder() / item_id)
        return item

    def empty(self, older_than_ms: int | None = None) -> int:
        """Remove everything, or what was deleted before a time; how many things that were."""
        items = [one for one in self.list() if older_than_ms is None or one.deleted_ms < older_than_ms]
        for item in items:
            remove(self._folder() / item.id)
        return len(items)

    def _folder(self) -> Path:
        return self._ground.kept.path / "trash"

    def _noted(self, item: Deleted) -> Path:
        place = self._ground.kept.trash / item.id
        place.mkdir(mode=0o700)
        (place / ABOUT).write_bytes(msgspec.json.encode(item))
        return place

    def _item(self, item_id: str) -> Deleted:
        item = self._read(self._folder() / item_id / DATA) if is_id(item_id) else None
        if item is None:
            raise NotFound(f"There is no {item_id} in the trash.")
        return item

    def _read(self, data: Path) -> Deleted | None:
        with suppress(OSError, msgspec.MsgspecError):
            data.lstat()
            return msgspec.json.decode((data.parent / ABOUT).read_bytes(), type=Deleted)
        return None


def _size(parent: int, name: str, status: os.stat_result) -> int:
    if not stat.S_ISDIR(status.st_mode):
        return status.st_size if stat.S_ISREG(status.st_mode) else 0
    with opened(os.open(name, FOLDER, dir_fd=parent)) as folder:
        return count_below(folder, MOST_VISITED).bytes
