"""A CSV file: profile it in the sandbox, hand over a chart and a table, report the figures."""

from __future__ import annotations

from entourage.llm.offline.csv_report import CHART_PATH, SUMMARY_PATH, Column, Figures, csv_program, read_figures
from entourage.llm.offline.intents import Intent
from entourage.llm.offline.phrases import phrase
from entourage.llm.offline.quoting import cell, figure, quoted
from entourage.llm.offline.situation import Situation
from entourage.llm.offline.step import PlannedCall

_TOLD_COLUMNS = 8
_TOLD_GROUPS = 8


def csv_calls(s: Situation, intent: Intent) -> list[PlannedCall]:
    """Run the profiling program; if it gave figures, make its two files artifacts."""
    path = intent.args["path"]
    code = csv_program(path, s.text)
    calls = [
        PlannedCall(
            "run_code", {"language": "python", "code": code}, phrase("csv_start", s.language, path=path) + "\n\n"
        )
    ]
    if s.outcomes and "create_artifact" in s.offered and read_figures(s.outcomes[0].text) is not None:
        name = path.rpartition("/")[2]
        chart = {"type": "image", "title": phrase("chart_title", s.language, name=name), "path": CHART_PATH}
        table = {"type": "data", "title": phrase("summary_title", s.language, name=name), "path": SUMMARY_PATH}
        calls += [PlannedCall("create_artifact", chart), PlannedCall("create_artifact", table)]
    return calls


def csv_answer(s: Situation, intent: Intent) -> str:
    """The report, or plainly what went wrong."""
    path = intent.args["path"]
    figures = read_figures(s.outcomes[0].text)
    if figures is None:
        return phrase("csv_broken", s.language, path=path, output=quoted(s.outcomes[0].text, s.language))
    head = phrase("csv_report", s.language, path=path, rows=figures["rows"], columns=figures["column_count"])
    columns = "\n".join(_column(s, column) for column in figures["columns"][:_TOLD_COLUMNS] if column.get("filled"))
    blocks = [head, columns, _groups(s, figures)]
    if len(s.outcomes) > 1:
        blocks.append(phrase("csv_artifacts", s.language))
    return "\n\n".join(block for block in blocks if block)


def _column(s: Situation, column: Column) -> str:
    told = {name: cell(figure(value)) for name, value in column.items()}
    return phrase("csv_number" if "sum" in column else "csv_text", s.language, **told)


def _groups(s: Situation, figures: Figures) -> str:
    if not figures["groups"] or not figures["label"]:
        return ""
    value = figures["value"] or phrase("csv_rows", s.language)
    lines = [f"| {cell(figures['label'])} | {cell(value)} |", "|---|---:|"]
    lines += [f"| {cell(name)} | {figure(total)} |" for name, total in figures["groups"][:_TOLD_GROUPS]]
    return phrase("csv_groups", s.language, label=figures["label"]) + "\n\n" + "\n".join(lines)
