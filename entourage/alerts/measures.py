"""What each kind of rule looks at. Windows over counts are in whole minutes, as the log's rollups are."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from entourage.alerts.tables import AlertRow
from entourage.events.log import EventLog
from entourage.kit.telemetry import Telemetry
from entourage.llm.money.call import GATEWAY
from entourage.observe.tables import SessionRow
from entourage.stores.log import Filter
from entourage.stores.log.tables import rollups
from entourage.stores.sql import Database

OUTCOMES = (
    "tool_finished",
    "tool_failed",
    "task_completed",
    "task_failed",
    "usage",
    "error",
    "hook.PostToolUse",
    "hook.PostToolUseFailure",
    "hook.Stop",
    "hook.StopFailure",
)
"""What counts as a try that went well or not, unless a rule names its own types."""

FAILURES = frozenset({"tool_failed", "task_failed", "error", "hook.PostToolUseFailure", "hook.StopFailure"})
MOST_COUNTED = 100_000
MOST_READ = 10_000
GONE_MS = 24 * 3600 * 1000
"""A session silent for longer is gone, not stuck: its agent was ended without a word."""

_MINUTE_MS = 60_000


class Measured(NamedTuple):
    """The figure in the unit of the kind, whether it is over the threshold, and one line about it for people."""

    value: float
    is_breach: bool
    summary: str


class Measures:
    """Reads the log's rollups, the log, what is observed, and the server's own instruments."""

    def __init__(self, database: Database, log: EventLog, telemetry: Telemetry) -> None:
        self._database = database
        self._log = log
        self._telemetry = telemetry

    async def measure(self, rule: AlertRow, now_ms: int) -> Measured:
        """What the rule's figure is at `now_ms`."""
        return await getattr(self, f"_{rule.kind}")(rule, now_ms)

    async def _error_rate(self, rule: AlertRow, now_ms: int) -> Measured:
        total, errors = await self._outcomes(rule, now_ms)
        percent = 100 * errors / total if total else 0.0
        is_breach = total >= rule.min_events and percent > rule.threshold
        text = f"{percent:.1f} % of {total} outcomes failed within {_span(rule.window_seconds)}"
        return Measured(percent, is_breach, f"{text} (limit {rule.threshold:g} %)")

    async def _outcomes(self, rule: AlertRow, now_ms: int) -> tuple[int, int]:
        if rule.source is None:
            columns = func.coalesce(func.sum(rollups.c.count), 0), func.coalesce(func.sum(rollups.c.errors), 0)
            total, errors = await self._rolled_up(rule, now_ms, *columns, types=rule.types or OUTCOMES)
            return int(total), int(errors)
        where = _filter(rule, now_ms, rule.types or OUTCOMES)
        failing = _filter(rule, now_ms, [name for name in rule.types or OUTCOMES if name in FAILURES])
        total = await self._log.count(rule.owner_id, where, MOST_COUNTED)
        has_failures = bool(failing.types)
        return total, await self._log.count(rule.owner_id, failing, MOST_COUNTED) if has_failures else 0

    async def _budget_burn(self, rule: AlertRow, now_ms: int) -> Measured:
        dollars = await self._spent(rule, now_ms)
        text = f"${dollars:.4f} spent on models within {_span(rule.window_seconds)} (limit ${rule.threshold:g})"
        return Measured(dollars, dollars > rule.threshold, text)

    async def _spent(self, rule: AlertRow, now_ms: int) -> float:
        if rule.source is None:
            column = func.coalesce(func.sum(rollups.c.cost_micro_usd), 0)
            (micro,) = await self._rolled_up(rule, now_ms, column, types=["usage"])
            return int(micro) / 1_000_000
        events = await self._log.read(rule.owner_id, _filter(rule, now_ms, ["usage"]), MOST_READ, newest=True)
        return sum(float(item.event.read().get("cost_usd") or 0) for item in events)

    async def _event_match(self, rule: AlertRow, now_ms: int) -> Measured:
        found = await self._log.count(rule.owner_id, _filter(rule, now_ms, rule.types), MOST_READ)
        text = f"{found} matching events within {_span(rule.window_seconds)} (at least {rule.threshold:g})"
        return Measured(found, found >= rule.threshold, text)

    async def _stuck_agent(self, rule: AlertRow, now_ms: int) -> Measured:
        silent_since = now_ms - round(rule.threshold * _MINUTE_MS)
        gone_since = min(silent_since, now_ms - GONE_MS)
        query = (
            select(SessionRow.source, SessionRow.id, SessionRow.last_ms)
            .where(SessionRow.state == "active", SessionRow.last_ms <= silent_since, SessionRow.last_ms > gone_since)
            .where(SessionRow.source != GATEWAY)  # single calls of models: there is no agent that could be stuck
            .order_by(SessionRow.last_ms)
            .limit(1)
        )
        if rule.source:
            query = query.where(SessionRow.source == rule.source)
        async with self._database.read(rule.owner_id) as session:
            found = (await session.execute(query)).first()
        if found is None:
            return Measured(0, is_breach=False, summary="every running session has said something lately")
        minutes = (now_ms - found.last_ms) / _MINUTE_MS
        return Measured(
            minutes, is_breach=True, summary=f"{found.source} session {found.id}: silent for {minutes:.0f} min"
        )

    async def _slow_query(self, rule: AlertRow, now_ms: int) -> Measured:
        del now_ms
        slowest = self._telemetry.slow_queries.slowest_seconds(rule.window_seconds) * 1000
        text = f"a query took {slowest:.0f} ms (limit {rule.threshold:g} ms)" if slowest else "no slow query"
        return Measured(slowest, slowest > rule.threshold, text)

    async def _queue_overflow(self, rule: AlertRow, now_ms: int) -> Measured:
        del now_ms
        lost = self._telemetry.lost_within(rule.window_seconds)
        return Measured(lost, lost >= rule.threshold, f"{lost} events lost within {_span(rule.window_seconds)}")

    async def _rolled_up(self, rule: AlertRow, now_ms: int, *columns: Any, types: Any) -> Any:
        since = (now_ms - rule.window_seconds * 1000) // _MINUTE_MS
        names, prefixes = _split(types)
        wanted = [rollups.c.type.in_(names), *(rollups.c.type.startswith(name, autoescape=True) for name in prefixes)]
        query = select(*columns).where(rollups.c.owner_id == rule.owner_id, rollups.c.minute > since, or_(*wanted))
        if rule.agent:
            query = query.where(rollups.c.agent == rule.agent)
        async with self._database.read(rule.owner_id) as session:
            return (await session.execute(query)).one()


def _filter(rule: AlertRow, now_ms: int, types: Any) -> Filter:
    names, prefixes = _split(types)
    return Filter(
        since_ms=now_ms - rule.window_seconds * 1000,
        types=names,
        type_prefixes=prefixes,
        agents=(rule.agent,) if rule.agent else (),
        sources=(rule.source,) if rule.source else (),
        text=rule.text,
    )


def _split(types: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names, and beginnings of names that end in a star."""
    names = tuple(name for name in types if not name.endswith("*"))
    return names, tuple(name.removesuffix("*") for name in types if name.endswith("*"))


def _span(seconds: float) -> str:
    return f"{seconds / 3600:g} h" if seconds % 3600 == 0 else f"{seconds / 60:g} min"
