"""The program the scripted model writes in the CSV walk: standard library only, run by the `run_code` tool."""

_PROGRAM = """\
import csv
from collections import defaultdict
from html import escape

PATH = %r

with open(PATH, newline="", encoding="utf-8-sig") as file:
    rows = list(csv.DictReader(file))


def number(text):
    try:
        return float((text or "").replace(",", "").strip())
    except ValueError:
        return None


columns = list(rows[0])
numeric = [c for c in columns if all(number(r[c]) is not None for r in rows)]
labels = [c for c in columns if c not in numeric]
value = numeric[-1]
kinds = {c: len({r[c] for r in rows}) for c in labels}
label = min((c for c in labels if 1 < kinds[c] <= 30), key=kinds.get, default=labels[0] if labels else None)
totals = defaultdict(float)
for row in rows:
    totals[row[label] if label else "all"] += number(row[value])
ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))

with open("summary.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow([label or "group", "total_" + value])
    writer.writerows([name, f"{total:.2f}"] for name, total in ranked)

width, bar, gap, left = 640, 28, 10, 150
height = 50 + len(ranked) * (bar + gap)
most = max(total for _, total in ranked) or 1
parts = [
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
    f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    f'<text x="16" y="28" font-family="sans-serif" font-size="16">{escape(value)} by {escape(label or "")}</text>',
]
for i, (name, total) in enumerate(ranked):
    y = 44 + i * (bar + gap)
    length = max(1, int((width - left - 110) * total / most))
    parts.append(f'<text x="16" y="{y + 19}" font-family="sans-serif" font-size="13">{escape(name)}</text>')
    parts.append(f'<rect x="{left}" y="{y}" width="{length}" height="{bar}" rx="4" fill="#4466cc"/>')
    after = left + length + 8
    parts.append(f'<text x="{after}" y="{y + 19}" font-family="sans-serif" font-size="13">{total:,.2f}</text>')
parts.append("</svg>")
with open("chart.svg", "w", encoding="utf-8") as file:
    file.write("".join(parts))

print(f"rows={len(rows)} total={sum(totals.values()):.2f} best={ranked[0][0]} best_total={ranked[0][1]:.2f}")
"""


def csv_program(path: str) -> str:
    """A Python program that reads the CSV at `path`, writes chart.svg and summary.csv, and prints its figures."""
    return _PROGRAM % path
