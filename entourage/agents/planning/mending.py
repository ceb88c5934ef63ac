"""A plan as a model wrote it, read with patience: small faults are mended by rule, the others are told."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, cast, get_args

from entourage.agents.planning.graph import (
    DEFAULT_ATTEMPTS,
    MAX_ATTEMPTS,
    MAX_TASKS,
    MAX_TITLE,
    Fault,
    OnFailure,
    Task,
    faults,
)

MAX_KEY = 48
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
_RULES: tuple[str, ...] = get_args(OnFailure)


def read_plan(
    value: object, agents: Collection[str], before: Collection[str] = (), gone: Collection[str] = ()
) -> tuple[list[Task], list[Fault]]:
    """The tasks of an answer, and what is wrong with them beyond mending (see `graph.faults`).

    `gone` are keys of tasks that came to nothing: a new task of such a key gets another one.
    """
    items = _items(value)
    if items is None:
        return [], [Fault("tasks", 'the answer must be an object with a list "tasks"')]
    if len(items) > MAX_TASKS:
        return [], faults([Task(str(n), "", "", "") for n in range(len(items))], agents)
    strange = [index for index, item in enumerate(items) if not isinstance(item, dict)]
    if strange:
        return [], [Fault(f"tasks.{index}", "a task must be an object") for index in strange]
    tasks = _tasks([cast("dict[str, Any]", item) for item in items], agents, before, gone)
    return tasks, faults(tasks, agents, before)


def slug(text: str) -> str:
    """A key out of words; empty when nothing of it can be used."""
    return _NOT_IN_KEYS.sub("-", text.lower()).strip("-")[:MAX_KEY].strip("-")


def _items(value: object) -> list[object] | None:
    """Also of a list alone, and of a plan within a plan."""
    if isinstance(value, list):
        return cast("list[object]", value)
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, object]", value)
    return _items(fields["tasks"] if "tasks" in fields else fields.get("plan"))


def _tasks(
    items: list[dict[str, Any]], agents: Collection[str], before: Collection[str], gone: Collection[str]
) -> list[Task]:
    names = _keys(items, before, gone)
    known = {**{key: key for key in before}, **_meanings(items, names)}
    return [_task(item, key, agents, known) for item, key in zip(items, names, strict=True)]


def _keys(items: list[dict[str, Any]], before: Collection[str], gone: Collection[str]) -> list[str]:
    """Each task's key; one that has none, or that of a task that is gone, gets one of its own."""
    given = [slug(_text(item.get("key"))) for item in items]
    taken = {*given, *before, *gone}
    keys: list[str] = []
    for number, (item, key) in enumerate(zip(items, given, strict=True), 1):
        is_free = bool(key) and key not in gone
        wanted = key or slug(_text(item.get("title"))) or f"task-{number}"
        made = key if is_free else _free(wanted, taken)
        taken.add(made)
        keys.append(made)
    return keys


def _free(wanted: str, taken: Collection[str]) -> str:
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, MAX_TASKS + 3)))
    return next((name for name in names if name not in taken), wanted)


def _meanings(items: list[dict[str, Any]], keys: list[str]) -> dict[str, str]:
    """What a dependency may call a task: its key, as it was written or as a key, or its title."""
    by_title = {_text(item.get("title")).casefold(): key for item, key in zip(items, keys, strict=True)}
    by_key = {slug(_text(item.get("key"))): key for item, key in zip(items, keys, strict=True)}
    return {**by_title, **by_key}


def _task(item: dict[str, Any], key: str, agents: Collection[str], known: Mapping[str, str]) -> Task:
    instructions = _text(item.get("instructions"))
    title = _text(item.get("title")) or (instructions.splitlines() or [key.replace("-", " ").capitalize()])[0]
    rule = _text(item.get("on_failure")).lower()
    return Task(
        key=key,
        title=" ".join(title.split())[:MAX_TITLE],
        agent=_agent(_text(item.get("agent")), agents),
        instructions=instructions,
        depends_on=_dependencies(item.get("depends_on"), known),
        on_failure=cast("OnFailure", rule) if rule in _RULES else "retry",
        max_attempts=_attempts(item.get("max_attempts")),
    )


def _agent(name: str, agents: Collection[str]) -> str:
    """Without the @, and in whatever case."""
    plain = name.removeprefix("@").strip()
    return next((agent for agent in agents if agent.casefold() == plain.casefold()), plain)


def _dependencies(value: object, known: Mapping[str, str]) -> tuple[str, ...]:
    """Each once."""
    listed = cast("list[object]", value) if isinstance(value, list) else [value] if value else []
    names = [text for one in listed if (text := _text(one))]
    return tuple(
        dict.fromkeys(known.get(name) or known.get(slug(name)) or known.get(name.casefold(), name) for name in names)
    )


def _attempts(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return DEFAULT_ATTEMPTS
    return min(max(value, 1), MAX_ATTEMPTS)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()
