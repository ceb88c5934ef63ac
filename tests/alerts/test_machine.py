"""When a rule fires, over any course of breaches."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from entourage.alerts.machine import Patience, Standing, step

MINUTE = 60_000
START = Standing("ok", 0, None)


def course(patience: Patience, breaches: list[bool]) -> list[tuple[int, str]]:
    """`(minute, change)` of a rule that is looked at each minute."""
    standing, changes = START, []
    for minute, is_breach in enumerate(breaches):
        standing, change = step(standing, patience, minute * MINUTE, is_breach=is_breach)
        if change:
            changes.append((minute, change))
    return changes


def test_a_rule_without_patience_fires_at_once_and_is_over_with_its_breach() -> None:
    assert course(Patience(0, 0), [False, True, True, False]) == [(1, "fired"), (3, "resolved")]


def test_a_breach_must_last() -> None:
    assert course(Patience(2 * MINUTE, 0), [True, True, False, True, True, True]) == [(5, "fired")]


def test_nobody_is_told_again_before_the_cooldown_is_over() -> None:
    breaches = [True, False, True, False, True, True]
    assert course(Patience(0, 5 * MINUTE), breaches) == [(0, "fired"), (1, "resolved"), (5, "fired")]


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 5), st.integers(0, 10))
def test_changes_alternate_keep_the_distance_and_follow_lasting_breaches(
    breaches: list[bool], for_minutes: int, cooldown_minutes: int
) -> None:
    changes = course(Patience(for_minutes * MINUTE, cooldown_minutes * MINUTE), breaches)
    assert [change for _, change in changes] == (["fired", "resolved"] * len(changes))[: len(changes)]
    fired = [minute for minute, change in changes if change == "fired"]
    assert all(later - earlier >= cooldown_minutes for earlier, later in pairwise(fired))
    for minute in fired:
        assert all(breaches[minute - for_minutes : minute + 1])
        assert minute >= for_minutes
    for minute, change in changes:
        assert breaches[minute] == (change == "fired")
