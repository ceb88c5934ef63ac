"""`entourage providers add|list|remove`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one
from entourage.commands.setup import errors

URL = "/api/v1/providers"


def list_providers(server: Server) -> int:
    """Print providers, those of others that are shared included."""

    async def work(client: httpx.AsyncClient) -> int:
        columns = ("name", "type", "base_url", "models", "is_default", "is_shared", "billing", "status")
        server.show(await everything(client, URL), columns)
        return 0

    return server.run(work)


def add_provider(server: Server, body: dict[str, Any], *, test: bool) -> int:
    """Connect a provider and ask it for its models; 0 when it answers (or was not to be asked)."""

    async def work(client: httpx.AsyncClient) -> int:
        made = await call(client, "POST", URL, json=body)
        told = await call(client, "POST", f"{URL}/{made['id']}/test") if test else {"ok": True}
        if server.as_json:
            server.show([{**made, "test": told}], ())
        else:
            typer.echo(made["id"])
            errors.print(f"Connected {made['name']}." if told["ok"] else f"Connected, but: {told['error']}")
        return 0 if told["ok"] else 1

    return server.run(work)


def remove_provider(server: Server, name: str) -> int:
    """Disconnect a provider and forget its key."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "provider")
        await call(client, "DELETE", f"{URL}/{found['id']}")
        errors.print(f"Removed {found['name']}.")
        return 0

    return server.run(work)
