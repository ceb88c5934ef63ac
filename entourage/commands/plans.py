"""`entourage plans list|show|approve|cancel`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused

PLANS = "/my/plans"
MOST_SHOWN = 200

_COLUMNS = ("id", "status", "tasks", "goal", "cost_usd", "created_at")
_TASK_COLUMNS = ("key", "status", "agent", "title", "after", "attempts", "duration_ms", "cost_usd")
_MAX_GOAL = 60


def list_plans(server: Server, status: str | None) -> int:
    """Print plans, the newest first."""

    async def work(client: httpx.AsyncClient) -> int:
        rows = await _found(client, status)
        server.show(rows if server.as_json else [_row(plan) for plan in rows], _COLUMNS)
        return 0

    return server.run(work)


def show_plan(server: Server, wanted: str) -> int:
    """Print a plan and its tasks."""

    async def work(client: httpx.AsyncClient) -> int:
        _print(server, await call(client, "GET", f"{PLANS}/{await _one(client, wanted, None)}"))
        return 0

    return server.run(work)


def approve_plan(server: Server, wanted: str) -> int:
    """Let a proposed plan begin, as it stands now."""
    return _decide(server, wanted, "approve", "proposed")


def cancel_plan(server: Server, wanted: str) -> int:
    """Stop a plan and its tasks."""
    return _decide(server, wanted, "cancel", None)


def _decide(server: Server, wanted: str, what: str, status: str | None) -> int:
    async def work(client: httpx.AsyncClient) -> int:
        plan = await call(client, "POST", f"{PLANS}/{await _one(client, wanted, status)}/{what}")
        if server.as_json:
            server.show([plan], ())
        else:
            typer.echo(f"{plan['status']} {plan['id']}")
        return 0

    return server.run(work)


async def _found(client: httpx.AsyncClient, status: str | None) -> list[dict[str, Any]]:
    params = {"limit": MOST_SHOWN} | ({"status": status} if status else {})
    return (await call(client, "GET", PLANS, params=params))["items"]


async def _one(client: httpx.AsyncClient, wanted: str, status: str | None) -> str:
    """A whole id. Raises Refused for a beginning that fits none, or several."""
    found = [plan["id"] for plan in await _found(client, status) if plan["id"].startswith(wanted)]
    if len(found) != 1:
        which = f"{status} plan" if status else "plan"
        raise Refused(
            f"There {'are several' if found else 'is no'} {which} under {wanted!r}. See `entourage plans list`."
        )
    return found[0]


def _print(server: Server, plan: dict[str, Any]) -> None:
    if server.as_json:
        server.show([plan], ())
        return
    typer.echo(f"{plan['status']}: {plan['goal']}")
    if plan["reason"]:
        typer.echo(plan["reason"])
    server.show([{**task, "after": task["depends_on"]} for task in plan["tasks"]], _TASK_COLUMNS)


def _row(plan: dict[str, Any]) -> dict[str, Any]:
    done = sum(task["status"] == "succeeded" for task in plan["tasks"])
    goal = " ".join(plan["goal"].split())
    shown = goal if len(goal) <= _MAX_GOAL else f"{goal[: _MAX_GOAL - 1]}…"
    return {**plan, "goal": shown, "tasks": f"{done}/{len(plan['tasks'])}"}
