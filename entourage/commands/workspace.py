"""`entourage workspace list|create|delete|share|tree|export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one
from entourage.commands.connection import Refused, problem_of

API = "/api/v1/workspaces"
_COLUMNS = ("id", "name", "role", "owner", "files", "bytes", "git")
_CONFLICT = 409


def list_workspaces(server: Server) -> int:
    """A line each, newest first."""

    async def work(client: httpx.AsyncClient) -> int:
        server.show([_row(server, one) for one in await everything(client, API)], _COLUMNS)
        return 0

    return server.run(work)


def create_workspace(server: Server, name: str, description: str) -> int:
    """Make one, and print it."""

    async def work(client: httpx.AsyncClient) -> int:
        made = await call(client, "POST", API, json={"name": name, "description": description})
        server.show([_row(server, made)], _COLUMNS)
        return 0

    return server.run(work)


def delete_workspace(server: Server, wanted: str) -> int:
    """Remove one."""

    async def work(client: httpx.AsyncClient) -> int:
        await call(client, "DELETE", await address_of(client, wanted))
        return 0

    return server.run(work)


def share_workspace(server: Server, wanted: str, email: str, role: str) -> int:
    """Let somebody in; somebody who is in gets the role."""

    async def work(client: httpx.AsyncClient) -> int:
        members = f"{await address_of(client, wanted)}/members"
        answer = await client.post(members, json={"email": email, "role": role})
        if answer.status_code == _CONFLICT:
            known = (await call(client, "GET", members))["items"]
            member = next(one for one in known if one["email"] == email.lower())
            answer = await client.patch(f"{members}/{member['user_id']}", json={"role": role})
        if answer.is_error:
            raise Refused(problem_of(answer))
        server.show([answer.json()], ("email", "full_name", "role"))
        return 0

    return server.run(work)


def print_tree(server: Server, wanted: str, params: dict[str, Any]) -> int:
    """Names with sizes, folders ending in `/`."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await call(client, "GET", f"{await address_of(client, wanted)}/tree", params=params)
        if server.as_json:
            server.show(found["entries"], ())
            return 0
        for one in found["entries"]:
            is_folder = one["kind"] == "folder"
            typer.echo(f"{'' if is_folder else one['size']:>12}  {one['git'] or ' '} {one['path']}{'/' * is_folder}")
        if found["truncated"]:
            typer.echo("There is more; name a folder.", err=True)
        return 0

    return server.run(work)


def export_workspace(server: Server, wanted: str, target: Path | None, path: str, kind: str | None) -> int:
    """Write the archive: whole, or not at all."""
    kind = kind or ("zip" if target and target.suffix == ".zip" else "tar.gz")

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, API, wanted, "workspace")
        file = target or Path(f"{found['name'].replace('/', '-')}.{kind}")
        params = {"path": path, "format": kind}
        async with client.stream("GET", f"{API}/{found['id']}/archive", params=params) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(problem_of(answer))
            await _write(answer, file)
        if str(file) != "-":
            typer.echo(f"wrote {file}", err=True)
        return 0

    return server.run(work)


async def address_of(client: httpx.AsyncClient, wanted: str) -> str:
    """The door of the workspace with this name or id. Raises Refused."""
    return f"{API}/{await workspace_id(client, wanted)}"


async def workspace_id(client: httpx.AsyncClient, wanted: str) -> str:
    """The id of the workspace with this name or id. Raises Refused."""
    return (await the_one(client, API, wanted, "workspace"))["id"]


async def _write(answer: httpx.Response, file: Path) -> None:
    if str(file) == "-":
        await _pour(answer, sys.stdout.buffer)
        return
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as target:
            await _pour(answer, target)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


async def _pour(answer: httpx.Response, target: IO[bytes]) -> None:
    async for piece in answer.aiter_bytes():
        target.write(piece)


def _row(server: Server, found: dict[str, Any]) -> dict[str, Any]:
    if server.as_json:
        return found
    return found | {"owner": found["owner"]["full_name"], **{name: found["usage"][name] for name in ("files", "bytes")}}
