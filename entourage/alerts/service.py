"""A person's rules and what they found."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import Secret, User
from entourage.accounts.vault import Vault, put_secret
from entourage.alerts.schemas import (
    ADMIN_KINDS,
    CLEARED_BY_NULL,
    AlertIn,
    AlertMade,
    AlertOut,
    AlertPatch,
    Delivery,
    Firing,
)
from entourage.alerts.tables import AlertRow, DeliveryRow, FiringRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound
from entourage.kit.ids import new_id
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import EVERYONE, Database

MAX_ALERTS = 100
KEPT_DAYS = 90
SECRET_MARK = "whsec_"  # noqa: S105  what secrets of Standard Webhooks begin with
LOG = "log"
CONDITION = frozenset({"threshold", "window_seconds", "for_seconds", "min_events", "source", "agent", "types", "text"})

_DAY_MS = 24 * 3600 * 1000


def secret_name(alert_id: str) -> str:
    """Under which name the vault keeps the secret of a rule's webhook."""
    return f"alert:{alert_id}"


class Alerts:
    """Rows of rules and of their history."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of rules, oldest first."""
        query = select(AlertRow).order_by(AlertRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(AlertRow.id > after)
        async with self._database.read(owner_id) as session:
            rows = list(await session.scalars(query))
        return page_of(rows, limit, lambda row: (row.id,), AlertOut.model_validate)

    async def get(self, owner_id: str, alert_id: str) -> AlertRow:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return await _find(session, alert_id)

    async def create(self, owner_id: str, body: AlertIn, *, is_admin: bool) -> AlertMade:
        """Raises Forbidden for kinds and addresses of admins, Conflict for too many."""
        if body.kind in ADMIN_KINDS and not is_admin:
            raise Forbidden(f"Only an admin may watch {body.kind}.")
        if body.kind == "error_rate":
            _check_percent(body.threshold)
        now = now_ms()
        row = AlertRow(
            **body.model_dump(), id=new_id(), state="ok", state_ms=now, checked_ms=0, created_ms=now, updated_ms=now
        )
        async with self._database.write(owner_id) as session:
            if (await session.scalar(select(func.count(AlertRow.id))) or 0) >= MAX_ALERTS:
                raise Conflict(f"There are {MAX_ALERTS} rules already.", hint="Delete one that is not used.")
            await _check_email(session, owner_id, body.email, is_admin=is_admin)
            session.add(row)
            secret = await self._put_secret(session, owner_id, row.id) if row.webhook_url else None
        return AlertMade(**AlertOut.model_validate(row).model_dump(by_alias=False), webhook_secret=secret)

    async def change(self, owner_id: str, alert_id: str, patch: AlertPatch, *, is_admin: bool) -> AlertRow:
        """What the patch gives; a changed condition starts the rule anew. Raises NotFound, Forbidden, Invalid."""
        given = patch.model_dump(exclude_unset=True)
        changes = {name: value for name, value in given.items() if value is not None or name in CLEARED_BY_NULL}
        async with self._database.write(owner_id) as session:
            row = await _find(session, alert_id, for_update=True)
            if row.kind == "error_rate" and "threshold" in changes:
                _check_percent(changes["threshold"])
            if changes.get("email", row.email) != row.email:
                await _check_email(session, owner_id, changes["email"], is_admin=is_admin)
            for name, value in changes.items():
                setattr(row, name, value)
            row.updated_ms = now_ms()
            if CONDITION & changes.keys() or not row.enabled:
                await _begin_anew(session, row)
            if row.webhook_url and await self._has_no_secret(session, row.id):
                await self._put_secret(session, owner_id, row.id)
        return row

    async def delete(self, owner_id: str, alert_id: str) -> None:
        """The rule, its history, what is on its way, and its secret. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, alert_id, for_update=True)
            await session.delete(row)
            for table in (DeliveryRow, FiringRow):
                await session.execute(delete(table).where(table.alert_id == alert_id))
        await self._vault.delete(owner_id, secret_name(alert_id))

    async def mute(self, owner_id: str, alert_id: str, seconds: int) -> AlertRow:
        """Tell nobody for so long; 0 ends it. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, alert_id, for_update=True)
            row.muted_until_ms = now_ms() + seconds * 1000 if seconds else None
            row.updated_ms = now_ms()
        return row

    async def renew_secret(self, owner_id: str, alert_id: str) -> str:
        """A new secret of the webhook. Raises NotFound, Conflict without a webhook."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, alert_id, for_update=True)
            if row.webhook_url is None:
                raise Conflict("This rule has no webhook.", hint="Give it a webhook_url first.")
            return await self._put_secret(session, owner_id, row.id)

    async def firings(self, owner_id: str, alert_id: str | None, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of history, newest first. Raises NotFound for a rule that is not there."""
        query = select(FiringRow).order_by(FiringRow.id.desc()).limit(limit + 1)
        if cursor is not None:
            (before,) = decode_cursor(cursor, tuple[str])
            query = query.where(FiringRow.id < before)
        async with self._database.read(owner_id) as session:
            if alert_id is not None:
                await _find(session, alert_id)
                query = query.where(FiringRow.alert_id == alert_id)
            rows = list(await session.scalars(query))
            told = await _deliveries(session, [row.id for row in rows])
        return page_of(rows, limit, lambda row: (row.id,), lambda row: _firing(row, told.get(row.id, [])))

    async def purge(self) -> None:
        """Forget history older than 90 days. For housekeeping."""
        before = now_ms() - KEPT_DAYS * _DAY_MS
        async with self._database.write(EVERYONE) as session:
            await session.execute(delete(FiringRow).where(FiringRow.resolved_ms < before))
            await session.execute(
                delete(DeliveryRow).where(DeliveryRow.created_ms < before, DeliveryRow.status != "waiting")
            )

    async def _put_secret(self, session: AsyncSession, owner_id: str, alert_id: str) -> str:
        secret = SECRET_MARK + base64.b64encode(secrets.token_bytes(24)).decode()
        await put_secret(session, self._vault, owner_id, secret_name(alert_id), secret)
        return secret

    async def _has_no_secret(self, session: AsyncSession, alert_id: str) -> bool:
        return await session.scalar(select(Secret.name).where(Secret.name == secret_name(alert_id))) is None


