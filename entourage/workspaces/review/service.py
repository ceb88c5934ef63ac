"""Accepting and reverting what agents changed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import msgspec

from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, NotFound, Problem, Stale
from entourage.kit.etag import etag_of
from entourage.workspaces.changes import Before, Only
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.review.bases import MOST_TEXT_BYTES, Base, Bases
from entourage.workspaces.review.hunks import hunks_of, left, rebased, taken
from entourage.workspaces.review.schemas import ChangedFile, ChangedFiles, ChangeHunk, Decide
from entourage.workspaces.search import BINARY_SNIFF_BYTES
from entourage.workspaces.telling import Changed
from entourage.workspaces.types import Entry

MOST_LINES = 250_000
MOST_SHOWN_CHARACTERS = 1_048_576
"""What has more in its hunks, nobody reads: it is accepted or reverted as a whole."""


class Keeping:
    """Keeps how files were before one agent changes them. Call it, as a `Before`, or by its methods."""

    def __init__(self, bases: Bases, doer: Base) -> None:
        self._bases = bases
        self._doer = doer

    def __call__(self, path: str, data: bytes | None) -> None:
        self.keep(path, data)

    def keep(self, path: str, data: bytes | None) -> None:
        """A file's bytes as they were; None when there was none."""
        self._bases.keep(msgspec.structs.replace(self._doer, path=path, existed=data is not None), data)

    def note(self, path: str, size: int) -> None:
        """Of a file that was not kept, that it was so large: its change can be seen, not undone."""
        self._bases.keep(msgspec.structs.replace(self._doer, path=path, existed=True, lost_bytes=size), None)


