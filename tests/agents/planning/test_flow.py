"""Where plans go on: whatever fails, each task is over in the end, and none begins before what it needs."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from entourage.agents.planning.flow import OVER, Node, after_failure, descendants, hopeless, ready


@st.composite
def plans(draw: st.DrawFn) -> dict[str, list[str]]:
    """Up to eight tasks, each needing some of those before it."""
    count = draw(st.integers(1, 8))
    return {
        str(number): draw(st.lists(st.sampled_from([str(one) for one in range(number)]), unique=True)) if number else []
        for number in range(count)
    }


@given(plans(), st.data())
def test_every_plan_comes_to_an_end_and_nothing_begins_too_early(needs: dict[str, list[str]], data: Any) -> None:
    states = dict.fromkeys(needs, "waiting")
    for _ in range(len(needs) + 1):
        nodes = [Node(key, states[key], deps) for key, deps in needs.items()]
        for key in hopeless(nodes):
            states[key] = "skipped"
        for key in ready([Node(key, states[key], deps) for key, deps in needs.items()]):
            before = [states[dep] for dep in needs[key]]
            assert all(state in OVER for state in before)
            assert not needs[key] or "succeeded" in before
            assert not {"failed", "cancelled"} & set(before)
            states[key] = data.draw(st.sampled_from(["succeeded", "failed", "skipped", "cancelled"]))
    assert set(states.values()) <= OVER


def test_what_needs_a_failed_task_is_skipped_and_what_needs_only_that_too() -> None:
    nodes = [
        Node("a", "failed", []),
        Node("b", "waiting", ["a"]),
        Node("c", "waiting", ["b"]),
        Node("d", "waiting", []),
    ]
    assert hopeless(nodes) == {"b": ["a"], "c": ["b"]}
    assert ready(nodes) == ["d"]


def test_with_a_part_of_what_it_needs_a_task_goes_on() -> None:
    nodes = [Node("a", "skipped", []), Node("b", "succeeded", []), Node("c", "waiting", ["a", "b"])]
    assert ready(nodes) == ["c"]


def test_a_failure_is_tried_again_before_its_rule_holds() -> None:
    assert after_failure("skip", 1, 2) == "waiting"
    assert after_failure("skip", 2, 2) == "skipped"
    assert {after_failure(rule, 2, 2) for rule in ("retry", "replan", "fail")} == {"failed"}


def test_descendants_are_found_through_others() -> None:
    nodes = [
        Node("a", "failed", []),
        Node("b", "skipped", ["a"]),
        Node("c", "skipped", ["b"]),
        Node("d", "waiting", []),
    ]
    assert descendants(nodes, "a") == {"b", "c"}
