"""`entourage models list|test`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.setup import fail


def list_models(server: Server) -> int:
    """Print the models one can choose, the default one first."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await call(client, "GET", "/my/models")
        server.show(found["items"], ("id", "provider", "is_default"))
        return 0

    return server.run(work)


def try_model(server: Server, model: str) -> int:
    """One tiny call to a model; 0 when it answered."""

    async def work(client: httpx.AsyncClient) -> int:
        told: dict[str, Any] = await call(client, "POST", "/api/v1/models/test", json={"model": model})
        if server.as_json:
            server.show([told], ())
            return 0 if told["ok"] else 1
        if not told["ok"]:
            return fail(told["error"])
        cost = "unknown" if told["cost_usd"] is None else f"${told['cost_usd']}"
        typer.echo(f"{told['provider']}/{told['model']} answered in {told['latency_ms']} ms, cost {cost}")
        typer.echo(told["text"])
        return 0

    return server.run(work)