async def _find(session: AsyncSession, alert_id: str, *, for_update: bool = False) -> AlertRow:
    row = await session.get(AlertRow, alert_id, with_for_update=for_update)
    if row is None:
        raise NotFound(f"There is no alert {alert_id}.")
    return row


async def _begin_anew(session: AsyncSession, row: AlertRow) -> None:
    """Another condition is another rule: what fired is over, and nobody is told."""
    if row.firing_id and (firing := await session.get(FiringRow, row.firing_id)):
        firing.resolved_ms = row.updated_ms
    row.state, row.state_ms, row.fired_ms, row.firing_id = "ok", row.updated_ms, None, None


async def _check_email(session: AsyncSession, owner_id: str, email: str | None, *, is_admin: bool) -> None:
    if email is None or is_admin:
        return
    if await session.scalar(select(User.email).where(User.id == owner_id)) != email:
        message = "it must be the address of your account; an admin may give another"
        raise Invalid(f"Not valid: email; {message}.", errors=[{"field": "email", "message": message}])


def _check_percent(threshold: float | None) -> None:
    if threshold is not None and threshold > 100:
        message = "percent end at 100"
        raise Invalid(f"Not valid: threshold; {message}.", errors=[{"field": "threshold", "message": message}])


async def _deliveries(session: AsyncSession, firing_ids: list[str]) -> dict[str, list[Delivery]]:
    query = (
        select(DeliveryRow)
        .where(DeliveryRow.firing_id.in_(firing_ids), DeliveryRow.channel != LOG)
        .order_by(DeliveryRow.id)
    )
    told: dict[str, list[Delivery]] = {}
    for row in await session.scalars(query):
        told.setdefault(row.firing_id or "", []).append(Delivery.model_validate(row))
    return told


def _firing(row: FiringRow, deliveries: list[Delivery]) -> Firing:
    return Firing.model_validate(
        {
            "id": row.id,
            "alert_id": row.alert_id,
            "name": row.name,
            "kind": row.kind,
            "state": "resolved" if row.resolved_ms else "firing",
            "fired_at": row.fired_ms,
            "resolved_at": row.resolved_ms,
            "threshold": row.threshold,
            "value": row.value,
            "worst": row.worst,
            "summary": row.summary,
            "muted": row.muted,
            "deliveries": deliveries,
        }
    )
