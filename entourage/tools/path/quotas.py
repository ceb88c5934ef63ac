"""How many calls a policy let through today (UTC)."""

from __future__ import annotations

import time
from collections import OrderedDict

from sqlalchemy import select

from entourage.kit.clock import now_ms
from entourage.stores.sql import Database
from entourage.tools.grants.tables import tool_quotas
from entourage.tools.path.trail import Trail

FRESH_SECONDS = 5.0
"""How long calls that another server let through may go unseen."""

DAY_MS = 24 * 3_600_000
_MAX_REMEMBERED = 20_000


class _Used:
    __slots__ = ("calls", "day", "read_at")

    def __init__(self, day: int, calls: int) -> None:
        self.day = day
        self.calls = calls
        self.read_at = time.monotonic()


class Quotas:
    """Read from what all servers counted every few seconds, counted on in memory in between."""

    def __init__(self, database: Database, trail: Trail) -> None:
        self._database = database
        self._trail = trail
        self._used: OrderedDict[tuple[str, str], _Used] = OrderedDict()

    async def take(self, owner_id: str, policy_id: str, per_day: int) -> bool:
        """Count one more call of today, unless there were `per_day`; whether it was counted."""
        day = now_ms() // DAY_MS
        used = self._used.get((owner_id, policy_id))
        if used is None or used.day != day or time.monotonic() - used.read_at > FRESH_SECONDS:
            used = await self._read(owner_id, policy_id, day)
        if used.calls >= per_day:
            return False
        used.calls += 1
        self._trail.count_quota(owner_id, policy_id, day)
        return True

    async def _read(self, owner_id: str, policy_id: str, day: int) -> _Used:
        await self._trail.flush()
        place = (tool_quotas.c.owner_id == owner_id, tool_quotas.c.policy_id == policy_id, tool_quotas.c.day == day)
        async with self._database.read(owner_id) as session:
            calls = await session.scalar(select(tool_quotas.c.calls).where(*place))
        used = self._used[owner_id, policy_id] = _Used(day, calls or 0)
        if len(self._used) > _MAX_REMEMBERED:
            self._used.popitem(last=False)
        return used
