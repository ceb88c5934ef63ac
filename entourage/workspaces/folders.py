"""Where the working folders are: one for each conversation, below its owner's."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from entourage.kit.ids import is_id
from entourage.workspaces.files import WorkspaceFiles

MAX_FILE_BYTES = 64 * 1_048_576


class Folders:
    """Working folders under `root/<owner>/<conversation>`. `owner` is the uid and gid of sandboxed programs."""

    def __init__(self, root: Path, *, quota_bytes: int, owner: tuple[int, int] | None = None) -> None:
        self._root = root
        self._quota_bytes = quota_bytes
        self._owner = owner
        root.mkdir(parents=True, exist_ok=True)

    def path(self, owner_id: str, chat_id: str) -> Path:
        """The folder, made when it is not there."""
        if not is_id(owner_id) or not is_id(chat_id):
            raise ValueError("owner and conversation must be ids")
        folder = self._root / owner_id / chat_id
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            if self._owner:
                os.chown(folder, *self._owner)
        return folder

    def has(self, owner_id: str, chat_id: str) -> bool:
        """Whether there is such a folder."""
        return is_id(owner_id) and is_id(chat_id) and (self._root / owner_id / chat_id).is_dir()

    def of(self, owner_id: str, chat_id: str) -> WorkspaceFiles:
        """Safe access to the folder's files."""
        return WorkspaceFiles(self.path(owner_id, chat_id), self._quota_bytes, MAX_FILE_BYTES, owner=self._owner)

    async def delete(self, owner_id: str, chat_id: str) -> None:
        """Remove the folder and all in it."""
        await asyncio.to_thread(shutil.rmtree, self.path(owner_id, chat_id), ignore_errors=True)
