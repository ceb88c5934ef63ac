"""Rows of runs as the bus finds them, and the words it says about them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Final

from sqlalchemy import BigInteger, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.statements import LOCK_QUEUE
from entourage.agents.bus.store import Claim, LeaseLost
from entourage.agents.tables import RunRow
from entourage.kit.errors import NotFound
from entourage.stores.sql import Database, Prepared, Within
from entourage.stores.sql.notices import Notices, notify

WAKE: Final = "wake"
"""There may be work."""
LOOK: Final = "look "
"""Whoever works on this run shall look at its row."""
LEFT: Final = "left "
"""This run is not worked on any more: it ended, or it waits."""

_LOCK = Prepared(text("SELECT pg_advisory_xact_lock(:key)").bindparams(bindparam("key", type_=BigInteger)))


class Rows:
    """What the parts of the SQL store share."""

    def __init__(self, database: Database, notices: Notices | None = None, *, lease_seconds: float) -> None:
        self._database = database
        self._lease_ms = round(lease_seconds * 1000)
        self.notices = notices or Notices(database)

    async def _lock(self, session: AsyncSession, *names: str) -> None:
        """Be alone with something until the transaction ends (an embedded database has one writer in any case)."""
        if self._database.dialect == "postgresql":
            await _LOCK.first(session, key=lock_key(*names))

    async def _lock_queue(self, session: AsyncSession, owner_id: str, agent: str) -> None:
        """As `_lock`, with a queue."""
        if self._database.dialect == "postgresql":
            await LOCK_QUEUE.first(session, owner=owner_id, agent=agent)

    async def lock_queues(self, session: AsyncSession, owner_id: str, agents: Collection[str]) -> None:
        """For who will enter queues after locking a run: queues come first, as for those who take from them."""
        for agent in sorted(set(agents)):
            await self._lock_queue(session, owner_id, agent)


async def row_of(session: AsyncSession, claim: Claim) -> RunRow:
    """The row that a worker holds, for this transaction alone. Raises LeaseLost."""
    row = await session.get(RunRow, claim.run_id, with_for_update=True, populate_existing=True)
    if row is None or row.fence != claim.fence or row.status != "running":
        raise LeaseLost(claim.run_id)
    return row


def lock_key(*names: str) -> int:
    """A number for advisory locks."""
    return int.from_bytes(hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest(), signed=True)


def let_go(row: RunRow, status: str) -> None:
    """Nobody works on it any more."""
    row.status, row.worker, row.lease_ms = status, None, 0


async def find_run(session: AsyncSession, run_id: str, *, lock: bool = False) -> RunRow:
    """The row. Raises NotFound."""
    row = await session.get(RunRow, run_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return row


_STATUS = Prepared(select(RunRow.status).where(RunRow.id == bindparam("run")).with_for_update())
_QUEUE = Prepared(update(RunRow).where(RunRow.id == bindparam("run")).values(status="queued", worker=None, lease_ms=0))


async def requeue(within: Within, run_id: str) -> None:
    """Let a waiting run go on, in its old place.

    It is locked first: while its worker parks it, what it waits for and this must not pass by each other unseen.
    """
    if await _STATUS.first(within, run=run_id) == "waiting":
        await _QUEUE.changed(within, run=run_id)
        await notify(within, WAKE)
