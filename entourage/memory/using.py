"""Counting how often memories are used, behind the back of whoever uses them."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, bindparam, update

from entourage.kit.clock import now_ms
from entourage.memory.lanes import Lane
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database, execute_many

GATHER_SECONDS = 2.0
"""How long uses are gathered before they are written."""


class Uses:
    """Uses by owner. A few may be lost when the server is killed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[str, Counter[str]] = defaultdict(Counter)
        self.lane = Lane("uses", self.flush, sweep_seconds=3600)

    def note(self, owner_id: str, ids: Sequence[str]) -> None:
        """These were used once more."""
        if not ids:
            return
        if not self._counted:
            self.lane.wake_later(GATHER_SECONDS)
        self._counted[owner_id].update(ids)

    async def flush(self) -> bool:
        """Write what was gathered; False: there is nothing more."""
        counted, self._counted = self._counted, defaultdict(Counter)
        statement = (
            update(MemoryRow)
            .where(MemoryRow.id == bindparam("memory"), MemoryRow.owner_id == bindparam("owner"))
            .values(uses=MemoryRow.uses + bindparam("times", type_=Integer), used_ms=bindparam("at", type_=BigInteger))
        )
        for owner_id, times in counted.items():
            rows = [
                {"memory": one, "owner": owner_id, "times": count, "at": now_ms()}
                for one, count in sorted(times.items())
            ]
            async with self._database.write(owner_id) as session:
                await execute_many(session, statement, rows)
        return False

    async def close(self) -> None:
        """Write the rest."""
        await self.lane.close()
        async with asyncio.timeout(5):
            await self.flush()
