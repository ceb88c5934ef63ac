"""The log against a model of it: any sequence of appends, repeats, reads and deletes gives the same answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from entourage.kit.ids import derived_id
from entourage.stores.log import Filter, LogStore
from entourage.stores.sql import EVERYONE, Database
from tests.stores.test_log_append import batch, record

OWNERS = [derived_id("owner", number) for number in range(2)]
SESSIONS = [derived_id("session", number) for number in range(3)]
TYPES = ["message", "usage", "text_delta"]

owners = st.sampled_from(OWNERS)
events = st.tuples(owners, st.integers(0, 12), st.sampled_from(SESSIONS), st.sampled_from(TYPES))
filters = st.builds(
    Filter,
    after=st.integers(0, 20),
    before=st.none() | st.integers(0, 30),
    session_ids=st.lists(st.sampled_from(SESSIONS), max_size=2).map(tuple),
    types=st.lists(st.sampled_from(TYPES), max_size=2).map(tuple),
)
steps = st.one_of(
    st.tuples(st.just("append"), st.lists(events, min_size=1, max_size=6)),
    st.tuples(st.just("delete"), owners, filters),
    st.tuples(st.just("read"), owners, filters, st.integers(1, 10), st.booleans()),
)


@dataclass
class Model:
    """What the log should hold."""

    heads: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OWNERS, 0))
    rows: dict[tuple[str, str], tuple[int, str, str]] = field(default_factory=dict)

    def append(self, owner: str, event_id: str, session: str, kind: str) -> tuple[int, bool]:
        known = self.rows.get((owner, event_id))
        if known:
            return known[0], False
        self.heads[owner] += 1
        self.rows[owner, event_id] = (self.heads[owner], session, kind)
        return self.heads[owner], True

    def matching(self, owner: str, where: Filter) -> list[int]:
        return sorted(
            seq
            for (of, _), (seq, session, kind) in self.rows.items()
            if of == owner
            and seq > where.after
            and (where.before is None or seq < where.before)
            and (not where.session_ids or session in where.session_ids)
            and (not where.types or kind in where.types)
        )

    def delete(self, owner: str, where: Filter) -> int:
        gone = set(self.matching(owner, where))
        self.rows = {key: row for key, row in self.rows.items() if key[0] != owner or row[0] not in gone}
        return len(gone)


async def play(log: LogStore, moves: list[Any]) -> None:
    """Each move on both; the answers are the same."""
    model = Model()
    for move in moves:
        match move:
            case "append", items:
                records = [
                    record(owner, derived_id("event", number), session_id=session, type=kind)
                    for owner, number, session, kind in items
                ]
                places = await log.append(batch(*records))
                expected = [model.append(one.owner_id, one.id, one.session_id or "", one.type) for one in records]
                assert [(place.seq, place.new) for place in places] == expected
            case "delete", owner, where:
                assert await log.delete(owner, where) == model.delete(owner, where)
            case _, owner, where, limit, newest:
                seqs = [row.seq for row in await log.read(owner, where, limit, newest=newest)]
                found = model.matching(owner, where)
                assert seqs == (found[-limit:] if newest else found[:limit])
    for owner in OWNERS:
        assert await log.head(owner) == model.heads[owner]


async def test_it_does_what_the_model_does(database: Database, log: LogStore, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(steps, max_size=12))
    def check(moves: list[Any]) -> None:
        asyncio.run_coroutine_threadsafe(clean_and_play(moves), loop).result(60)

    async def clean_and_play(moves: list[Any]) -> None:
        async with database.write(EVERYONE) as session:
            for table in ("events", "event_heads", "event_rollups", "event_latencies"):
                await session.execute(text(f"DELETE FROM {table}"))
        await play(log, moves)

    await asyncio.to_thread(check)
