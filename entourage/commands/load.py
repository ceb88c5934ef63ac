"""`entourage load`: a bounded stream of events, and how the server took it."""

from __future__ import annotations

import json
from dataclasses import replace

import typer
from rich.console import Console
from rich.table import Table

from entourage.commands.connection import talk, token_for
from entourage.commands.setup import fail
from entourage.load.plan import Plan
from entourage.load.run import Report, run
from entourage.settings import Settings


def run_load(plan: Plan, settings: Settings, token: str | None, *, as_json: bool) -> int:
    """Play the plan and print its figures; 1 when the server could not be reached or refused everything."""

    async def work() -> int:
        report = await run(replace(plan, token=await token_for(settings, token)))
        _print(report, as_json=as_json)
        return 0 if report.accepted else fail(f"Nothing was accepted: {report.refused}.")

    return talk(work, plan.url)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.document()))
        return
    table = Table(show_header=False, box=None)
    for name, value in report.document().items():
        if value is not None:
            table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
