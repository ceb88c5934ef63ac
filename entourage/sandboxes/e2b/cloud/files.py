"""Files of a sandbox in the cloud."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.sandboxes.e2b.cloud.wire import Cloud, Opened
from entourage.sandboxes.live.base import ChangeKind, FileChange, FileEntry, FileKind

SERVICE = "filesystem.Filesystem"
_KINDS: Mapping[str, FileKind] = {
    "FILE_TYPE_FILE": "file",
    "FILE_TYPE_DIRECTORY": "folder",
    "FILE_TYPE_SYMLINK": "link",
}
_CHANGES: Mapping[str, ChangeKind] = {
    "EVENT_TYPE_CREATE": "created",
    "EVENT_TYPE_WRITE": "written",
    "EVENT_TYPE_REMOVE": "removed",
    "EVENT_TYPE_RENAME": "renamed",
    "EVENT_TYPE_CHMOD": "mode",
}

Run = Callable[[Sequence[str]], Awaitable[Any]]


class CloudFiles:
    """Implements `LiveFiles`."""

    def __init__(self, cloud: Cloud, opened: Opened, run: Run) -> None:
        self._cloud = cloud
        self.opened = opened
        self._run = run

    async def stat(self, path: str) -> FileEntry:
        return _entry((await self._call("Stat", {"path": path})).get("entry"))

    async def exists(self, path: str) -> bool:
        try:
            await self.stat(path)
        except NotFound:
            return False
        return True

    async def list(self, path: str, *, depth: int = 1) -> list[FileEntry]:
        told = await self._call("ListDir", {"path": path, "depth": depth})
        return [_entry(entry) for entry in told.get("entries", [])]

    def read(self, path: str) -> AsyncIterator[bytes]:
        return self._cloud.download(self.opened, path)

    async def write(self, path: str, chunks: AsyncIterable[bytes] | bytes, *, mode: int | None = None) -> FileEntry:
        await self._cloud.upload(self.opened, path, _once(chunks) if isinstance(chunks, bytes) else chunks)
        if mode is not None:
            await self._run(["chmod", f"{mode:o}", "--", path])
        return await self.stat(path)

    async def mkdir(self, path: str) -> bool:
        try:
            await self._call("MakeDir", {"path": path})
        except Conflict:
            return False
        return True

    async def move(self, source: str, target: str) -> FileEntry:
        return _entry((await self._call("Move", {"source": source, "destination": target})).get("entry"))

    async def remove(self, path: str) -> None:
        await self._call("Remove", {"path": path})

    async def watch(self, path: str, *, recursive: bool = False) -> CloudWatch:
        events = self._cloud.stream(self.opened, f"{SERVICE}/WatchDir", {"path": path, "recursive": recursive})
        await anext(events, None)  # it has begun
        return CloudWatch(events)

    async def _call(self, method: str, message: Mapping[str, Any]) -> dict[str, Any]:
        return await self._cloud.call(self.opened, f"{SERVICE}/{method}", message)


class CloudWatch:
    """Implements `LiveWatch`."""

    def __init__(self, events: AsyncGenerator[dict[str, Any]]) -> None:
        self._events = events

    def __aiter__(self) -> CloudWatch:
        return self

    async def __anext__(self) -> FileChange:
        async for told in self._events:
            event = told.get("filesystem")
            if isinstance(event, dict) and (kind := _CHANGES.get(str(event.get("type")))):  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
                return FileChange(kind, str(event.get("name", "")))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raise StopAsyncIteration

    async def aclose(self) -> None:
        await self._events.aclose()


def _entry(told: Any) -> FileEntry:
    if not isinstance(told, dict):
        raise Invalid("E2B's cloud did not tell what is at the path.")
    info = cast("dict[str, Any]", told)
    moment = str(info.get("modifiedTime") or "1970-01-01T00:00:00Z")
    kind: FileKind = "link" if info.get("isSymlink") else _KINDS.get(str(info.get("type")), "other")
    return FileEntry(
        path=str(info.get("path", "")),
        name=str(info.get("name", "")),
        kind=kind,
        size=int(info.get("size", 0)),
        mode=int(info.get("mode", 0)),
        mtime=datetime.fromisoformat(moment).timestamp(),
        owner=str(info.get("owner", "")),
        group=str(info.get("group", "")),
        target=info.get("symlinkTarget"),
    )


async def _once(data: bytes) -> AsyncGenerator[bytes]:
    yield data
