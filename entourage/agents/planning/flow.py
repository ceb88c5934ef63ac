"""Where a plan can go on: which tasks are ready, which cannot go on any more, and what a failure means by its rule.

Pure: the states of the tasks in, what is to be done out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

TaskState = Literal["waiting", "queued", "succeeded", "failed", "skipped", "cancelled"]
"""`queued`: its run is under way; whether that one waits, works or asks is said by its own row."""

OVER: frozenset[str] = frozenset({"succeeded", "failed", "skipped", "cancelled"})
BLOCKING: frozenset[str] = frozenset({"failed", "cancelled"})


class Node(msgspec.Struct, frozen=True):
    """A task as far as the others are concerned."""

    key: str
    state: str
    depends_on: Sequence[str]


def after_failure(rule: str, attempts: int, max_attempts: int) -> TaskState:
    """What becomes of a task whose attempt failed."""
    if attempts < max_attempts:
        return "waiting"
    return "skipped" if rule == "skip" else "failed"


def hopeless(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """Waiting tasks that cannot go on, with the dependencies that are to blame.

    A dependency that failed ends what needs it. One that was skipped only does when nothing else came of the others:
    with a part of what it needs, a task goes on and is told what is missing.
    """
    states = {node.key: node.state for node in nodes}
    found: dict[str, list[str]] = {}
    changed = True
    while changed:
        changed = False
        for node in nodes:
            blame = _blame(node, states)
            if blame:
                found[node.key] = blame
                states[node.key] = "skipped"
                changed = True
    return found


def ready(nodes: Sequence[Node]) -> list[str]:
    """Waiting tasks whose dependencies are all over and which can go on, in order."""
    states = {node.key: node.state for node in nodes}
    lost = hopeless(nodes)
    return [
        node.key
        for node in nodes
        if node.state == "waiting" and node.key not in lost and all(states[dep] in OVER for dep in node.depends_on)
    ]


def descendants(nodes: Sequence[Node], key: str) -> set[str]:
    """Tasks that need this one, directly or through others."""
    found = {key}
    while True:
        more = {node.key for node in nodes if found & set(node.depends_on)} - found
        if not more:
            return found - {key}
        found |= more


def _blame(node: Node, states: Mapping[str, str]) -> list[str]:
    if states[node.key] != "waiting":
        return []
    failed = [dep for dep in node.depends_on if states[dep] in BLOCKING]
    if failed:
        return failed
    skipped = [dep for dep in node.depends_on if states[dep] == "skipped"]
    return skipped if node.depends_on and len(skipped) == len(node.depends_on) else []
