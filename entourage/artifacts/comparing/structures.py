"""Changes between two JSON documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

import msgspec

from entourage.artifacts.comparing.schemas import JsonChange
from entourage.artifacts.comparing.sequences import differences

MAX_CHANGES = 1000
MAX_DEPTH = 64
_SHOWN_BYTES = 500

_encode = msgspec.json.Encoder(order="deterministic").encode


def compare_json(old: Any, new: Any) -> tuple[list[JsonChange], bool]:
    """Changes in order of the document, and whether there are more. Items of lists are matched by what they are."""
    found = list(islice(_changes("", old, new, 0), MAX_CHANGES + 1))
    return found[:MAX_CHANGES], len(found) > MAX_CHANGES


def _changes(path: str, old: Any, new: Any, depth: int) -> Iterator[JsonChange]:
    if type(old) is type(new) and depth < MAX_DEPTH:
        if isinstance(old, dict):
            yield from _of_objects(path, cast("dict[str, Any]", old), cast("dict[str, Any]", new), depth)
            return
        if isinstance(old, list):
            yield from _of_lists(path, cast("list[Any]", old), cast("list[Any]", new), depth)
            return
    if _encode(old) != _encode(new):
        yield JsonChange(path=path, op="changed", before=_short(old), after=_short(new))


def _of_objects(path: str, old: dict[str, Any], new: dict[str, Any], depth: int) -> Iterator[JsonChange]:
    for key, value in old.items():
        at = f"{path}/{_escaped(key)}"
        if key in new:
            yield from _changes(at, value, new[key], depth + 1)
        else:
            yield JsonChange(path=at, op="removed", before=_short(value))
    for key, value in new.items():
        if key not in old:
            yield JsonChange(path=f"{path}/{_escaped(key)}", op="added", after=_short(value))


def _of_lists(path: str, old: list[Any], new: list[Any], depth: int) -> Iterator[JsonChange]:
    for block in differences([_encode(item) for item in old], [_encode(item) for item in new]):
        before, after = old[block.old_start : block.old_end], new[block.new_start : block.new_end]
        paired = min(len(before), len(after))
        for place in range(paired):
            yield from _changes(f"{path}/{block.new_start + place}", before[place], after[place], depth + 1)
        for place, value in enumerate(before[paired:], block.old_start + paired):
            yield JsonChange(path=f"{path}/{place}", op="removed", before=_short(value))
        for place, value in enumerate(after[paired:], block.new_start + paired):
            yield JsonChange(path=f"{path}/{place}", op="added", after=_short(value))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _short(value: Any) -> Any:
    """The value, or how its text begins."""
    encoded = _encode(value)
    return value if len(encoded) <= _SHOWN_BYTES else encoded[:_SHOWN_BYTES].decode(errors="ignore") + "…"
