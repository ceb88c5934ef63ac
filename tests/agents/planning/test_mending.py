"""Plans as models write them: whatever it is, it is read without an error, and small faults are mended."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from entourage.agents.planning.graph import KEY, faults
from entourage.agents.planning.mending import read_plan

TEAM = ["architect", "coder", "researcher"]

texts = st.text(max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))
written = st.fixed_dictionaries(
    {},
    optional={
        "key": anything | st.sampled_from(["a", "b", "A!"]),
        "title": anything,
        "agent": anything | st.sampled_from(["@Coder", "researcher"]),
        "instructions": anything | st.just("Do it."),
        "depends_on": anything | st.lists(st.sampled_from(["a", "b"])),
        "on_failure": anything | st.sampled_from(["skip", "RETRY"]),
        "max_attempts": anything,
    },
)


@given(anything | st.fixed_dictionaries({"tasks": st.lists(written | anything, max_size=5)}))
def test_whatever_a_model_writes_is_read(value: Any) -> None:
    tasks, wrong = read_plan(value, TEAM)
    assert tasks or wrong
    for task in tasks:
        assert re.fullmatch(KEY, task.key)
        assert task.title
        assert len(set(task.depends_on)) == len(task.depends_on)
        assert 1 <= task.max_attempts <= 5
    if not wrong:
        assert faults(tasks, TEAM) == []


def read(*items: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    return read_plan({"tasks": list(items)}, TEAM)


def test_names_keys_titles_and_dependencies_are_mended() -> None:
    tasks, wrong = read(
        {"title": "Read the Docs", "agent": "@Researcher", "instructions": "Read it.\nAll of it."},
        {"key": "Write It", "agent": "CODER", "instructions": "Write it.", "depends_on": ["Read the Docs"] * 2},
        {"agent": "coder", "instructions": "Check it.", "depends_on": "write-it", "on_failure": "panic"},
    )
    assert wrong == []
    assert [(task.key, task.agent, task.depends_on) for task in tasks] == [
        ("read-the-docs", "researcher", ()),
        ("write-it", "coder", ("read-the-docs",)),
        ("task-3", "coder", ("write-it",)),
    ]
    assert [task.title for task in tasks] == ["Read the Docs", "Write it.", "Check it."]
    assert (tasks[2].on_failure, tasks[2].max_attempts) == ("retry", 2)


def test_a_list_alone_and_a_plan_within_a_plan_are_plans() -> None:
    item = {"agent": "coder", "instructions": "Do it."}
    for value in ([item], {"plan": [item]}, {"plan": {"tasks": [item]}}):
        tasks, wrong = read_plan(value, TEAM)
        assert (len(tasks), wrong) == (1, [])


def test_the_key_of_a_task_that_came_to_nothing_is_not_used_again() -> None:
    items = [
        {"key": "b", "agent": "coder", "instructions": "Do it.", "depends_on": ["a"]},
        {"key": "c", "agent": "coder", "instructions": "Then this.", "depends_on": ["b"]},
    ]
    tasks, wrong = read_plan({"tasks": items}, TEAM, before=["a"], gone=["b"])
    assert wrong == []
    assert [(task.key, task.depends_on) for task in tasks] == [("b-2", ("a",)), ("c", ("b-2",))]


def test_a_task_that_needs_itself_stays_wrong() -> None:
    _, (fault,) = read({"key": "a", "agent": "coder", "instructions": "Do it.", "depends_on": ["a"]})
    assert "a -> a" in fault.message
