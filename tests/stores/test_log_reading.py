"""Pages of the log by any filter: what comes back is what a plain look at every event would choose."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.kit.ids import new_id
from entourage.stores.log import Filter, LogStore, Record, Rollup, Stored

START = 1_760_000_000_000
KINDS = ("hook.PreToolUse", "hook.PostToolUse", "hookless", "usage", "message")
WORDS = ("deploy", "deployment", "Ångström", "/srv/shop/app.py", "rm -rf build", "ключ")

records = st.builds(
    lambda session, run, agent, kind, after_ms, source: Record(
        "", new_id(), session, run, None, agent, kind, START + after_ms, None, "{}", None, source
    ),
    st.sampled_from(("s1", "s2", None)),
    st.sampled_from(("r1", "r2", None)),
    st.sampled_from(("coder", "main", None)),
    st.sampled_from(KINDS),
    st.integers(0, 90_000),
    st.sampled_from(("team", "codex")),
)
some = lambda *values: st.lists(st.sampled_from(values), max_size=3).map(tuple)  # noqa: E731
filters = st.builds(
    Filter,
    after=st.integers(0, 30),
    before=st.none() | st.integers(1, 40),
    since_ms=st.none() | st.integers(START, START + 90_000),
    until_ms=st.none() | st.integers(START, START + 90_000),
    session_ids=some("s1", "s2"),
    run_ids=some("r1", "r2"),
    types=some(*KINDS, "unknown"),
    type_prefixes=some("hook.", "us", "nothing."),
    agents=some("coder", "main"),
    sources=some("team", "codex"),
)


def passes(row: Stored, where: Filter) -> bool:
    record = row.record
    by_type = record.type in where.types or record.type.startswith(where.type_prefixes)
    return (
        row.seq > where.after
        and (where.before is None or row.seq < where.before)
        and (where.since_ms is None or record.ts >= where.since_ms)
        and (where.until_ms is None or record.ts < where.until_ms)
        and (not where.session_ids or record.session_id in where.session_ids)
        and (not where.run_ids or record.run_id in where.run_ids)
        and (not (where.types or where.type_prefixes) or by_type)
        and (not where.agents or record.agent in where.agents)
        and (not where.sources or record.source in where.sources)
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, min_size=1, max_size=40), st.lists(filters, min_size=1, max_size=5), st.integers(1, 45))
async def test_a_page_is_what_a_look_at_every_event_would_choose(
    log: LogStore, found: list[Record], wheres: list[Filter], limit: int
) -> None:
    owner = new_id()
    found = sorted((record._replace(owner_id=owner) for record in found), key=lambda record: record.ts)
    await log.append([(record, Rollup()) for record in found])
    everything = await log.read(owner, Filter(), 100)
    for where in wheres:
        expected = [row.seq for row in everything if passes(row, where)]
        assert [row.seq for row in await log.read(owner, where, limit)] == expected[:limit]
        assert [row.seq for row in await log.read(owner, where, limit, newest=True)] == expected[-limit:]
        assert await log.count(owner, where, limit) == min(len(expected), limit)


async def _texts(log: LogStore, owner: str) -> None:
    rows = [
        Record(owner, new_id(), f"s{number % 2}", None, None, None, "hook.Stop", START, None, "{}", None, "codex")
        for number in range(len(WORDS))
    ]
    await log.append([(row, Rollup()) for row in rows])
    await log.index_texts(owner, [(number + 1, text) for number, text in enumerate(WORDS)])


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("deploy", [1, 2]),
        ("deployment", [2]),
        ("angstrom", [3]),
        ("APP", [4]),
        ("shop app", [4]),
        ("app.py", [4]),
        ("rm -rf", [5]),
        ("ключ", [6]),
        ("nothing", []),
        ('"; DROP TABLE events --', []),
        ("*", []),
    ],
)
async def test_events_are_found_by_their_words(log: LogStore, query: str, seqs: list[int]) -> None:
    owner, stranger = new_id(), new_id()
    await _texts(log, stranger)
    await _texts(log, owner)
    await _texts(log, new_id())
    where = Filter(text=query)
    found = await log.read(owner, where, 10)
    assert [row.seq for row in found] == seqs
    assert {row.record.owner_id for row in found} <= {owner}
    assert await log.count(owner, where, 10) == len(seqs)


async def test_words_go_with_every_other_filter(log: LogStore) -> None:
    owner = new_id()
    await _texts(log, owner)
    assert [row.seq for row in await log.read(owner, Filter(text="deploy", session_ids=("s1",)), 10)] == [2]
    assert [row.seq for row in await log.read(owner, Filter(text="deploy", before=2), 10)] == [1]
    assert [row.seq for row in await log.read(owner, Filter(text="deploy", after=1), 10)] == [2]
    assert [row.seq for row in await log.read(owner, Filter(text="deploy"), 1, newest=True)] == [2]
    assert await log.read(owner, Filter(text="deploy", types=("usage",)), 10) == []


async def test_a_text_given_again_takes_the_place_of_the_first(log: LogStore) -> None:
    owner = new_id()
    await _texts(log, owner)
    await log.index_texts(owner, [(1, "rollback")])
    assert [row.seq for row in await log.read(owner, Filter(text="deploy"), 10)] == [2]
    assert [row.seq for row in await log.read(owner, Filter(text="rollback"), 10)] == [1]


async def test_what_is_deleted_is_not_found_any_more(log: LogStore) -> None:
    owner = new_id()
    await _texts(log, owner)
    assert await log.delete(owner, Filter(session_ids=("s0",))) == 3
    assert [row.seq for row in await log.read(owner, Filter(text="deploy"), 10)] == [2]
    assert await log.count(owner, Filter(), 100) == 3
