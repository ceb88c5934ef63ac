"""The applications of a person, and what they chose for each."""

from __future__ import annotations

import time

from sqlalchemy import select

from entourage.accounts.tables import ApiKey
from entourage.observe.guard import Source
from entourage.observe.schemas import SourceIn, SourceOut
from entourage.observe.tables import SourceRow
from entourage.stores.sql import Database

KEPT_SECONDS = 5.0
"""How long another replica's change may go unseen."""

MAX_KEPT = 10_000


class Sources:
    """Reads and changes sources; what the doors ask for is kept in memory for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[str, str], tuple[Source, float]] = {}

    async def of(self, owner_id: str, app: str) -> Source:
        """What its person chose for an application; the defaults for one that is new."""
        kept = self._kept.get((owner_id, app))
        if kept and kept[1] > time.monotonic():
            return kept[0]
        async with self._database.read(owner_id) as session:
            row = await session.get(SourceRow, (owner_id, app))
        source = _source(row) if row else Source(app)
        self._keep(owner_id, source)
        return source

    async def all_of(self, owner_id: str) -> list[SourceOut]:
        """Every application that sent something or has a key, by name."""
        async with self._database.read(owner_id) as session:
            rows = {row.app: row for row in await session.scalars(select(SourceRow))}
            apps = (await session.scalars(select(ApiKey.app).where(ApiKey.app.is_not(None)))).all()
        names = sorted({*rows, *(app for app in apps if app)})
        return [_shown(rows.get(name) or _fresh(owner_id, name), apps.count(name)) for name in names]

    async def change(self, owner_id: str, app: str, body: SourceIn) -> SourceOut:
        """Set the mode of an application, which need not have sent anything yet."""
        async with self._database.write(owner_id) as session:
            row = await session.get(SourceRow, (owner_id, app))
            if row is None:
                row = _fresh(owner_id, app)
                session.add(row)
            row.mode, row.route_permissions = body.mode, body.route_permissions
            await session.flush()
            source = _source(row)
        self._keep(owner_id, source)
        return next(shown for shown in await self.all_of(owner_id) if shown.app == app)

    def _keep(self, owner_id: str, source: Source) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[owner_id, source.app] = (source, time.monotonic() + KEPT_SECONDS)


def _fresh(owner_id: str, app: str) -> SourceRow:
    return SourceRow(owner_id=owner_id, app=app, mode="observe", route_permissions=False, events=0)


def _source(row: SourceRow) -> Source:
    return Source(row.app, "guard" if row.mode == "guard" else "observe", row.route_permissions)


def _shown(row: SourceRow, keys: int) -> SourceOut:
    source = _source(row)
    return SourceOut(
        app=row.app,
        events=row.events,
        last_seen_at=row.last_seen_ms,
        keys=keys,
        mode=source.mode,
        route_permissions=source.route_permissions,
    )
