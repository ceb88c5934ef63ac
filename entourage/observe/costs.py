"""What was spent, by whom and on what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import and_, func, select

from entourage.observe.projection.store import session_state
from entourage.observe.schemas import CostOut
from entourage.observe.shown import money
from entourage.observe.tables import CostRow, SessionRow
from entourage.stores.sql import Database

CostKey = Literal["agent", "session", "project", "model", "source", "day"]

HOUR_MS = 3_600_000
MAX_KEYS = 500
"""Of more keys, the most expensive are told."""

_SUMS = (CostRow.calls, CostRow.input_tokens, CostRow.output_tokens, CostRow.cached_tokens, CostRow.cost_micro_usd)


class CostFilter(NamedTuple):
    """Of which calls; None means any. Times count by the hour."""

    since_ms: int | None = None
    until_ms: int | None = None
    source: str | None = None
    session_id: str | None = None


class Costs:
    """Reads what model calls cost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, owner_id: str, group_by: CostKey, where: CostFilter) -> list[CostOut]:
        """Costs under each key, the highest first; days in their order."""
        keys = _keys(group_by)
        sums = [func.sum(column) for column in _SUMS]
        query: Any = select(*keys, *sums).group_by(*keys)
        if group_by == "project":
            query = query.outerjoin(SessionRow, _same_session())
        query = _narrowed(query, where)
        days = group_by == "day"
        query = query.order_by(keys[0]) if days else query.order_by(sums[-1].desc(), sums[1].desc(), *keys)
        async with self._database.read(owner_id) as session:
            rows = (await session.execute(query.limit(MAX_KEYS))).all()
            labels = await self._titles(session, owner_id, rows) if group_by == "session" else {}
        return [_shown(group_by, tuple(row), len(keys), labels) for row in rows]

    async def _titles(self, session: Any, owner_id: str, rows: Any) -> dict[tuple[str, str], str]:
        wanted = {row[1] for row in rows}
        query = select(SessionRow.doc).where(SessionRow.owner_id == owner_id, SessionRow.id.in_(wanted))
        found = [session_state(doc) for doc in await session.scalars(query)]
        named = {(one.source, one.id): one.named or one.title for one in found}
        return {key: title[2] for key, title in named.items() if title}


def _keys(group_by: CostKey) -> list[Any]:
    return {
        "agent": [CostRow.agent],
        "session": [CostRow.source, CostRow.session_id],
        "project": [func.coalesce(SessionRow.project, "")],
        "model": [CostRow.model],
        "source": [CostRow.source],
        "day": [(CostRow.hour - CostRow.hour % 24).label("day")],
    }[group_by]


def _same_session() -> Any:
    return and_(
        SessionRow.owner_id == CostRow.owner_id,
        SessionRow.source == CostRow.source,
        SessionRow.id == CostRow.session_id,
    )


def _narrowed(query: Any, where: CostFilter) -> Any:
    if where.since_ms is not None:
        query = query.where(CostRow.hour >= where.since_ms // HOUR_MS)
    if where.until_ms is not None:
        query = query.where(CostRow.hour < -(-where.until_ms // HOUR_MS))
    if where.source is not None:
        query = query.where(CostRow.source == where.source)
    if where.session_id is not None:
        query = query.where(CostRow.session_id == where.session_id)
    return query


def _shown(group_by: CostKey, row: tuple[Any, ...], keys: int, labels: dict[tuple[str, str], str]) -> CostOut:
    key, label = _key_and_label(group_by, row[:keys], labels)
    calls, given, made, cached, cost = (int(value) for value in row[keys:])
    return CostOut(
        key=key,
        label=label,
        calls=calls,
        input_tokens=given,
        output_tokens=made,
        cached_tokens=cached,
        cost_usd=money(cost),
    )


def _key_and_label(group_by: CostKey, key: tuple[Any, ...], labels: dict[tuple[str, str], str]) -> tuple[str, str]:
    if group_by == "session":
        source, session_id = key
        return f"{source}/{session_id}", labels.get((source, session_id), str(session_id))
    if group_by == "day":
        day = datetime.fromtimestamp(key[0] * 3600, UTC).date().isoformat()
        return day, day
    return str(key[0]), str(key[0]) or "—"
