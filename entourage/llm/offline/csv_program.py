"""Profile a CSV file: one line of figures for each column, totals by group, a bar chart. Standard library only.

The offline model hands this very text to `run_code`. It writes summary.csv and chart.svg and prints its figures.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from pathlib import Path

MOST_GROUPS = 12
FEW_ROWS = 10


def read_table(path: str) -> tuple[list[str], list[list[str]]]:
    raw = Path(path).read_bytes()
    is_utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not is_utf16 and raw.count(b"\0") > len(raw) // 1000:
        raise SystemExit(f"{path} is not a text file.")
    text = raw.decode("utf-16", "replace") if is_utf16 else decode(raw)
    csv.field_size_limit(len(text) + 1)
    first_lines = "\n".join(text.splitlines()[:50])
    try:
        delimiter = csv.Sniffer().sniff(first_lines, ",;\t|").delimiter
    except csv.Error:
        delimiter = max(",;\t|", key=first_lines.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))]
    if not rows:
        raise SystemExit(f"{path} has no rows.")
    names: list[str] = []
    for i, cell in enumerate(rows[0], 1):
        name = short(cell) or f"column {i}"
        names.append(name if name not in names else f"{name} ({i})")
    return names, [(row + [""] * len(names))[: len(names)] for row in rows[1:]]


def decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def number(text: str) -> float | None:
    plain = re.sub(r"[\s\u00a0$€£₽%]|R\$", "", text)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d+,\d{1,2}", plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    return float(plain) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain) else None


def profile_column(name: str, cells: list[str]) -> dict[str, object]:
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = [value for value in map(number, filled) if value is not None]
    is_number = bool(filled) and len(numbers) >= 0.9 * len(filled)
    is_date = bool(filled) and all(re.match(r"\d{4}-\d{2}(-\d{2})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}", c) for c in filled)
    found: dict[str, object] = {
        "name": name,
        "type": "number" if is_number else "date" if is_date else "text",
        "filled": len(filled),
        "distinct": len(set(filled)),
    }
    if is_number:
        total = sum(numbers)
        found |= {"min": min(numbers), "max": max(numbers), "mean": total / len(numbers), "sum": total}
    elif filled:
        found |= {
            "min": short(min(filled)),
            "max": short(max(filled)),
            "top": short(Counter(filled).most_common(1)[0][0]),
        }
    return found


def short(text: str, letters: int = 60) -> str:
    """One line without what XML does not take, cut to `letters`."""
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f\ufffe\uffff]", " ", text).split())
    return plain if len(plain) <= letters else plain[: letters - 1] + "…"


def is_measure(name: str, cells: list[str]) -> bool:
    """Whether adding these numbers up means something: not an id, a year or a code."""
    if re.search(r"(^|[_\s])(id|no|nr|code|year|ano|год|zip|cep|phone)($|[_\s])", name.lower()):
        return False
    values = [number(cell) for cell in cells if cell.strip()]
    return len(values) < FEW_ROWS or values != [float(i) for i in range(1, len(values) + 1)]


def choose(candidates: list[str], asked: str) -> str | None:
    """The column the question names, else the first."""
    named = [name for name in candidates if name.lower() in asked.lower()]
    return (named or candidates or [None])[0]


def bars(title: str, groups: list[tuple[str, float]]) -> str:
    left, height = 190, 34
    most = max([abs(value) for _, value in groups] or [1]) or 1
    size = f'width="720" height="{60 + height * len(groups)}"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">']
    out.append('<rect width="100%" height="100%" fill="#ffffff"/>')
    out.append(f'<text x="16" y="30" font-size="17" fill="#1f2933">{html.escape(short(title))}</text>')
    for i, (name, value) in enumerate(groups):
        y, length = 48 + i * height, max(1.0, 400 * abs(value) / most)
        color = "#3b6fb6" if value >= 0 else "#b6523b"
        out.append(
            f'<text x="{left - 10}" y="{y + 17}" text-anchor="end" fill="#1f2933">{html.escape(short(name, 24))}</text>'
        )
        out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="24" rx="4" fill="{color}"/>')
        out.append(f'<text x="{left + length + 8:.1f}" y="{y + 17}" fill="#52606d">{value:,.6g}</text>')
    return "\n".join([*out, "</svg>"])


def totals_of(labels: list[str], values: list[str] | None) -> list[tuple[str, float]]:
    """The sum of `values` (or the count of rows) for each label, largest first."""
    totals: dict[str, float] = {}
    for i, cell in enumerate(labels):
        name = short(cell) or "—"
        totals[name] = totals.get(name, 0.0) + ((number(values[i]) or 0.0) if values else 1.0)
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def profile(path: str, asked: str = "") -> None:
    names, rows = read_table(path)
    cells = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    columns = [profile_column(name, values) for name, values in cells.items()]
    numeric = [n for n, c in zip(names, columns, strict=True) if c["type"] == "number" and is_measure(n, cells[n])]
    kinds = {n: len(set(cells[n])) for n, c in zip(names, columns, strict=True) if c["type"] != "number"}
    labels = sorted((n for n in kinds if 1 < kinds[n] <= max(2, len(rows) - 1)), key=lambda n: kinds[n])
    label = choose(labels or [n for n in kinds if kinds[n] > 1], asked)
    value = choose([n for n in reversed(numeric) if n != label], asked)
    ranked = totals_of(cells[label], cells[value] if value else None) if label else []
    if not ranked:
        ranked = [(name, float(str(c["sum"]))) for name, c in zip(names, columns, strict=True) if name in numeric]
    shown = ranked[:MOST_GROUPS]
    title = f"{value or '#'} · {label}" if label else Path(path).name
    Path("chart.svg").write_text(bars(title, shown), encoding="utf-8")
    heads = ["name", "type", "filled", "distinct", "min", "max", "mean", "sum", "top"]
    with Path("summary.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, heads, restval="")
        writer.writeheader()
        writer.writerows(columns)
    figures = {"rows": len(rows), "column_count": len(names), "columns": columns[:MOST_GROUPS]}
    print(json.dumps(figures | {"label": label, "value": value, "groups": shown}))
