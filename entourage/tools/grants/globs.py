"""Patterns of tool names: `github.*`, `*.delete_*`, `read_file`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, TypeVar

from pydantic import StringConstraints

T = TypeVar("T")

_WILD = re.compile(r"[*?\[]")

ToolGlob = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The name of a tool, or a pattern of names (`*` and `?` as in file names)."""


def is_glob(pattern: str) -> bool:
    """Whether it stands for more than one name."""
    return _WILD.search(pattern) is not None


def weight(pattern: str) -> tuple[bool, int]:
    """How closely a pattern names a tool: a plain name most, then the one with the most of it written out."""
    return (not is_glob(pattern), len(_WILD.sub("", pattern)))


def among(chosen: Mapping[str, T], name: str) -> T | None:
    """What a map of patterns says of a tool: the closest pattern decides."""
    found = chosen.get(name)
    if found is not None or not chosen:
        return found
    closest = max((one for one in chosen if is_glob(one) and fnmatchcase(name, one)), key=weight, default=None)
    return None if closest is None else chosen[closest]


def any_of(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the patterns stands for this tool."""
    return any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns)