class Review:
    """The review of one folder's files."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files
        self._bases = Bases(files.kept)

    def keeping(self, agent: str, *, run_id: str | None, chat_id: str | None, user_id: str) -> Keeping:
        """For `write` and `edit` by an agent, and what its programs do: how a file was is kept before it changes."""
        doer = Base(
            path="",
            existed=False,
            agent=agent,
            run_id=run_id or None,
            chat_id=chat_id or None,
            user_id=user_id,
            changed_ms=now_ms(),
        )
        return Keeping(self._bases, doer)

    def rebasing(self, data: bytes) -> Before:
        """For `write` by a person: their lines are not among what waits for review."""

        def rebase(path: str, old: bytes | None) -> None:
            base = self._bases.find(path)
            if base is None or base.lost_bytes is not None or old is None:
                return
            before, was, now = map(_text, (self._bases.content(base), old, data))
            if before is None or was is None or now is None or any(map(_is_much, (before, was, now))):
                return
            self._bases.replace(base, rebased(before, was, now).encode() if base.existed else None)

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
        """The chosen changes are undone; also what became of the file. Raises as `accept`, Invalid when it was lost."""
        base, entry, new = await asyncio.to_thread(self._reverted, decide)
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
        entry = self._entry(base.path)
        before, now = self._bases.size(base), entry.size if entry else None
        is_large = base.lost_bytes is not None or max(before or 0, now or 0) > MOST_TEXT_BYTES
        if base.lost_bytes is None and before == now and self._is_same(base):
            return None
        texts = None if is_large else self._texts(base)
        hunks = _shown_hunks(*texts) if texts else None
        return ChangedFile.model_validate(
            {
                "path": base.path,
                "kind": "deleted" if entry is None else "changed" if base.existed else "added",
                "agent": base.agent,
                "run_id": base.run_id,
                "chat_id": base.chat_id,
                "changed_at": base.changed_ms,
                "etag": etag_of(entry.etag if entry else "", self._bases.tag(base)).strip('"'),
                "hunks": hunks or [],
                "binary": texts is None and not is_large,
                "too_large": is_large or (texts is not None and hunks is None),
                "old_size": before,
                "new_size": now,
                "revertible": base.lost_bytes is None,
            }
        )

    def _accept(self, decide: Decide) -> None:
        with self._files.kept.locked():
            base, _, texts = self._checked(decide)
            if texts is None or decide.hunks is None:
                self._bases.drop(base.path)
                return
            self._bases.replace(base, taken(*texts, decide.hunks).encode())
            self._settled(base.path)

    def _reverted(self, decide: Decide) -> tuple[Base, Entry | None, bytes | None]:
        """What the decision is about, and what becomes of the file: its bytes, or None when it goes."""
        base, shown, texts = self._checked(decide)
        if not shown.revertible:
            raise Invalid(
                f"{base.path!r} was too large to be kept: what it was is gone",
                hint="Accept it; perhaps git or the trash still has what it was.",
            )
        if texts is None or decide.hunks is None:
            new = self._bases.content(base) if base.existed else None
        else:
            new = left(*texts, decide.hunks).encode()
            new = new if new or base.existed else None
        return base, self._entry(base.path), new

    def _checked(self, decide: Decide) -> tuple[Base, ChangedFile, tuple[str, str] | None]:
        """What the decision is about, with both texts when it names hunks. Raises NotFound, Stale, Invalid."""
        path = "/".join(self._files.reading.named(decide.path))
        base = self._bases.find(path)
        shown = self._shown(base) if base else None
        if base is None or shown is None:
            raise NotFound(f"No change of {path!r} waits for review.")
        if decide.etag.strip('"') != shown.etag.strip('"'):
            raise Stale(f"{path!r} changed since you looked at it.", hint="Look at its changes again.")
        _check_hunks(decide.hunks, shown)
        return base, shown, self._texts(base) if decide.hunks is not None else None

    def _entry(self, path: str) -> Entry | None:
        """A file as it is; None when there is none any more."""
        try:
            entry = self._files.reading.stat(path)
        except Problem:
            return None
        return entry if entry.kind == "file" else None

    def _is_same(self, base: Base) -> bool:
        return not base.existed or self._bases.content(base) == self._now(base.path)

    def _texts(self, base: Base) -> tuple[str, str] | None:
        """A file as it was and as it is, none being empty; None when one is no text."""
        before, now = _text(self._bases.content(base)), _text(self._now(base.path) or b"")
        return None if before is None or now is None else (before, now)

    def _now(self, path: str) -> bytes | None:
        try:
            return self._files.reading.content(path)
        except Problem:
            return None

    def _settle(self, path: str) -> None:
        with self._files.kept.locked():
            self._settled(path)

    def _settled(self, path: str) -> None:
        """Nothing waits of a file that is as it was."""
        base = self._bases.find(path)
        if base and self._shown(base) is None:
            self._bases.drop(path)


def _shown_hunks(before: str, after: str) -> Sequence[ChangeHunk] | None:
    """None when there is too much to be shown, or to be compared."""
    if _is_much(before) or _is_much(after):
        return None
    hunks = hunks_of(before, after)
    if sum(len(line) for hunk in hunks for line in hunk.lines) > MOST_SHOWN_CHARACTERS:
        return None
    return [ChangeHunk.of(one) for one in hunks]


def _check_hunks(chosen: Collection[str] | None, shown: ChangedFile) -> None:
    if chosen is None:
        return
    if shown.binary or shown.too_large:
        why = "is not text" if shown.binary else "is too large to be reviewed hunk by hunk"
        raise Invalid(f"{shown.path!r} {why}", hint="Accept or revert it as a whole.")
    missing = set(chosen) - {one.id for one in shown.hunks}
    if missing:
        raise Invalid(f"{shown.path!r} has no hunk {min(missing)}", hint="Look at its changes again.")


def _is_much(text: str) -> bool:
    return len(text) > MOST_TEXT_BYTES or text.count("\n") > MOST_LINES


def _text(data: bytes) -> str | None:
    """None when it is no text."""
    if b"\0" in data[:BINARY_SNIFF_BYTES]:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
