"""`entourage usage`: what models cost."""

from __future__ import annotations

import time

import httpx
import typer

from entourage.commands.calling import Server, call

_DAY_SECONDS = 24 * 3600
_COLUMNS = ("label", "calls", "errors", "input_tokens", "output_tokens", "cached_tokens", "cost_usd", "saved_usd")


def show_usage(server: Server, by: str, days: int, *, everyone: bool) -> int:
    """Print usage under each key, and the sum."""
    path = "/api/v1/admin/usage" if everyone else "/my/usage"
    since = round((time.time() - days * _DAY_SECONDS) * 1000)

    async def work(client: httpx.AsyncClient) -> int:
        told = await call(client, "GET", path, params={"by": by, "from": since})
        server.show(told["items"], _COLUMNS)
        if not server.as_json:
            total = told["total"]
            typer.echo(f"{total['calls']} calls, ${total['cost_usd']} in {days} days")
        return 0

    return server.run(work)
