"""What is a plan and what is none: circles, sizes, names; checked against slow and simple ways of saying the same."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from entourage.agents.planning.graph import MAX_DEPTH, MAX_TASKS, Task, faults, find_cycle, longest_chain, nearest

TEAM = ["architect", "coder", "researcher"]
KEYS = "abcde"

graphs = st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)), min_size=1)


def task(key: str, *needs: str, agent: str = "coder", instructions: str = "Do it.") -> Task:
    return Task(key, key, agent, instructions, needs)


def is_ordered(needs: dict[str, set[str]]) -> bool:
    """Whether some order of the keys has everything after what it needs: all orders are tried."""
    for order in permutations(needs):
        places = {key: place for place, key in enumerate(order)}
        if all(places[dep] < places[key] for key, deps in needs.items() for dep in deps if dep in needs):
            return True
    return False


@given(graphs)
def test_a_circle_is_found_exactly_when_no_order_will_do(needs: dict[str, set[str]]) -> None:
    cycle = find_cycle(needs)
    assert bool(cycle) != is_ordered(needs)
    for key, following in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        assert following in needs[key]


@given(graphs)
def test_the_longest_chain_is_a_chain_and_nothing_is_longer(needs: dict[str, set[str]]) -> None:
    if find_cycle(needs):
        return
    chain = longest_chain(needs)
    assert all(before in needs[key] for before, key in pairwise(chain))

    def depth(key: str) -> int:
        return 1 + max((depth(dep) for dep in needs[key] if dep in needs), default=0)

    assert len(chain) == max(map(depth, needs))


def test_a_circle_is_named() -> None:
    (fault,) = faults([task("a", "c"), task("b", "a"), task("c", "b")], TEAM)
    assert "circle" in fault.message
    assert fault.message.count("->") == 3


def test_an_unknown_agent_is_told_with_the_nearest_name() -> None:
    (fault,) = faults([task("a", agent="reseacher")], TEAM)
    assert (fault.field, "did you mean 'researcher'?" in fault.message) == ("tasks.0.agent", True)
    assert nearest("zzz", TEAM) is None


def test_five_hundred_tasks_are_refused_with_one_reason() -> None:
    (fault,) = faults([task(f"t{n}") for n in range(500)], TEAM)
    assert "500" in fault.message
    assert str(MAX_TASKS) in fault.message


def test_a_chain_that_is_too_long_is_refused() -> None:
    tasks = [task("t0"), *(task(f"t{n}", f"t{n - 1}") for n in range(1, MAX_DEPTH + 1))]
    assert faults(tasks[:-1], TEAM) == []
    (fault,) = faults(tasks, TEAM)
    assert f"at most {MAX_DEPTH} tasks in a row" in fault.message


def test_keys_dependencies_and_instructions_are_checked() -> None:
    tasks = [task("a"), task("a"), task("b", "nowhere"), task("c", instructions="  ")]
    fields = {fault.field for fault in faults(tasks, TEAM)}
    assert fields == {"tasks.1.key", "tasks.2.depends_on", "tasks.3.instructions"}


def test_tasks_of_an_earlier_plan_may_be_needed_and_not_be_named_again() -> None:
    assert faults([task("b", "a")], TEAM, before=["a"]) == []
    (fault,) = faults([task("a")], TEAM, before=["a"])
    assert fault.field == "tasks.0.key"
