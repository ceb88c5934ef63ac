"""CSV, JSON and NDJSON: each row becomes a line in which every value has its name."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain, islice
from typing import Any, cast

from entourage.memory.ingest.readers.encodings import decoded
from entourage.memory.ingest.readers.parts import File, Part, Unreadable, clean

ROWS_A_PART = 500
MAX_DEPTH = 100
_DELIMITERS = ",;\t|"
_LOOKED_AT_LINES = 20
_MAX_NAME = 80


def read_csv(file: File) -> Iterator[Part]:
    """Rows as `name: value | name: value`. The first row is the head unless it holds figures."""
    text = decoded(file.data)
    csv.field_size_limit(len(text) + 1)
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        first = next((row for row in rows if any(row)), list[str]())
        has_head = _is_head(first)
        names = (
            [name.strip()[:_MAX_NAME] for name in first] if has_head else [f"column {n + 1}" for n in range(len(first))]
        )
        all_rows = rows if has_head else chain([first], rows)
        yield from _parts(_line(names, row) for row in all_rows)
    except csv.Error as error:
        raise Unreadable("corrupt", f"The table cannot be read: {error}.") from None


def read_json(file: File) -> Iterator[Part]:
    """Lists and lines of objects as rows, everything else as indented text; what is no JSON after all as it is."""
    text = decoded(file.data)
    values = _values(text)
    if values is None:
        yield Part(text)
    elif len(values) == 1 and not isinstance(values[0], list):
        yield Part(clean(json.dumps(values[0], ensure_ascii=False, indent=1)), "rows")
    else:
        items = cast("list[Any]", values[0]) if len(values) == 1 else values
        yield from _parts(" | ".join(f"{name}: {value}" for name, value in flat(item)) for item in items)


def _values(text: str) -> list[Any] | None:
    """The one value, or those of each line; None when it is neither. Raises Unreadable when it is nested too deep."""
    try:
        return [_loaded(text)]
    except ValueError:
        pass
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        return [_loaded(line) for line in lines]
    except ValueError:
        return None


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable("bomb", f"It is nested deeper than {MAX_DEPTH} levels.") from None


def flat(value: Any) -> Iterator[tuple[str, str]]:
    """Names such as `author.name` or `tags`, and values. Raises Unreadable when it is nested too deep."""
    todo: list[tuple[str, Any, int]] = [("", value, 0)]
    while todo:
        name, item, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise Unreadable("bomb", f"It is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(item, dict):
            pairs = cast("dict[str, Any]", item).items()
            todo += [(f"{name}.{key}" if name else key, one, depth + 1) for key, one in reversed(list(pairs))]
        elif isinstance(item, list):
            todo += [(name, one, depth + 1) for one in reversed(cast("list[Any]", item))]
        elif item is not None and item != "":
            yield name or "value", clean(" ".join(str(item).split()))


def _parts(lines: Iterable[str]) -> Iterator[Part]:
    """Some rows at a time; the line of a part counts rows from 1."""
    rows = iter(lines)
    number = 1
    while some := list(islice(rows, ROWS_A_PART)):
        yield Part("\n".join(some), "rows", line=number)
        number += len(some)


def _line(names: list[str], row: list[str]) -> str:
    known = len(names)
    pairs = (
        f"{names[place] or place + 1}: {' '.join(value.split())}" if place < known else " ".join(value.split())
        for place, value in enumerate(row)
        if value.strip()
    )
    return " | ".join(pairs)


def _delimiter(text: str) -> str:
    """The one that most of the first lines have the same number of."""
    lines = [line for line in text.split("\n", _LOOKED_AT_LINES)[:_LOOKED_AT_LINES] if line.strip()]

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=score)


def _is_head(row: list[str]) -> bool:
    names = [name.strip() for name in row]
    figures = sum(name.replace(".", "", 1).replace("-", "", 1).isdigit() for name in names)
    return (
        bool(names) and not figures and len(set(names)) == len(names) and all(len(name) <= _MAX_NAME for name in names)
    )
