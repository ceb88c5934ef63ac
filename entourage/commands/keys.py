"""`entourage keys new|list|revoke` and `entourage budgets set|list`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one
from entourage.commands.setup import errors

KEYS = "/my/gateway-keys"
BUDGETS = "/my/budgets"


def list_keys(server: Server) -> int:
    """Print virtual keys and what they spent."""

    async def work(client: httpx.AsyncClient) -> int:
        columns = ("name", "prefix", "models", "requests_per_minute", "expires_at", "spent_usd_day", "spent_usd_month")
        server.show(await everything(client, KEYS), columns)
        return 0

    return server.run(work)


def new_key(server: Server, body: dict[str, Any]) -> int:
    """Make a virtual key and print it once."""

    async def work(client: httpx.AsyncClient) -> int:
        made = await call(client, "POST", KEYS, json=body)
        if server.as_json:
            server.show([made], ())
            return 0
        typer.echo(made["key"])
        errors.print("It is shown only now. Use it as the API key of any client whose base URL is this server's /v1.")
        return 0

    return server.run(work)


def revoke_key(server: Server, wanted: str) -> int:
    """End a virtual key by its name, id or prefix."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, KEYS, wanted, "key")
        await call(client, "DELETE", f"{KEYS}/{found['id']}")
        errors.print(f"Revoked {found['name']}.")
        return 0

    return server.run(work)


def list_budgets(server: Server) -> int:
    """Print budgets and what is spent of them."""

    async def work(client: httpx.AsyncClient) -> int:
        columns = ("subject", "subject_name", "period", "soft_usd", "hard_usd", "spent_usd", "resets_at", "set_by")
        server.show(await everything(client, BUDGETS), columns)
        return 0

    return server.run(work)


def set_budget(server: Server, body: dict[str, Any], key: str | None) -> int:
    """Make a budget, or change the one that bounds the same in the same period."""

    async def work(client: httpx.AsyncClient) -> int:
        if key is not None:
            body["subject_id"] = (await the_one(client, KEYS, key, "key"))["id"]
        same = [one for one in await everything(client, BUDGETS) if _is_same(one, body)]
        if same:
            limits = {name: body[name] for name in ("soft_usd", "hard_usd")}
            made = await call(client, "PATCH", f"{BUDGETS}/{same[0]['id']}", json=limits)
        else:
            made = await call(client, "POST", BUDGETS, json=body)
        server.show([made], ("subject", "subject_name", "period", "soft_usd", "hard_usd", "spent_usd"))
        return 0

    return server.run(work)


def _is_same(one: dict[str, Any], body: dict[str, Any]) -> bool:
    return one["set_by"] == "self" and all(one[name] == body.get(name) for name in ("subject", "subject_id", "period"))
