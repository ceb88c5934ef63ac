"""Reading pages of events: the statements of a filter, the same for both engines but for placeholders.

A page must be quick whatever the filter and however many events there are, so every statement walks one index in order
of seq. Several values of one column (`type IN (...)`) have no such order: each is walked alone, for its seqs only, and
the first of all are taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace

from entourage.stores.log import texts
from entourage.stores.log.base import MARK_MS, Filter

COLUMNS = "id, session_id, run_id, parent_run_id, agent, type, ts, client_ts, data, trace_id, source"

MAX_SEQ = 2**63 - 1
MAX_WALKS = 100

TYPES = """
    WITH RECURSIVE kinds(type) AS (
        SELECT min(type) FROM event_rollups WHERE owner_id = {owner}
        UNION ALL
        SELECT (SELECT min(r.type) FROM event_rollups r WHERE r.owner_id = {owner} AND r.type > kinds.type)
        FROM kinds WHERE kinds.type IS NOT NULL)
    SELECT type FROM kinds WHERE type IS NOT NULL
"""
"""Every type the owner ever had: one look into an index for each."""

Dialect: TypeAlias = Literal["sqlite", "postgresql"]

_WALKED = (("session_ids", "session_id"), ("types", "type"), ("agents", "agent"), ("sources", "source"))
"""Fields of a filter whose columns have an index that ends in seq, the most selective first."""


class Statement:
    """A statement in the making: `bind` gives the placeholder of a value."""

    def __init__(self, dialect: Dialect, owner_id: str) -> None:
        self.dialect: Dialect = dialect
        self.values: list[Any] = []
        self.owner = self.bind(owner_id)
        self._greatest, self._least = ("max", "min") if dialect == "sqlite" else ("greatest", "least")

    def bind(self, value: object) -> str:
        self.values.append(value)
        return f"{'?' if self.dialect == 'sqlite' else '$'}{len(self.values)}"

    def page(self, where: Filter, limit: int, *, newest: bool) -> str:
        """Rows `seq, owner_id, COLUMNS` of the first or the last `limit` events that match."""
        order = "DESC" if newest else "ASC"
        found = f"SELECT e.seq, e.owner_id, {_prefixed(COLUMNS)} FROM"
        if where.text is not None and self.dialect == "sqlite":
            return f"{found} {self._texts_first(where)} ORDER BY event_fts.rowid {order} LIMIT {int(limit)}"
        walks = _walks(where)
        if len(walks) == 1:
            return f"{found} events e WHERE {self.conditions(where)} ORDER BY e.seq {order} LIMIT {int(limit)}"
        each = " UNION ALL ".join(
            f"SELECT * FROM (SELECT e.seq FROM events e WHERE {self.conditions(walk)} ORDER BY e.seq {order} "
            f"LIMIT {int(limit)}) w{number}"
            for number, walk in enumerate(walks)
        )
        return (
            f"{found} (SELECT seq FROM ({each}) walks ORDER BY seq {order} LIMIT {int(limit)}) chosen "
            f"JOIN events e ON e.owner_id = {self.owner} AND e.seq = chosen.seq ORDER BY e.seq {order}"
        )

    def count(self, where: Filter, limit: int) -> str:
        """One number: how many match, up to `limit`."""
        source = f"events e WHERE {self.conditions(where)}"
        if where.text is not None and self.dialect == "sqlite":
            source = self._texts_first(where)
        return f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT {int(limit)}) counted"

    def conditions(self, where: Filter) -> str:
        """The WHERE clause of a filter over `events e`; on SQLite without its text, which is searched first."""
        parts = [f"e.owner_id = {self.owner}", f"e.seq > {self._low(where)}"]
        if where.before is not None or where.until_ms is not None:
            parts.append(f"e.seq < {self._high(where)}")
        if where.since_ms is not None:
            parts.append(f"e.ts >= {self.bind(where.since_ms)}")
        if where.until_ms is not None:
            parts.append(f"e.ts < {self.bind(where.until_ms)}")
        for field, column in (*_WALKED, ("run_ids", "run_id")):
            wanted: tuple[str, ...] = getattr(where, field)
            if wanted:
                parts.append(self._among(f"e.{column}", wanted))
        if where.text is not None and self.dialect == "postgresql":
            term = self.bind(texts.tsquery_term(where.text))
            parts.append(
                f"e.seq IN (SELECT t.seq FROM event_texts t WHERE t.owner_id = {self.owner} "
                f"AND t.text_search @@ to_tsquery('simple', {term}::text))"
            )
        return " AND ".join(parts)

    def _among(self, column: str, wanted: tuple[str, ...]) -> str:
        if len(wanted) == 1:
            return f"{column} = {self.bind(wanted[0])}"
        return f"{column} IN ({', '.join(self.bind(value) for value in wanted)})"

    def _low(self, where: Filter) -> str:
        """One bound, since SQLite walks an index from one only."""
        after = self.bind(where.after)
        if where.since_ms is None:
            return after
        mark = self.bind(where.since_ms // MARK_MS - 1)  # one mark early: clocks of replicas differ a little
        first = f"(SELECT m.seq - 1 FROM event_marks m WHERE m.owner_id = {self.owner} AND m.mark <= {mark}"
        return f"{self._greatest}({after}, coalesce({first} ORDER BY m.mark DESC LIMIT 1), 0))"

    def _high(self, where: Filter) -> str:
        before = self.bind(MAX_SEQ if where.before is None else where.before)
        if where.until_ms is None:
            return before
        mark = self.bind(where.until_ms // MARK_MS + 2)
        first = f"(SELECT m.seq FROM event_marks m WHERE m.owner_id = {self.owner} AND m.mark >= {mark}"
        return f"{self._least}({before}, coalesce({first} ORDER BY m.mark LIMIT 1), {MAX_SEQ}))"

    def _texts_first(self, where: Filter) -> str:
        assert where.text is not None
        number = f"(SELECT number FROM event_fts_owners WHERE owner_id = {self.owner})"
        low = f"({number} << {texts.SEQ_BITS}) + {self.bind(where.after + 1)}"
        last = min(where.before or MAX_SEQ, 1 << texts.SEQ_BITS) - 1
        return (
            f"event_fts CROSS JOIN events e ON e.owner_id = {self.owner} "
            f"AND e.seq = event_fts.rowid & {(1 << texts.SEQ_BITS) - 1} "
            f"WHERE event_fts MATCH {self.bind(texts.fts5_term(where.text))} AND event_fts.rowid >= {low} "
            f"AND event_fts.rowid <= ({number} << {texts.SEQ_BITS}) + {self.bind(last)} AND {self.conditions(where)}"
        )


def _walks(where: Filter) -> list[Filter]:
    """The filter cut into filters that each have one value of an indexed column."""
    if len(where.session_ids) == 1:
        return [where]
    for field, _ in _WALKED:
        values: tuple[str, ...] = getattr(where, field)
        if 1 < len(values) <= MAX_WALKS:
            return [replace(where, **{field: (value,)}) for value in dict.fromkeys(values)]
    return [where]


def _prefixed(columns: str) -> str:
    return ", ".join(f"e.{column}" for column in columns.split(", "))


def with_types(where: Filter, known: Iterable[str]) -> Filter | None:
    """The filter with its prefixes as the types they stand for; None when there is no such type."""
    types = {*where.types, *(name for name in known if name.startswith(where.type_prefixes))}
    return replace(where, types=tuple(sorted(types)), type_prefixes=()) if types else None
