"""The outbox: messages are rows, written with the change they tell of, and sent at least once.

Whoever sends a message first takes it for a minute. A process that dies meanwhile leaves it to the next one, under
the same id, so that receivers know a repeat.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.alerts.channels import Channels, Gone
from entourage.alerts.schemas import Delivery
from entourage.alerts.tables import AlertRow, DeliveryRow
from entourage.alerts.wording import Told
from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, Problem
from entourage.kit.ids import new_id
from entourage.kit.json import encode
from entourage.stores.sql import EVERYONE, Database

logger = structlog.get_logger(__name__)

RETRY_SECONDS = (5, 30, 120, 600, 3600)
"""Waits between attempts; after the last the message counts as failed."""

LEASE_MS = 60_000
BATCH = 16
LOOK_SECONDS = 5.0


class Deliveries:
    """Writes messages and sends what is due."""

    def __init__(self, database: Database, channels: Channels) -> None:
        self._database = database
        self._channels = channels
        self._wake = asyncio.Event()

    def write(self, session: AsyncSession, rule: AlertRow, what: str, told: Told) -> None:
        """Add the messages of a change in the caller's transaction; call `wake` once it is committed."""
        channels = [("log", "")] if what != "test" else []
        if not told.muted:
            channels += _targets(rule)
        for channel, target in channels:
            session.add(_row(rule, channel, target, what, told))

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send, for ever: at once when woken, else what is due every few seconds."""
        while True:
            self._wake.clear()
            try:
                while await self.send_due():
                    pass
            except Exception:  # the database is away; the next look is another chance
                logger.warning("alerts.sending_failed", exc_info=True)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def send_due(self, at_ms: int | None = None) -> int:
        """Send up to a batch of what is due at `at_ms` (now); how many were tried."""
        now = now_ms() if at_ms is None else at_ms
        taken = await self._take(now)
        await asyncio.gather(*(self._send(row, now) for row in taken))
        return len(taken)

    async def test(self, rule: AlertRow, told: Told) -> list[Delivery]:
        """Send a trial message by each channel of the rule, once, and tell how it went."""
        rows = [_row(rule, channel, target, "test", told) for channel, target in _targets(rule)]
        for row in rows:
            row.attempts, row.next_ms = 1, now_ms() + LEASE_MS
        async with self._database.write(rule.owner_id) as session:
            session.add_all(rows)
        sent = await asyncio.gather(*(self._send(row, now_ms()) for row in rows))
        return [Delivery.model_validate(row) for row in sent]

    async def _take(self, now: int) -> list[DeliveryRow]:
        due = DeliveryRow.status == "waiting", DeliveryRow.next_ms <= now
        query = select(DeliveryRow).where(*due).order_by(DeliveryRow.next_ms, DeliveryRow.id).limit(BATCH)
        async with self._database.read(EVERYONE) as session:
            if (await session.scalars(query.limit(1))).first() is None:
                return []
        async with self._database.write(EVERYONE) as session:
            rows = list(await session.scalars(query.with_for_update(skip_locked=True)))
            for row in rows:
                row.attempts, row.next_ms = row.attempts + 1, now + LEASE_MS
        return rows

    async def _send(self, taken: DeliveryRow, now: int) -> DeliveryRow:
        is_final, error = False, None
        try:
            await self._channels.send(taken)
        except Gone:
            is_final, error = True, "the webhook answered HTTP 410: it is gone"
        except Forbidden as refusal:
            is_final, error = True, refusal.detail
        except Problem as problem:
            error = problem.detail
        except Exception as failure:  # whatever it was, it is tried again
            logger.exception("alerts.delivery_crashed", delivery_id=taken.id, channel=taken.channel)
            error = type(failure).__name__
        return await self._record(taken, now, error, is_final=is_final)

    async def _record(self, taken: DeliveryRow, now: int, error: str | None, *, is_final: bool) -> DeliveryRow:
        is_over = is_final or taken.what == "test" or taken.attempts > len(RETRY_SECONDS)
        async with self._database.write(taken.owner_id) as session:
            row = await session.get(DeliveryRow, taken.id, with_for_update=True)
            if row is None:  # its rule was deleted meanwhile
                return taken
            row.error = error and error[:300]
            if error is None:
                row.status, row.delivered_ms = "delivered", now
            elif is_over:
                row.status = "failed"
            else:
                row.next_ms = now + RETRY_SECONDS[taken.attempts - 1] * 1000
        return row


def _targets(rule: AlertRow) -> list[tuple[str, str]]:
    pairs = (("webhook", rule.webhook_url), ("email", rule.email))
    return [(channel, target) for channel, target in pairs if target]


def _row(rule: AlertRow, channel: str, target: str, what: str, told: Told) -> DeliveryRow:
    now = now_ms()
    return DeliveryRow(
        id=new_id(),
        owner_id=rule.owner_id,
        alert_id=rule.id,
        firing_id=told.firing_id,
        channel=channel,
        what=what,
        target=target,
        body=encode(told).decode(),
        status="waiting",
        attempts=0,
        next_ms=0,
        created_ms=now,
    )
