"""Sketches, bounds and statements without values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.sketch import SLOT_SECONDS, SLOTS, Sketch, Windows
from entourage.kit.slow_queries import SlowQueries, without_values
from entourage.kit.telemetry import OTHER, Bounded
from entourage.kit.tracing import bind, current, current_trace_id, parse_traceparent, working

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@given(st.lists(st.floats(1e-5, 1e3), min_size=1, max_size=300), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_right_within_two_percent(seconds: list[float], q: float) -> None:
    sketch = Sketch()
    for value in seconds:
        sketch.add(value)
    exact = sorted(seconds)[max(0, -(-len(seconds) * q // 1).__int__() - 1)]
    assert abs(sketch.quantile(q) - exact) <= exact * 0.0205


@given(st.lists(st.floats(1e-5, 1e3)), st.lists(st.floats(1e-5, 1e3)))
def test_merging_is_as_if_all_had_been_added_to_one(first: list[float], second: list[float]) -> None:
    one, two, both = Sketch(), Sketch(), Sketch()
    for value in first:
        one.add(value)
        both.add(value, is_error=False)
    for value in second:
        two.add(value, is_error=True)
        both.add(value, is_error=True)
    one.merge(two)
    assert (one.count, one.errors, one.quantile(0.9)) == (both.count, both.errors, both.quantile(0.9))


def test_nothing_has_no_quantile() -> None:
    assert Sketch().quantile(0.99) == 0


def test_windows_forget_after_an_hour() -> None:
    now = [0.0]
    windows = Windows(lambda: now[0])
    windows.add(1)
    now[0] = (SLOTS - 1) * SLOT_SECONDS
    assert windows.last().count == 1
    assert windows.last(5).count == 0
    now[0] = SLOTS * SLOT_SECONDS
    windows.add(1)
    assert windows.last().count == 1
    assert len(windows._slots) == 1


def test_label_values_from_outside_are_bounded() -> None:
    bounded = Bounded(2)
    assert [bounded(name) for name in ("a", "b", "c", "a")] == ["a", "b", OTHER, "a"]


def test_statements_are_kept_without_their_values() -> None:
    statement = "SELECT *\n  FROM chats WHERE title = 'my ''secret'' plan' AND n IN (?, ?, ?) AND x > -12.5 LIMIT 51"
    assert without_values(statement) == "SELECT * FROM chats WHERE title = ? AND n IN (?, ...) AND x > ? LIMIT ?"
    assert (
        without_values("SELECT $1::text, $2::text FROM t1 WHERE a = $3") == "SELECT $1::text, ... FROM t1 WHERE a = $3"
    )
    assert len(without_values("SELECT " + "x" * 5000)) < 700


@given(st.text(max_size=300), st.text("abcSELECT'\"? $1,", max_size=200))
def test_a_quoted_value_never_stays(value: str, around: str) -> None:
    quoted = "'" + value.replace("'", "''") + "'"
    assert without_values(f"SELECT a FROM t WHERE b = {quoted}") == "SELECT a FROM t WHERE b = ?"
    without_values(around)


def test_slow_statements_are_counted_together_and_bounded() -> None:
    slow = SlowQueries()
    for number in range(3):
        slow.add(f"SELECT {number}", 0.1 + number)
    (query,) = slow.last()
    assert (query.statement, query.times, query.max_seconds) == ("SELECT ?", 3, 2.1)
    for number in range(300):
        slow.add(f"SELECT a{number}", 0.2)
    assert len(slow.last()) == 100
    assert slow.slowest_seconds(3600) == 0.2
    assert slow.slowest_seconds(0) == 0


def test_a_traceparent_is_read_and_nothing_else() -> None:
    assert parse_traceparent(f"00-{TRACE}-{SPAN}-01".encode()) == (TRACE, SPAN)
    assert parse_traceparent(f"cc-{TRACE}-{SPAN}-01-what-may-come".encode()) == (TRACE, SPAN)
    for wrong in (
        None,
        b"",
        f"ff-{TRACE}-{SPAN}-01".encode(),
        f"00-{'0' * 32}-{SPAN}-01".encode(),
        f"00-{TRACE}-{'0' * 16}-01".encode(),
        f"00-{TRACE.upper()}-{SPAN}-01".encode(),
        f"00-{TRACE}-{SPAN}".encode(),
        f"00-{TRACE}-{SPAN}-01{'-x' * 99}".encode(),
    ):
        assert parse_traceparent(wrong) is None, wrong


@given(st.binary(max_size=200))
def test_any_header_is_a_traceparent_or_none(header: bytes) -> None:
    found = parse_traceparent(header)
    assert found is None or (len(found[0]), len(found[1])) == (32, 16)


def test_work_within_work_goes_back() -> None:
    assert current_trace_id() is None
    with working(trace_id=TRACE, agent="coder"):
        with working(tool="run_code"):
            bind(session_id="s")
            assert (current().trace_id, current().agent, current().tool) == (TRACE, "coder", "run_code")
        assert (current().tool, current().session_id) == (None, None)
    assert current_trace_id() is None
