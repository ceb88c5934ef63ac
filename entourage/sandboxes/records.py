"""The rows of live sandboxes: what runs, what ran, for how long and at what cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select, update

from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.kit.paging import decode_cursor, page_of
from entourage.sandboxes.held import Held, cost_usd
from entourage.sandboxes.schemas import NetworkOut, SandboxOut, Status
from entourage.sandboxes.tables import SandboxRow
from entourage.stores.sql import EVERYONE, Database

LOST_MS = 180_000
"""A sandbox of another server that was not seen for so long is gone with its server."""


class Records:
    """Rows of sandboxes; `server_id` is this start of this server."""

    def __init__(self, database: Database, server_id: str) -> None:
        self._database = database
        self.server_id = server_id

    async def add(self, held: Held) -> None:
        """A row for a sandbox that was just made."""
        row = SandboxRow(
            id=held.id,
            backend=held.live.backend,
            server_id=self.server_id,
            workspace_id=held.new.workspace_id,
            chat_id=held.new.chat_id,
            labels=dict(held.new.metadata),
            usd_per_hour=float(held.usd_per_hour),
            created_ms=held.created_ms,
            **_now(held),
        )
        async with self._database.write(held.owner_id) as session:
            session.add(row)

    async def note(self, helds: Sequence[Held]) -> None:
        """Write down how they stand."""
        if not helds:
            return
        async with self._database.write(EVERYONE) as session:
            for held in helds:
                mine = (SandboxRow.id == held.id, SandboxRow.ended_ms.is_(None))
                await session.execute(update(SandboxRow).where(*mine).values(**_now(held)))

    async def end(self, held: Held, because: str) -> None:
        """Write down that it has ended."""
        ended = {"status": "ended", "ended_ms": now_ms(), "ended_because": because, "seconds": held.seconds}
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(SandboxRow).where(SandboxRow.id == held.id).values(**ended))

    async def take_over(self, sandbox_ids: Collection[str]) -> dict[str, SandboxRow]:
        """Those of the sandboxes that have not ended, by id; from now on they are this server's."""
        mine = (SandboxRow.id.in_(sandbox_ids), SandboxRow.ended_ms.is_(None))
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(SandboxRow).where(*mine).values(server_id=self.server_id))
            return {row.id: row for row in await session.scalars(select(SandboxRow).where(*mine))}

    async def end_lost(self, *, alone: bool = False) -> None:
        """End the rows of servers that are gone; when this one is `alone`, all but its own."""
        now = now_ms()
        lost = [SandboxRow.ended_ms.is_(None), SandboxRow.server_id != self.server_id]
        if not alone:
            # what is paused waits for its server to be started anew
            lost.append(or_(SandboxRow.status != "paused", SandboxRow.expires_ms < now))
            lost.append(SandboxRow.seen_ms < now - LOST_MS)
        ended = {"status": "ended", "ended_ms": SandboxRow.seen_ms, "ended_because": "server_stopped"}
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(SandboxRow).where(*lost).values(**ended))

    async def get(self, owner_id: str, sandbox_id: str) -> SandboxRow:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await session.get(SandboxRow, sandbox_id)
        if row is None:
            raise NotFound(f"There is no sandbox {sandbox_id}.")
        return row

    async def page(self, owner_id: str, limit: int, cursor: str | None, status: Status | None) -> dict[str, Any]:
        """A page of rows as they go over the wire, newest first."""
        query = select(SandboxRow).order_by(SandboxRow.id.desc()).limit(limit + 1)
        if status is not None:
            query = query.where(SandboxRow.status == status)
        if cursor is not None:
            (before,) = decode_cursor(cursor, tuple[str])
            query = query.where(SandboxRow.id < before)
        async with self._database.read(owner_id) as session:
            rows = list(await session.scalars(query))
        return page_of(rows, limit, lambda row: (row.id,), shown)


def shown(row: SandboxRow) -> SandboxOut:
    """A row as it goes over the wire, without metrics."""
    return SandboxOut(
        id=row.id,
        backend=row.backend,
        status=row.status,  # pyright: ignore[reportArgumentType]  only these are written
        workspace_id=row.workspace_id,
        chat_id=row.chat_id,
        metadata=row.labels,
        network=NetworkOut(allow=row.allow),
        created_at=row.created_ms,
        expires_at=row.expires_ms,
        ended_at=row.ended_ms,
        ended_because=row.ended_because,  # pyright: ignore[reportArgumentType]
        seconds=row.seconds,
        cost_usd=str(cost_usd(row.seconds, Decimal(repr(row.usd_per_hour)))),
        files_only=False,
        metrics=None,
    )


def _now(held: Held) -> dict[str, Any]:
    return {
        "status": "paused" if held.paused else "running",
        "allow": list(held.live.allow),
        "seconds": held.seconds,
        "expires_ms": held.expires_ms,
        "seen_ms": now_ms(),
        "ended_ms": None,
        "ended_because": None,
    }
