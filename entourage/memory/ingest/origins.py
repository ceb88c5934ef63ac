"""Where bytes come from: uploads kept as blobs, artifacts, pages of the web, folders of conversations."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

import msgspec

from entourage.artifacts.service import Artifacts
from entourage.kit.errors import Forbidden, Invalid, NotFound, Problem, TimedOut, TooLarge, Upstream
from entourage.memory.ingest.limits import Limits
from entourage.memory.ingest.readers.parts import Code, Member, Unreadable
from entourage.memory.ingest.skipping import Skipping
from entourage.memory.ingest.tables import FileRow
from entourage.stores.blobs import Blobs
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import Folders

if TYPE_CHECKING:
    from entourage.tools.fetch import SafeFetcher

MAX_FOLDER_FILES = 5_000
_MAX_LISTED = 50_000
_FIRST_ERROR = 400


class Obtained(msgspec.Struct, frozen=True):
    """A file's bytes; `name` tells its kind where they do not, `base_url` is what links in it begin at."""

    data: bytes
    name: str
    base_url: str = ""


class Origins:
    """Gets the bytes of files. Raises Unreadable where they cannot be had."""

    def __init__(
        self, blobs: Blobs, artifacts: Artifacts, folders: Folders, limits: Limits, allow_networks: Sequence[str]
    ) -> None:
        self._blobs = blobs
        self._artifacts = artifacts
        self._folders = folders
        self._limits = limits
        self._allow_networks = allow_networks
        self._made: SafeFetcher | None = None

    async def obtain(self, row: FileRow) -> Obtained | None:
        """The bytes; None for a folder, whose files `members` gives. Raises Unreadable."""
        try:
            found = await self._obtain(row)
        except NotFound:
            raise Unreadable("unreachable", "It is not there any more.") from None
        except Problem as problem:
            raise Unreadable(_code(problem), problem.detail) from None
        if found and len(found.data) > self._limits.file_bytes:
            raise too_large(len(found.data), self._limits.file_bytes)
        return found

    async def members(self, row: FileRow) -> AsyncGenerator[Member]:
        """The files of a folder that are worth reading. Raises Unreadable."""
        top = str(row.source["name"])
        files = self._workspace(row)
        try:
            listing = await files.list(top, limit=_MAX_LISTED)
        except Problem as problem:
            raise Unreadable(_code(problem), problem.detail) from None
        sizes = {entry.path: entry.size for entry in listing.entries if entry.kind == "file"}
        worth = await self._worth(files, list(sizes))
        if len(worth) > MAX_FOLDER_FILES or listing.truncated:
            raise Unreadable("too_many", f"The folder has more than {MAX_FOLDER_FILES:,} files to read.")
        for path in worth:
            yield await self._member(files, path, sizes[path])

    def is_there(self, owner_id: str, session_id: str) -> bool:
        """Whether the conversation has a folder."""
        return self._folders.has(owner_id, session_id)

    async def stat(self, owner_id: str, session_id: str, path: str) -> None:
        """Raises NotFound, Invalid, Forbidden unless there is such a file or folder."""
        if not self.is_there(owner_id, session_id):
            raise NotFound(f"There is no folder of a conversation {session_id}.")
        files = self._folders.of(owner_id, session_id)
        try:
            await files.stat(path)
        except Invalid:
            await files.list(path, limit=1)  # the workspace itself

    async def _obtain(self, row: FileRow) -> Obtained | None:
        if row.blob_key:
            return Obtained(await self._blobs.get(row.owner_id, row.blob_key), row.name)
        source = row.source
        if source["type"] == "url":
            return await self._page(str(source["url"]))
        if source["type"] == "artifact":
            artifact, data = await self._artifacts.content(row.person_id, str(source["id"]))
            return Obtained(data, artifact.title)
        if not source.get("session_id"):
            raise NotFound
        return await self._file(row)

    async def _file(self, row: FileRow) -> Obtained | None:
        files, path = self._workspace(row), str(row.source["name"])
        try:
            entry = await files.stat(path)
        except Invalid:
            return None
        if entry.kind == "folder":
            return None
        if entry.size > self._limits.file_bytes:
            raise too_large(entry.size, self._limits.file_bytes)
        return Obtained(await files.read_bytes(path), path)

    async def _page(self, url: str) -> Obtained:
        answer = await self._fetcher().download(url)
        if answer.status >= _FIRST_ERROR:
            raise Unreadable("refused", f"{url} answered {answer.status}.")
        if answer.truncated:
            raise too_large(len(answer.data), self._limits.file_bytes)
        path = PurePosixPath(unquote(urlsplit(answer.url).path))
        return Obtained(answer.data, path.name if path.suffix else "page", answer.url)

    def _fetcher(self) -> SafeFetcher:
        from entourage.tools.fetch import FetchLimits, SafeFetcher  # its HTTP client takes 0.3 s to import

        if self._made is None:
            limits = FetchLimits(response_bytes=self._limits.file_bytes, text_bytes=self._limits.file_bytes, seconds=60)
            self._made = SafeFetcher(allow_networks=self._allow_networks, limits=limits)
        return self._made

    def _workspace(self, row: FileRow) -> WorkspaceFiles:
        session_id = cast("str", row.source["session_id"])
        if not self.is_there(row.person_id, session_id):
            raise Unreadable("unreachable", "The conversation it is in is not there any more.")
        return self._folders.of(row.person_id, session_id)

    async def _worth(self, files: WorkspaceFiles, paths: list[str]) -> list[str]:
        rules = Skipping()
        for path in paths:
            if PurePosixPath(path).name == ".gitignore":
                folder = str(PurePosixPath(path).parent)
                text = (await files.read(path)).text
                rules.add_gitignore("" if folder == "." else folder, text)
        return [path for path in paths if not rules.skips(path)]

    async def _member(self, files: WorkspaceFiles, path: str, size: int) -> Member:
        if size > self._limits.file_bytes:
            return Member(path, b"", too_large(size, self._limits.file_bytes))
        try:
            return Member(path, await files.read_bytes(path))
        except Problem as problem:
            return Member(path, b"", Unreadable(_code(problem), problem.detail))


def too_large(size: int, most: int) -> Unreadable:
    """The error of a file with more bytes than are read."""
    return Unreadable("too_large", f"It has {size:,} bytes; at most {most:,} are read.")


def _code(problem: Problem) -> Code:
    if isinstance(problem, TooLarge):
        return "too_large"
    if isinstance(problem, TimedOut):
        return "timeout"
    if isinstance(problem, Forbidden | Invalid):
        return "refused"
    return "unreachable" if isinstance(problem, Upstream | NotFound) else "unknown"
