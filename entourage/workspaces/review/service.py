"""Accepting and reverting what agents changed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, NotFound, Problem, Stale
from entourage.kit.etag import etag_of, etag_of_bytes
from entourage.workspaces.changes import Before, Only
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.review.bases import Base, Bases
from entourage.workspaces.review.hunks import hunks_of, left, rebased, taken
from entourage.workspaces.review.schemas import ChangedFile, ChangedFiles, ChangeHunk, Decide
from entourage.workspaces.search import BINARY_SNIFF_BYTES
from entourage.workspaces.telling import Changed
from entourage.workspaces.types import Entry
from entourage.workspaces.walk import tag_of

MOST_TEXT_BYTES = 2 * 1_048_576
"""Larger files are accepted or reverted as a whole."""


class Review:
    """The review of one folder's files."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files
        self._bases = Bases(files.kept)

    def keeping(self, agent: str, *, run_id: str | None, chat_id: str | None, user_id: str) -> Before:
        """For `write` and `edit` by an agent: how the file was is kept before it changes."""

        def keep(path: str, data: bytes | None) -> None:
            base = Base(
                path=path,
                existed=data is not None,
                agent=agent,
                run_id=run_id or None,
                chat_id=chat_id or None,
                user_id=user_id,
                changed_ms=now_ms(),
            )
            self._bases.keep(base, data)

        return keep

    def rebasing(self, data: bytes) -> Before:
        """For `write` by a person: their lines are not among what waits for review."""

        def rebase(path: str, old: bytes | None) -> None:
            base = self._bases.find(path)
            if base is None or old is None:
                return
            before = self._bases.content(base)
            if not any(map(_is_binary, (before, old, data))):
                new = rebased(before.decode(), old.decode(), data.decode())
                self._bases.replace(base, new.encode() if base.existed else None)

        return rebase

    async def list(self) -> ChangedFiles:
        """All that waits."""
        return await asyncio.to_thread(self._list)

    async def of(self, path: str) -> ChangedFiles:
        """What waits of one file."""
        return await asyncio.to_thread(self._of, path)

    async def accept(self, decide: Decide) -> ChangedFiles:
        """The chosen changes stay and are not shown again. Raises NotFound, Stale, Invalid (no such hunk)."""
        await asyncio.to_thread(self._accept, decide)
        return await self.of(decide.path)

    async def revert(self, decide: Decide, user_id: str) -> tuple[ChangedFiles, list[Changed]]:
        """The chosen changes are undone; also what became of the file. Raises as `accept`."""
        base, now, entry = await asyncio.to_thread(self._checked, decide)
        before = await asyncio.to_thread(self._bases.content, base)
        chosen = decide.hunks
        if chosen is not None:
            new: bytes | None = left(_text(before), _text(now or b""), chosen).encode()
            new = new if new or base.existed else None
        else:
            new = before if base.existed else None
        changed = await self._put(base.path, new, entry, user_id)
        await asyncio.to_thread(self._settle, base.path)
        return await self.of(decide.path), changed

    async def _put(self, path: str, data: bytes | None, entry: Entry | None, user_id: str) -> list[Changed]:
        if data is None:
            if entry:
                await asyncio.to_thread(self._files.trash.put, path, user_id=user_id, only=Only(entry.etag))
            return [Changed(path, "deleted")]
        only = Only(entry.etag) if entry else Only(new=True)
        return [Changed.written(await self._files.write(path, data, only))]

    def _list(self) -> ChangedFiles:
        found = [self._shown(base) for base in self._bases.all()]
        return ChangedFiles(files=[one for one in found if one])

    def _of(self, path: str) -> ChangedFiles:
        base = self._bases.find("/".join(self._files.reading.parts(path)))
        shown = self._shown(base) if base else None
        return ChangedFiles(files=[shown] if shown else [])

    def _shown(self, base: Base) -> ChangedFile | None:
        """None when the file is as it was: there is nothing to look at."""
        before = self._bases.content(base)
        now, entry = self._now(base.path)
        if now == (before if base.existed else None):
            return None
        is_binary = _is_binary(before) or _is_binary(now or b"")
        kind = "deleted" if now is None else "changed" if base.existed else "added"
        hunks = [] if is_binary else hunks_of(_text(before), _text(now or b""))
        return ChangedFile.model_validate(
            {
                "path": base.path,
                "kind": kind,
                "agent": base.agent,
                "run_id": base.run_id,
                "chat_id": base.chat_id,
                "changed_at": base.changed_ms,
                "etag": _tag(before, base, entry),
                "hunks": [ChangeHunk.of(one) for one in hunks],
                "binary": is_binary,
            }
        )

    def _accept(self, decide: Decide) -> None:
        with self._files.kept.locked():
            base, now, _ = self._checked(decide)
            if decide.hunks is None:
                self._bases.drop(base.path)
                return
            new = taken(_text(self._bases.content(base)), _text(now or b""), decide.hunks)
            self._bases.replace(base, new.encode())
            self._settled(base.path)

    def _checked(self, decide: Decide) -> tuple[Base, bytes | None, Entry | None]:
        """What the decision is about. Raises NotFound, Stale, Invalid."""
        path = "/".join(self._files.reading.named(decide.path))
        base = self._bases.find(path)
        shown = self._shown(base) if base else None
        if base is None or shown is None:
            raise NotFound(f"No change of {path!r} waits for review.")
        if decide.etag.strip('"') != shown.etag.strip('"'):
            raise Stale(f"{path!r} changed since you looked at it.", hint="Look at its changes again.")
        _check_hunks(decide.hunks, shown)
        return base, *self._now(path)

    def _now(self, path: str) -> tuple[bytes | None, Entry | None]:
        """A file as it is; None when there is none any more."""
        try:
            data, status = self._files.reading.content_and_status(path)
        except Problem:
            return None, None
        return data, Entry(path, "file", len(data), 0, tag_of(status))

    def _settle(self, path: str) -> None:
        with self._files.kept.locked():
            self._settled(path)

    def _settled(self, path: str) -> None:
        """Nothing waits of a file that is as it was."""
        base = self._bases.find(path)
        if base and self._shown(base) is None:
            self._bases.drop(path)


def _check_hunks(chosen: Collection[str] | None, shown: ChangedFile) -> None:
    if chosen is None:
        return
    if shown.binary:
        raise Invalid(f"{shown.path!r} is not text", hint="Accept or revert it as a whole.")
    missing = set(chosen) - {one.id for one in shown.hunks}
    if missing:
        raise Invalid(f"{shown.path!r} has no hunk {min(missing)}", hint="Look at its changes again.")


def _tag(before: bytes, base: Base, entry: Entry | None) -> str:
    return etag_of(entry.etag if entry else "", str(base.existed), etag_of_bytes(before)).strip('"')


def _is_binary(data: bytes) -> bool:
    if b"\0" in data[:BINARY_SNIFF_BYTES] or len(data) > MOST_TEXT_BYTES:
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _text(data: bytes) -> str:
    return data.decode()
