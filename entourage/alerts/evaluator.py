"""Looks at every rule again and again. On several replicas one of them does, whichever gets there first."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import structlog
from sqlalchemy import select, update

from entourage.accounts.tables import User
from entourage.alerts.deliveries import Deliveries
from entourage.alerts.machine import Change, Patience, Standing, State, step
from entourage.alerts.measures import Measured, Measures
from entourage.alerts.schemas import ADMIN_KINDS
from entourage.alerts.service import Alerts
from entourage.alerts.tables import AlertRow, FiringRow
from entourage.alerts.wording import Told
from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database
from entourage.stores.sql.sole import sole

logger = structlog.get_logger(__name__)

PURGE_MS = 3600 * 1000
LOCK = "alerts"


class _Looked(NamedTuple):
    rule: AlertRow
    measured: Measured
    standing: Standing
    change: Change | None


class Evaluator:
    """Measures, moves the rules on, and writes down what changed together with who is to be told."""

    def __init__(
        self, database: Database, measures: Measures, alerts: Alerts, deliveries: Deliveries, *, seconds: float
    ) -> None:
        self._database = database
        self._measures = measures
        self._alerts = alerts
        self._deliveries = deliveries
        self._seconds = seconds
        self._purged_ms = now_ms()

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.look()
            except Exception:  # an engine that is away; the next look is another chance
                logger.warning("alerts.look_failed", exc_info=True)

    async def look(self, at_ms: int | None = None) -> None:
        """Look at all rules that are due at `at_ms` (now), unless another replica does so in this moment."""
        now = now_ms() if at_ms is None else at_ms
        async with sole(self._database, LOCK) as is_ours:
            if not is_ours:
                return
            looked = [found for rule in await self._due(now) if (found := await self._look_at(rule, now))]
            await self._note([found for found in looked if found.change is None], now)
            for found in looked:
                if found.change:
                    await self._change(found, now)
        if any(found.change for found in looked):
            self._deliveries.wake()
        if now - self._purged_ms > PURGE_MS:
            self._purged_ms = now
            await self._alerts.purge()

    async def _due(self, now: int) -> list[AlertRow]:
        """Rules of people who may still come in; those another replica has just looked at are left out."""
        fresh = now - round(self._seconds * 500)
        query = (
            select(AlertRow, User.is_admin)
            .join(User, User.id == AlertRow.owner_id)
            .where(AlertRow.enabled, AlertRow.checked_ms <= fresh, User.is_active)
            .order_by(AlertRow.id)
        )
        async with self._database.read(EVERYONE) as session:
            rows = (await session.execute(query)).all()
        return [rule for rule, is_admin in rows if is_admin or rule.kind not in ADMIN_KINDS]

    async def _look_at(self, rule: AlertRow, now: int) -> _Looked | None:
        try:
            measured = await self._measures.measure(rule, now)
        except Exception:  # one rule that cannot be measured must not stop the others
            logger.warning("alerts.measure_failed", alert_id=rule.id, kind=rule.kind, exc_info=True)
            return None
        patience = Patience(rule.for_seconds * 1000, rule.cooldown_seconds * 1000)
        standing, change = step(_standing(rule), patience, now, is_breach=measured.is_breach)
        return _Looked(rule, measured, standing, change)

    async def _note(self, looked: list[_Looked], now: int) -> None:
        """Rules of which nobody is told: what was measured, and pending or not."""
        if not looked:
            return
        async with self._database.write(EVERYONE) as session:
            for rule, measured, standing, _ in looked:
                same = AlertRow.id == rule.id, AlertRow.updated_ms == rule.updated_ms, AlertRow.state == rule.state
                values = {"state": standing.state, "state_ms": standing.since_ms}
                await session.execute(
                    update(AlertRow).where(*same).values(last_value=measured.value, checked_ms=now, **values)
                )
                if rule.firing_id:
                    worse = FiringRow.id == rule.firing_id, FiringRow.worst < measured.value
                    await session.execute(update(FiringRow).where(*worse).values(worst=measured.value))

    async def _change(self, looked: _Looked, now: int) -> None:
        """One transaction: the rule, its history, and the messages that tell of it."""
        before, measured, standing, change = looked
        async with self._database.write(before.owner_id) as session:
            rule = await session.get(AlertRow, before.id, with_for_update=True)
            if rule is None or rule.updated_ms != before.updated_ms or rule.state != before.state or not rule.enabled:
                return
            rule.state, rule.state_ms, rule.fired_ms = standing
            rule.last_value, rule.checked_ms = measured.value, now
            if change == "fired":
                firing = _new_firing(rule, measured, now)
                session.add(firing)
                rule.firing_id = firing.id
            else:
                firing = await session.get(FiringRow, rule.firing_id or "")
                rule.firing_id = None
                if firing is None:
                    return
                firing.resolved_ms = now
            self._deliveries.write(session, rule, change or "", _told(rule, firing, measured, now))


def _standing(rule: AlertRow) -> Standing:
    state: State = rule.state  # pyright: ignore[reportAssignmentType]  the column holds nothing else
    return Standing(state, rule.state_ms, rule.fired_ms)


def _new_firing(rule: AlertRow, measured: Measured, now: int) -> FiringRow:
    return FiringRow(
        id=new_id(),
        owner_id=rule.owner_id,
        alert_id=rule.id,
        name=rule.name,
        kind=rule.kind,
        threshold=rule.threshold,
        value=measured.value,
        worst=measured.value,
        summary=measured.summary,
        muted=rule.muted_until_ms is not None and rule.muted_until_ms > now,
        fired_ms=now,
    )


def _told(rule: AlertRow, firing: FiringRow, measured: Measured, now: int) -> Told:
    is_muted = firing.muted or (rule.muted_until_ms is not None and rule.muted_until_ms > now)
    return Told(
        alert_id=rule.id,
        firing_id=firing.id,
        name=rule.name,
        kind=rule.kind,
        threshold=rule.threshold,
        value=measured.value,
        summary=measured.summary,
        at_ms=now,
        fired_ms=firing.fired_ms,
        muted=is_muted,
    )
