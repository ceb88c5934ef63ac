"""Editing a JSON text that belongs to somebody else: what is not touched keeps its formatting to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^,\]} \t\n\r]+")
_INDENT = re.compile(r"\n([ \t]+)\S")


@dataclass
class Node:
    """A value in the text and where it stands. A member of an object begins at its key."""

    kind: Literal["object", "array", "scalar"]
    start: int
    end: int
    items: list[Node] = field(default_factory=list["Node"])
    key: str | None = None
    outer: int = 0
    """Where the member begins: at its key, or at the value itself in an array."""

    def member(self, key: str) -> Node | None:
        """The value of this key; the last one counts."""
        return next((item for item in reversed(self.items) if item.key == key), None)


def parse(text: str) -> Node:
    """The root object. Raises ValueError, with a line and a column where the JSON is broken."""
    value: object = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("it holds no JSON object")  # noqa: TRY004  what the caller knows as a broken file
    return _value(text, _skip(text, 0))


def with_item(text: str, path: Sequence[str], value: Any) -> str:
    """`value` appended to the array at this path; arrays and objects on the way are made. Raises ValueError."""
    node = parse(text)
    for depth, key in enumerate(path):
        found = node.member(key)
        if found is None:
            for missing in reversed(path[depth + 1 :]):
                value = {missing: [value] if missing == path[-1] else value}
            return _inserted(text, node, depth, value if depth < len(path) - 1 else [value], key)
        if found.kind != ("array" if depth == len(path) - 1 else "object"):
            raise ValueError(f"{'.'.join(path[: depth + 1])} is not what it should be")
        node = found
    return _inserted(text, node, len(path), value, None)


def without(text: str, is_ours: Callable[[Any], bool]) -> str:
    """The text without the objects inside its arrays that are ours, nor the containers this leaves empty."""
    while True:
        trail = next(_trails(text, [parse(text)], is_ours), None)
        if trail is None:
            return text
        text = _removed(text, *_emptied(trail))


def _trails(text: str, trail: list[Node], is_ours: Callable[[Any], bool]) -> Iterator[list[Node]]:
    node = trail[-1]
    if node.kind == "object" and _is_item(trail) and is_ours(json.loads(text[node.start : node.end])):
        yield trail
        return
    for item in node.items:
        yield from _trails(text, [*trail, item], is_ours)


def _is_item(trail: list[Node]) -> bool:
    return len(trail) > 1 and trail[-2].kind == "array"


def _emptied(trail: list[Node]) -> tuple[Node, Node]:
    """The container and what to take out of it: an object whose only purpose was the emptied array goes as well."""
    index = len(trail) - 1
    while index > 1 and len(trail[index - 1].items) == 1:
        index -= 1
        is_group = trail[index].kind == "array" and index > 1 and trail[index - 2].kind == "array"
        index -= is_group
    return trail[index - 1], trail[index]


def _removed(text: str, container: Node, item: Node) -> str:
    position = container.items.index(item)
    if position > 0:
        return text[: container.items[position - 1].end] + text[item.end :]
    if len(container.items) > 1:
        return text[: item.outer] + text[container.items[1].outer :]
    return text[: container.start + 1] + text[container.end - 1 :]


def _inserted(text: str, container: Node, depth: int, value: Any, key: str | None) -> str:
    found = _INDENT.search(text)
    unit = found[1] if found else "  "
    entry = json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", "\n" + unit * (depth + 1))
    if key is not None:
        entry = f"{json.dumps(key)}: {entry}"
    entry = f"\n{unit * (depth + 1)}{entry}"
    if container.items:
        end = container.items[-1].end
        return f"{text[:end]},{entry}{text[end:]}"
    return f"{text[: container.start + 1]}{entry}\n{unit * depth}{text[container.end - 1 :]}"


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _string_end(text: str, start: int) -> int:
    found = _STRING.match(text, start)
    return found.end() if found else start + 1


def _value(text: str, start: int) -> Node:
    if text[start] in "{[":
        return _container(text, start)
    if text[start] == '"':
        return Node("scalar", start, _string_end(text, start), outer=start)
    found = _SCALAR.match(text, start)
    return Node("scalar", start, found.end() if found else start + 1, outer=start)


def _container(text: str, start: int) -> Node:
    node = Node("object" if text[start] == "{" else "array", start, start, outer=start)
    position = _skip(text, start + 1)
    while text[position] not in "}]":
        outer, key = position, None
        if node.kind == "object":
            position = _string_end(text, outer)
            key = json.loads(text[outer:position])
            position = _skip(text, _skip(text, position) + 1)
        item = _value(text, position)
        item.key, item.outer = key, outer
        node.items.append(item)
        position = _skip(text, item.end)
        if text[position] == ",":
            position = _skip(text, position + 1)
    node.end = position + 1
    return node
