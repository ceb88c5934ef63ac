"""The program that profiles a CSV, as the text given to `run_code`, and reading what it printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

CHART_PATH = "chart.svg"
SUMMARY_PATH = "summary.csv"


class Column(TypedDict, total=False):
    """One column's figures; `mean` and `sum` only for numbers."""

    name: str
    type: str
    filled: int
    distinct: int
    min: float | str
    max: float | str
    mean: float
    sum: float
    top: str


class Figures(TypedDict):
    """What the program found; `groups` are (name, total) pairs, largest first."""

    rows: int
    column_count: int
    columns: list[Column]
    label: str | None
    value: str | None
    groups: list[tuple[str, float]]


@cache
def _source() -> str:
    return Path(__file__).with_name("csv_program.py").read_text(encoding="utf-8")


def csv_program(path: str, asked: str = "") -> str:
    """A standard-library Python program that profiles `path`; `asked` may name the columns of interest."""
    return f"{_source()}\n\nprofile({path!r}, {asked[:300]!r})\n"


def read_figures(content: object) -> Figures | None:
    """The figures in a `run_code` result, however it is wrapped (text, or a mapping with the output in it)."""
    for text in _texts(content):
        for line in text.splitlines():
            if line.startswith('{"rows":'):
                try:
                    return cast("Figures", json.loads(line))
                except ValueError:
                    continue
    return None


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        if content.startswith("{"):
            yield from _texts(_parsed(content))
    elif isinstance(content, Mapping):
        for value in cast("Mapping[object, object]", content).values():
            yield from _texts(value)
    elif isinstance(content, Sequence):
        for value in cast("Sequence[object]", content):
            yield from _texts(value)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
