"""`entourage schedules list|add|pause|resume|run|remove`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one

SCHEDULES = "/my/schedules"

_COLUMNS = ("name", "cron", "timezone", "agent", "status", "next_at", "last_at", "last_status", "error")


def list_schedules(server: Server) -> int:
    """Print schedules, oldest first."""

    async def work(client: httpx.AsyncClient) -> int:
        server.show(await everything(client, SCHEDULES), _COLUMNS)
        return 0

    return server.run(work)


def add_schedule(server: Server, new: dict[str, Any]) -> int:
    """Make a schedule; prints when it is due first."""

    async def work(client: httpx.AsyncClient) -> int:
        body = {key: value for key, value in new.items() if value is not None}
        made = await call(client, "POST", SCHEDULES, json=body)
        if server.as_json:
            server.show([made], ())
        else:
            typer.echo(f"{made['name']} is due at {made['next_at']}.")
        return 0

    return server.run(work)


def set_status(server: Server, wanted: str, status: str) -> int:
    """Pause or resume."""

    async def change(client: httpx.AsyncClient, door: str) -> None:
        changed = await call(client, "PATCH", door, json={"status": status})
        typer.echo(f"{changed['name']} is {changed['status']}.")

    return _on(server, wanted, change)


def run_schedule(server: Server, wanted: str) -> int:
    """Ask it now."""

    async def run(client: httpx.AsyncClient, door: str) -> None:
        typer.echo((await call(client, "POST", f"{door}/run"))["id"])

    return _on(server, wanted, run)


def remove_schedule(server: Server, wanted: str) -> int:
    """Remove it."""

    async def remove(client: httpx.AsyncClient, door: str) -> None:
        await call(client, "DELETE", door)

    return _on(server, wanted, remove)


def _on(server: Server, wanted: str, do: Callable[[httpx.AsyncClient, str], Awaitable[None]]) -> int:
    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, SCHEDULES, wanted, "schedule")
        await do(client, f"{SCHEDULES}/{found['id']}")
        return 0

    return server.run(work)
