"""Tells sockets what a window changed: aggregations of its lanes, and the counts of this minute."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import func, select

from entourage.events.hub import Hub
from entourage.kit.clock import now_ms
from entourage.observe.projection.fold import Rows
from entourage.observe.shown import aggregation_of
from entourage.stores.log.tables import rollups
from entourage.stores.sql import Database

METRIC_SECONDS = 1.0
MAX_TOLD = 100
"""Lanes told of one window; a client with more of them reads the rest by REST."""

MINUTE_MS = 60_000


class Live:
    """Nothing is computed for an owner whom nobody listens to."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._told_at: dict[str, float] = {}

    async def tell(self, owner_id: str, rows: Rows) -> None:
        """Send what changed."""
        if not self._hub.connections_of(owner_id):
            self._told_at.pop(owner_id, None)
            return
        for lane in list(rows.lanes.values())[:MAX_TOLD]:
            payload = aggregation_of(lane).model_dump(mode="json")
            self._hub.tell(
                owner_id, "aggregation", payload, session_id=lane.session_id, source=lane.source, agent=lane.agent
            )
        if time.monotonic() - self._told_at.get(owner_id, 0.0) >= METRIC_SECONDS:
            self._told_at[owner_id] = time.monotonic()
            await self._tell_minute(owner_id)

    async def _tell_minute(self, owner_id: str) -> None:
        minute = now_ms() // MINUTE_MS
        cells = rollups.c
        query = select(
            *(
                func.coalesce(func.sum(cell), 0)
                for cell in (cells["count"], cells.errors, cells.tokens, cells.cost_micro_usd)
            )
        )
        async with self._database.read(owner_id) as session:
            row = (await session.execute(query.where(cells.owner_id == owner_id, cells.minute == minute))).one()
        count, errors, tokens, cost = (int(value) for value in tuple[Any, ...](row))
        payload = {
            "interval_ms": MINUTE_MS,
            "t": minute * MINUTE_MS,
            "count": count,
            "errors": errors,
            "tokens": tokens,
            "cost_usd": cost / 1_000_000,
        }
        self._hub.tell(owner_id, "metric", payload)
