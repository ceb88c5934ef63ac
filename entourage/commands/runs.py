"""`entourage runs list|show|fork|compare|cancel|pause|resume|steer|retry`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import PAGE, Server, call
from entourage.commands.connection import Refused
from entourage.kit.ids import is_id

RUNS = "/my/runs"

_COLUMNS = ("id", "agent", "kind", "status", "created_at", "tokens", "cost_usd", "task")
_STEPS = ("ordinal", "kind", "status", "title", "duration_ms", "tokens", "cost_usd")
_TASK_CHARS = 60


def list_runs(server: Server, where: dict[str, Any], limit: int) -> int:
    """Print runs, newest first."""

    async def work(client: httpx.AsyncClient) -> int:
        params = {key: value for key, value in where.items() if value is not None} | {"limit": limit}
        runs = (await call(client, "GET", RUNS, params=params))["items"]
        server.show(runs if server.as_json else [_row(run) for run in runs], _COLUMNS)
        return 0

    return server.run(work)


def show_run(server: Server, run: str) -> int:
    """Print a run's steps."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await _found(client, run)
        steps = await _steps(client, found["id"])
        if server.as_json:
            server.show(steps, ())
            return 0
        typer.echo(f"{found['agent']}  {found['status']}  {found['id']}")
        server.show([_row(step) for step in steps], _STEPS)
        return 0

    return server.run(work)


def fork_run(server: Server, run: str, how: dict[str, Any]) -> int:
    """Go on otherwise from a step; prints the new run's id."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await _found(client, run)
        body = {key: value for key, value in how.items() if value is not None}
        sent = await call(client, "POST", f"{RUNS}/{found['id']}/fork", json=body)
        if server.as_json:
            server.show([sent], ())
        else:
            typer.echo(sent["run_id"])
        return 0

    return server.run(work)


def compare_runs(server: Server, a: str, b: str) -> int:
    """Print two runs beside each other; the exit code is 1 when they differ."""

    async def work(client: httpx.AsyncClient) -> int:
        ids = {name: (await _found(client, run))["id"] for name, run in (("a", a), ("b", b))}
        compared = await call(client, "GET", f"{RUNS}/compare", params=ids)
        differs = compared["differs_at"] is not None
        if server.as_json:
            server.show([compared], ())
            return int(differs)
        rows = [_pair(pair) for pair in compared["steps"]]
        server.show([*rows, _totals(compared["totals"])], ("same", "kind", "a", "b"))
        return int(differs)

    return server.run(work)


def lead_run(server: Server, run: str, what: str, body: dict[str, Any]) -> int:
    """Steer, pause, resume, cancel or retry; prints how the run stands."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await _found(client, run)
        led = await call(client, "POST", f"{RUNS}/{found['id']}/{what}", json=body)
        if server.as_json:
            server.show([led], ())
        else:
            typer.echo(f"{led['id']} is {led['status']}.")
        return 0

    return server.run(work)


async def _found(client: httpx.AsyncClient, run: str) -> dict[str, Any]:
    """The run of this id, or the only one of the newest whose id begins or ends so. Raises Refused."""
    if is_id(run):
        return await call(client, "GET", f"{RUNS}/{run}")
    newest = (await call(client, "GET", RUNS, params={"limit": PAGE}))["items"]
    found = [item for item in newest if item["id"].startswith(run) or item["id"].endswith(run)]
    if len(found) != 1:
        raise Refused(f"There {'are several runs' if found else 'is no run'} {run!r} among the newest {len(newest)}.")
    return found[0]


async def _steps(client: httpx.AsyncClient, run_id: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = await call(client, "GET", f"{RUNS}/{run_id}/steps", params=params)
        steps += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return steps


def _row(item: dict[str, Any]) -> dict[str, Any]:
    usage: dict[str, Any] = item.get("usage") or {}
    tokens = usage["input_tokens"] + usage["output_tokens"] if usage else None
    task = " ".join((item.get("task") or "").split())[:_TASK_CHARS]
    return {**item, "tokens": tokens, "cost_usd": usage.get("cost_usd"), "task": task}


def _pair(pair: dict[str, Any]) -> dict[str, Any]:
    one = pair["a"] or pair["b"]
    titles = {name: pair[name]["title"][:_TASK_CHARS] if pair[name] else None for name in ("a", "b")}
    return {"same": pair["same"], "kind": one["kind"], **titles}


def _totals(totals: dict[str, Any]) -> dict[str, Any]:
    told = {
        name: f"{total['steps']} steps, {total['input_tokens'] + total['output_tokens']} tokens"
        + (f", ${total['cost_usd']}" if total["cost_usd"] else "")
        for name, total in totals.items()
    }
    return {"same": None, "kind": "total", **told}
