"""Files that come into workspaces and go out of them, many at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from entourage.kit.errors import Invalid
from entourage.workspaces.file_schemas import Unpack, Unpacked
from entourage.workspaces.git.service import Git
from entourage.workspaces.memberships import Membership
from entourage.workspaces.packing.bounds import Bounds, folder_for
from entourage.workspaces.packing.packing import ArchiveFormat, pack
from entourage.workspaces.packing.unpacking import is_archive, stem_of, unpack
from entourage.workspaces.service import Workspaces
from entourage.workspaces.telling import By, Changed, Telling

MOST_NAMED = 200


class Upload(NamedTuple):
    """A file on its way in: the name its sender gave it, folders and all, and where its bytes are."""

    name: str
    file: BinaryIO


class Packing:
    """Uploads, downloads of folders, archives."""

    def __init__(self, workspaces: Workspaces, telling: Telling, git: Git) -> None:
        self._workspaces = workspaces
        self._telling = telling
        self._git = git

    async def upload(
        self, member: Membership, to: str, uploads: Sequence[Upload], *, unpacked: bool, overwrite: bool
    ) -> Unpacked:
        """Put files into a folder, all or none; archives among them unpacked if wanted. Raises as `unpack`."""
        files = await self._workspaces.files_of(member)
        if not uploads:
            raise Invalid("There is no file.", errors=[{"field": "files", "message": "is missing"}])

        def bring() -> list[str]:
            archives = [one for one in uploads if unpacked and is_archive(one.name)]
            plain = [one for one in uploads if one not in archives]
            paths: list[str] = []
            with files.kept.place() as made:
                made.mkdir(mode=0o755)
                for one in plain:
                    _place(files.reading.max_file_bytes, made, files.reading.named(_name(one.name)), one.file)
                sizes = [path.stat().st_size for path in made.rglob("*") if path.is_file()]
                files.grafting.reserve("the upload", sum(sizes), len(sizes))
                paths += files.grafting.graft(made, to, overwrite=overwrite) if plain else []
            for one in archives:
                paths += unpack(files, one.file, to, overwrite=overwrite)
            return paths

        return await self._came(member, await asyncio.to_thread(bring))

    async def unpack(self, member: Membership, wish: Unpack) -> Unpacked:
        """Unpack an archive that is in the workspace. Raises as `unpack`."""
        files = await self._workspaces.files_of(member)
        to = stem_of(wish.path) if wish.to is None else wish.to

        def bring() -> list[str]:
            opened = files.reading.opened(wish.path)
            with os.fdopen(opened.fd, "rb") as archive:
                return unpack(files, archive, to, overwrite=wish.overwrite)

        return await self._came(member, await asyncio.to_thread(bring))

    async def pack(self, member: Membership, path: str, kind: ArchiveFormat) -> BinaryIO:
        """A folder as an archive, open at its beginning. Raises NotFound, Invalid."""
        return await asyncio.to_thread(pack, await self._workspaces.files_of(member), path, kind)

    async def _came(self, member: Membership, paths: Sequence[str]) -> Unpacked:
        self._git.forget(member.workspace_id)
        changed = [Changed(path, "written") for path in paths]
        await self._telling.changed(member.workspace_id, changed, By(user_id=member.user_id))
        return Unpacked(paths=list(paths[:MOST_NAMED]), files=len(paths))


def _name(name: str) -> str:
    """The name of an upload; browsers of folders send it with the folders above it."""
    return name.replace("\\", "/").removeprefix("./")


def _place(most_bytes: int, made: Path, parts: tuple[str, ...], file: BinaryIO) -> None:
    target = folder_for(made, parts)
    if target.exists():
        raise Invalid(f"{'/'.join(parts)!r} was sent twice")
    unbounded = 1 << 62  # a request has a limit of its own
    Bounds(unbounded, unbounded, unbounded, most_bytes).write(file, target, 0o644)
