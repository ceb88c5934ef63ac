"""`entourage approvals list|approve|deny`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused
from entourage.commands.tools import read_object

APPROVALS = "/my/approvals"
MOST_SHOWN = 200
EVERY_ONE = "all"

_COLUMNS = ("id", "kind", "app", "agent", "tool", "told", "risk", "status", "created_at")
_MAX_TOLD = 60


def list_approvals(server: Server, status: str, app: str | None) -> int:
    """Print the inbox, the oldest first."""

    async def work(client: httpx.AsyncClient) -> int:
        rows = await _found(client, None if status == EVERY_ONE else status, app)
        server.show(rows if server.as_json else [{**row, "told": _told(row)} for row in rows], _COLUMNS)
        return 0

    return server.run(work)


def decide(server: Server, ids: Sequence[str], said: dict[str, Any], args: str | None) -> int:
    """Decide each of them; the first that cannot be decided ends it."""

    async def work(client: httpx.AsyncClient) -> int:
        edited = {"args": read_object(args)} if args is not None else {}
        waiting = await _found(client, "pending", None)
        for approval_id in _chosen(ids, waiting):
            made = await call(client, "POST", f"{APPROVALS}/{approval_id}/decide", json={**said, **edited})
            if server.as_json:
                server.show([made], ())
            else:
                typer.echo(f"{made['status']} {made['tool']} {made['id']}")
        return 0

    return server.run(work)


async def _found(client: httpx.AsyncClient, status: str | None, app: str | None) -> list[dict[str, Any]]:
    where = {key: value for key, value in (("status", status), ("app", app)) if value is not None}
    return (await call(client, "GET", APPROVALS, params={"limit": MOST_SHOWN, **where}))["items"][::-1]


def _chosen(wanted: Sequence[str], waiting: Sequence[dict[str, Any]]) -> list[str]:
    """Whole ids. Raises Refused for a beginning that fits none, or several."""
    if list(wanted) == [EVERY_ONE]:
        return [row["id"] for row in waiting]
    return [_one(text, [row["id"] for row in waiting if row["id"].startswith(text)]) for text in wanted]


def _one(text: str, found: Sequence[str]) -> str:
    if len(found) != 1:
        raise Refused(f"{'Several wait' if found else 'Nothing waits'} under {text!r}. See `entourage approvals list`.")
    return found[0]


def _told(row: dict[str, Any]) -> str:
    """What is asked, on one line."""
    text = row["question"] or ", ".join(f"{key}={value}" for key, value in row["args"].items())
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TOLD else f"{line[: _MAX_TOLD - 1]}…"
