"""What makes tasks a plan: known agents, keys told apart, dependencies that exist and lead in no circle, bounded size.

Pure: nothing here asks a model or a database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

import msgspec

OnFailure = Literal["retry", "replan", "skip", "fail"]

MAX_TASKS = 50
MAX_DEPTH = 10
"""Tasks that wait for each other in a row."""
MAX_ATTEMPTS = 5
MAX_INSTRUCTIONS = 20_000
MAX_TITLE = 200
KEY = r"^[a-z0-9][a-z0-9_-]{0,63}$"

DEFAULT_ATTEMPTS = 2


class Task(msgspec.Struct, frozen=True):
    """A task as somebody planned it."""

    key: str
    title: str
    agent: str
    instructions: str
    depends_on: tuple[str, ...] = ()
    on_failure: OnFailure = "retry"
    max_attempts: int = DEFAULT_ATTEMPTS


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a plan; `field` is the dotted path of it, such as `tasks.3.agent`."""

    field: str
    message: str


def faults(tasks: Sequence[Task], agents: Collection[str], before: Collection[str] = ()) -> list[Fault]:
    """Everything that keeps the tasks from being a plan; empty when nothing does.

    `before` are keys of tasks of an earlier plan that stay: they may be depended on, and not be used again.
    """
    size = _size_fault(tasks)
    if size:
        return [size]
    found = list(_single_faults(tasks, agents, before))
    if not found:
        found += _shape_faults(tasks)
    return found


def find_cycle(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Keys that wait for each other in a circle, each for the next; empty when there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(needs[start]))] if start not in done else []
        if stack:
            path.append(start)
        while stack:
            key, rest = stack[-1]
            following = next((one for one in rest if one in needs and one not in done), None)
            if following is None:
                done.add(key)
                stack.pop()
                path.pop()
            elif following in path:
                return path[path.index(following) :]
            else:
                path.append(following)
                stack.append((following, iter(needs[following])))
    return []


def longest_chain(needs: Mapping[str, Collection[str]]) -> list[str]:
    """The most keys that wait for each other in a row, the first to begin first. Only without a circle."""
    none: list[str] = []
    chains: dict[str, list[str]] = {}
    left = dict(needs)
    while left:
        ready = [key for key, deps in left.items() if not any(dep in left for dep in deps)]
        for key in ready:
            before = max((chains[dep] for dep in left[key] if dep in chains), key=len, default=none)
            chains[key] = [*before, key]
        left = {key: deps for key, deps in left.items() if key not in chains}
    return max(chains.values(), key=len, default=none)


def nearest(name: str, names: Collection[str]) -> str | None:
    """The name that was probably meant."""
    return next(iter(get_close_matches(name, list(names), n=1, cutoff=0.5)), None)


def _size_fault(tasks: Sequence[Task]) -> Fault | None:
    if not tasks:
        return Fault("tasks", "a plan has at least one task")
    if len(tasks) > MAX_TASKS:
        return Fault(
            "tasks", f"a plan has at most {MAX_TASKS} tasks, and this one has {len(tasks)}: put small ones together"
        )
    return None


def _single_faults(tasks: Sequence[Task], agents: Collection[str], before: Collection[str]) -> Iterator[Fault]:
    keys = {task.key for task in tasks}
    seen: set[str] = set(before)
    for index, task in enumerate(tasks):
        where = f"tasks.{index}"
        if task.key in seen:
            yield Fault(f"{where}.key", f"the key {task.key!r} is used twice")
        seen.add(task.key)
        if task.agent not in agents:
            yield Fault(f"{where}.agent", _unknown_agent(task, agents))
        if not task.instructions.strip():
            yield Fault(f"{where}.instructions", f"task {task.key!r} says nothing about what to do")
        if len(task.instructions) > MAX_INSTRUCTIONS:
            yield Fault(f"{where}.instructions", f"at most {MAX_INSTRUCTIONS} characters, not {len(task.instructions)}")
        for dep in task.depends_on:
            if dep not in keys and dep not in before:
                yield Fault(f"{where}.depends_on", f"task {task.key!r} depends on {dep!r}, which is no task")


def _shape_faults(tasks: Sequence[Task]) -> Iterator[Fault]:
    needs = {task.key: task.depends_on for task in tasks}
    if cycle := find_cycle(needs):
        yield Fault("tasks", f"these tasks wait for each other in a circle: {' -> '.join([*cycle, cycle[0]])}")
        return
    chain = longest_chain(needs)
    if len(chain) > MAX_DEPTH:
        yield Fault("tasks", f"at most {MAX_DEPTH} tasks in a row, and here are {len(chain)}: {' -> '.join(chain)}")


def _unknown_agent(task: Task, agents: Collection[str]) -> str:
    if not task.agent:
        return f"task {task.key!r} has no agent"
    guess = nearest(task.agent, agents)
    meant = f"did you mean {guess!r}?" if guess else f"there are: {', '.join(agents)}"
    return f"there is no active agent {task.agent[:64]!r}; {meant}"
