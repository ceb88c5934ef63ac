"""`entourage services list|add|remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one
from entourage.commands.setup import errors, fail

URL = "/api/v1/services"


def list_services(server: Server) -> int:
    """Print services, those of others that are shared and the server's own included."""

    async def work(client: httpx.AsyncClient) -> int:
        columns = ("name", "title", "base_url", "operations", "is_shared", "state")
        server.show(await everything(client, URL), columns)
        return 0

    return server.run(work)


def add_service(server: Server, body: dict[str, Any], openapi: str | None) -> int:
    """Register a service; what of its document could not be taken is said beside."""
    try:
        described = {**body, "openapi": _document(openapi)}
    except (OSError, ValueError) as error:
        return fail(f"{openapi} cannot be read: {error}")

    async def work(client: httpx.AsyncClient) -> int:
        made = await call(client, "POST", URL, json=described)
        if server.as_json:
            server.show([made], ())
        else:
            typer.echo(made["id"])
            errors.print(f"Registered {made['name']} with {made['operations']} operations.", markup=False)
            for line in made["skipped"]:
                errors.print(f"left out: {line}", markup=False)
        return 0

    return server.run(work)


def remove_service(server: Server, name: str) -> int:
    """Remove a service and forget its secret."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "service")
        await call(client, "DELETE", f"{URL}/{found['id']}")
        errors.print(f"Removed {found['name']}.", markup=False)
        return 0

    return server.run(work)


def _document(openapi: str | None) -> dict[str, Any] | str | None:
    """An address as it is; the content of a file otherwise. Raises OSError, ValueError."""
    if openapi is None or "://" in openapi or (openapi.startswith("/") and not Path(openapi).is_file()):
        return openapi
    from entourage.kit.errors import Problem
    from entourage.tools.services.openapi.document import Document

    try:
        return Document.of_text(Path(openapi).read_bytes()).root
    except Problem as problem:
        raise ValueError(problem.detail) from None
