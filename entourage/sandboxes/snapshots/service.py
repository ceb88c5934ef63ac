"""Snapshots of everybody: taken from a sandbox, kept among the blobs in parts, begun from, removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from sqlalchemy import delete, func, select, update

from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, QuotaExceeded
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.sandboxes.held import NewSandbox
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.run import surely
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.snapshots.archive import in_parts, packed, unpack
from entourage.sandboxes.snapshots.schemas import SnapshotOut
from entourage.sandboxes.tables import SnapshotRow
from entourage.stores.blobs import Blobs
from entourage.stores.sql import EVERYONE, Database

PART_BYTES = 8 * 1024 * 1024
MOST_SNAPSHOTS = 100
"""Of one person."""
ABANDONED_MS = 3_600_000
"""One that was not taken whole within this was left by a server that died."""


class Snapshots:
    """`quota_bytes`: what the snapshots of one person may take, packed."""

    def __init__(self, database: Database, blobs: Blobs, sandboxes: Sandboxes, quota_bytes: int) -> None:
        self._database = database
        self._blobs = blobs
        self._sandboxes = sandboxes
        self._quota_bytes = quota_bytes

    async def take(self, owner_id: str, sandbox_id: str, name: str | None) -> SnapshotRow:
        """Keep the files of a running sandbox, as they are now.

        Raises NotFound, Conflict (paused), QuotaExceeded, Upstream, TimedOut; nothing is kept then.
        """
        live = await self._sandboxes.awake(owner_id, sandbox_id)
        room = await self._room(owner_id)
        row = SnapshotRow(
            id=new_id(),
            owner_id=owner_id,
            sandbox_id=sandbox_id,
            name=name,
            parts=0,
            size_bytes=0,
            created_ms=now_ms(),
            taken_ms=None,
        )
        async with self._database.write(owner_id) as session:
            session.add(row)
        try:
            with self._sandboxes.using(sandbox_id):
                await self._keep(row, live, room)
        except BaseException:
            await surely(self._remove(owner_id, row.id))
            raise
        return row

    async def begin(self, owner_id: str, snapshot_id: str, new: NewSandbox) -> Live:
        """A running sandbox with the files of a snapshot.

        Raises NotFound, Upstream, TimedOut, and what making a sandbox raises; nothing is left of it then.
        """
        row = await self.get(owner_id, snapshot_id)
        live = await self._sandboxes.create(owner_id, new)
        try:
            with self._sandboxes.using(live.id):
                await unpack(live, self._parts(row))
        except BaseException:
            await surely(self._sandboxes.kill(owner_id, live.id))
            raise
        return live

    async def get(self, owner_id: str, snapshot_id: str) -> SnapshotRow:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await session.get(SnapshotRow, snapshot_id)
        if row is None or row.taken_ms is None:
            raise NotFound(f"There is no snapshot {snapshot_id}.")
        return row

    async def page(
        self, owner_id: str, limit: int, cursor: str | None, *, sandbox_id: str | None = None
    ) -> dict[str, Any]:
        """A page of them as they go over the wire, newest first."""
        query = select(SnapshotRow).where(SnapshotRow.taken_ms.is_not(None)).order_by(SnapshotRow.id.desc())
        if sandbox_id is not None:
            query = query.where(SnapshotRow.sandbox_id == sandbox_id)
        if cursor is not None:
            (before,) = decode_cursor(cursor, tuple[str])
            query = query.where(SnapshotRow.id < before)
        async with self._database.read(owner_id) as session:
            rows = list(await session.scalars(query.limit(limit + 1)))
        return page_of(rows, limit, lambda row: (row.id,), shown)

    async def remove(self, owner_id: str, snapshot_id: str) -> None:
        """Raises NotFound. Sandboxes that began from it stay as they are."""
        await self.get(owner_id, snapshot_id)
        await self._remove(owner_id, snapshot_id)

    async def tidy(self) -> None:
        """Remove what servers that died had begun to take."""
        left = (SnapshotRow.taken_ms.is_(None), SnapshotRow.created_ms < now_ms() - ABANDONED_MS)
        async with self._database.read(EVERYONE) as session:
            rows = list(await session.execute(select(SnapshotRow.owner_id, SnapshotRow.id).where(*left)))
        for owner_id, snapshot_id in rows:
            await self._remove(owner_id, snapshot_id)

    async def _room(self, owner_id: str) -> int:
        """Bytes that one more may take. Raises QuotaExceeded."""
        query = select(func.count(), func.coalesce(func.sum(SnapshotRow.size_bytes), 0)).select_from(SnapshotRow)
        async with self._database.read(owner_id) as session:
            count, used = (await session.execute(query)).one()
        if count >= MOST_SNAPSHOTS or used >= self._quota_bytes:
            raise _full()
        return self._quota_bytes - int(used)

    async def _keep(self, row: SnapshotRow, live: Live, room: int) -> None:
        async for part in in_parts(packed(live), PART_BYTES):
            row.size_bytes += len(part)
            if row.size_bytes > room:
                raise _full()
            await self._blobs.put(row.owner_id, _key(row.id, row.parts), part)
            row.parts += 1
        row.taken_ms = now_ms()
        taken = {"parts": row.parts, "size_bytes": row.size_bytes, "taken_ms": row.taken_ms}
        async with self._database.write(row.owner_id) as session:
            await session.execute(update(SnapshotRow).where(SnapshotRow.id == row.id).values(**taken))

    async def _parts(self, row: SnapshotRow) -> AsyncGenerator[bytes]:
        for number in range(row.parts):
            yield await self._blobs.get(row.owner_id, _key(row.id, number))

    async def _remove(self, owner_id: str, snapshot_id: str) -> None:
        """Its row goes first: what nobody can begin from may be half gone."""
        async with self._database.write(owner_id) as session:
            await session.execute(delete(SnapshotRow).where(SnapshotRow.id == snapshot_id))
        keys = await self._blobs.keys(owner_id, _folder(snapshot_id))
        await asyncio.gather(*(self._blobs.delete(owner_id, key) for key in keys))


def shown(row: SnapshotRow) -> SnapshotOut:
    """A row as it goes over the wire."""
    return SnapshotOut(
        id=row.id, name=row.name, sandbox_id=row.sandbox_id, size_bytes=row.size_bytes, created_at=row.created_ms
    )


def _folder(snapshot_id: str) -> str:
    return f"sandbox-snapshots/{snapshot_id}/"


def _key(snapshot_id: str, number: int) -> str:
    return f"{_folder(snapshot_id)}{number:06}"


def _full() -> QuotaExceeded:
    return QuotaExceeded("There is no room for another snapshot.", hint="Remove one that is no longer needed.")
