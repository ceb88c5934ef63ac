"""`entourage mcp catalogue|list|add|remove|logs|accept|check`."""

from __future__ import annotations

import asyncio
import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything, the_one
from entourage.commands.connection import Refused
from entourage.commands.setup import errors, fail

URL = "/api/v1/mcp/servers"
_FOLLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class NewServer:
    """What the options say of a new server."""

    name: str
    command: Sequence[str]
    entry: str | None
    values: Sequence[str]
    address: str | None
    headers: Sequence[str]
    env: Sequence[str]
    folders: Sequence[str]
    network: bool
    is_shared: bool

    def body(self) -> dict[str, Any]:
        """Raises Refused for a pair that is none."""
        body: dict[str, Any] = {"name": self.name, "is_shared": self.is_shared}
        if self.entry is not None:
            body |= {"entry": self.entry, "values": _pairs(self.values)}
        elif self.address is not None:
            body |= {"url": self.address, "headers": _pairs(self.headers)}
        elif self.command:
            body |= {"command": self.command[0], "args": list(self.command[1:]), "network": self.network}
            body |= {"folders": [_folder(one) for one in self.folders]}
        else:
            raise Refused("Give --entry, --address, or a command after `--`.")
        return body | ({"env": _pairs(self.env)} if self.env else {})


def print_catalogue(server: Server) -> int:
    """Print the ready-made servers."""

    async def work(client: httpx.AsyncClient) -> int:
        items = (await call(client, "GET", "/api/v1/mcp/catalogue"))["items"]
        if not server.as_json:
            items = [
                {**one, "needs": [f"{need['name']}{'' if need['required'] else '?'}" for need in one["needs"]]}
                for one in items
            ]
        server.show(items, ("id", "title", "tried_version", "needs", "description"))
        return 0

    return server.run(work)


def list_servers(server: Server) -> int:
    """Print servers with their state."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await everything(client, URL)
        rows = [one if server.as_json else _row(one) for one in found]
        columns = ("name", "transport", "state", "tools", "quarantined", "is_shared", "source", "title", "error")
        server.show(rows, columns)
        return 0

    return server.run(work)


def add_server(server: Server, new: NewServer, *, check: bool) -> int:
    """Add it and, unless told otherwise, see whether it answers."""

    async def work(client: httpx.AsyncClient) -> int:
        made = await call(client, "POST", URL, json=new.body())
        told = await call(client, "POST", f"{URL}/{made['id']}/check") if check else None
        if server.as_json:
            server.show([{**made, "check": told}], ())
        else:
            typer.echo(made["id"])
        return _told(made["name"], told) if told else 0

    return server.run(work)


def remove_server(server: Server, name: str) -> int:
    """Remove it."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "MCP server")
        await call(client, "DELETE", f"{URL}/{found['id']}")
        errors.print(f"Removed {found['name']}.")
        return 0

    return server.run(work)


def print_logs(server: Server, name: str, *, follow: bool) -> int:
    """Print what it said, and with `follow` what it says."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "MCP server")
        after = 0
        while True:
            page = await call(client, "GET", f"{URL}/{found['id']}/logs", params={"after": after})
            for line in page["items"]:
                typer.echo(json.dumps(line, ensure_ascii=False) if server.as_json else _line(line))
            after = page["next"]
            if not follow:
                return 0
            await asyncio.sleep(_FOLLOW_SECONDS)

    return server.run(work)


def show_waiting(server: Server, name: str) -> int:
    """Print how each tool in quarantine differs from what was accepted; 1 when there is any."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "MCP server")
        items = (await call(client, "GET", f"{URL}/{found['id']}/pins"))["items"]
        waiting = [one for one in items if one["state"] in {"new", "changed"}]
        for one in waiting:
            if server.as_json:
                typer.echo(json.dumps(one, ensure_ascii=False))
            else:
                typer.echo("\n".join(_difference(one)))
        return 1 if waiting else 0

    return server.run(work)


def accept_tools(server: Server, name: str, tools: Sequence[str] | None) -> int:
    """Accept them as they are now."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await the_one(client, URL, name, "MCP server")
        wanted = "*" if tools is None else ["" if tool == "-" else tool for tool in tools]
        told = await call(client, "POST", f"{URL}/{found['id']}/accept", json={"tools": wanted})
        errors.print(f"Accepted {told['accepted']} of {found['name']}.")
        return 0

    return server.run(work)


def check_servers(server: Server, names: Sequence[str]) -> int:
    """Start each and ask it; 1 when one does not answer."""

    async def work(client: httpx.AsyncClient) -> int:
        chosen = [await the_one(client, URL, name, "MCP server") for name in names] or await everything(client, URL)
        failed = 0
        for one in chosen:
            if not one["enabled"]:
                continue
            told = await call(client, "POST", f"{URL}/{one['id']}/check")
            if server.as_json:
                server.show([{"name": one["name"], **told}], ())
            failed |= _told(one["name"], told)
        return failed

    return server.run(work)


def check_file(path: Path) -> int:
    """Say what is wrong with a file of servers; 0 when nothing is."""
    from entourage.kit.errors import Problem
    from entourage.tools.mcp.servers.file import read_file

    try:
        found, problems = read_file(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Problem) as error:
        return fail(str(error))
    for name, problem in problems.items():
        errors.print(f"{name}: {problem}", markup=False)
    typer.echo(f"{len(found)} servers: {', '.join(one.name for one in found) or 'none'}")
    return 1 if problems else 0


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    split = [text.partition("=") for text in texts]
    if wrong := next((name for name, mark, _ in split if not mark or not name), None):
        raise Refused(f"{wrong!r} is no NAME=VALUE.")
    return {name: value for name, _, value in split}


def _folder(text: str) -> dict[str, Any]:
    path, _, mode = text.rpartition(":")
    is_writable = mode == "rw" and bool(path)
    return {"path": str(Path(path if is_writable else text).absolute()), "writable": is_writable}


def _row(one: dict[str, Any]) -> dict[str, Any]:
    status = one["status"]
    state = status["state"] if one["enabled"] else "off"
    return {**one, "state": state, "tools": status["tools"], "error": status["last_error"]}


def _told(name: str, check: dict[str, Any]) -> int:
    status = check["status"]
    if not check["ok"]:
        errors.print(f"{name} does not answer: {check['error']}", markup=False)
        return 1
    waiting = f", {status['quarantined']} wait to be accepted" if status["quarantined"] else ""
    how = f"MCP {status['protocol_version']}, {check['duration_ms']} ms"
    errors.print(f"{name} answers ({how}): {status['tools']} tools{waiting}.", markup=False)
    return 0


def _line(line: dict[str, Any]) -> str:
    return f"{line['at'][11:23]} {line['stream']:<7} {line['text']}"


def _difference(pin: dict[str, Any]) -> Iterator[str]:
    yield f"{pin['tool'] or 'the server itself'}: {pin['state']}"
    before, after = (_pretty(pin[side]) for side in ("before", "after"))
    yield from (
        line for line in difflib.unified_diff(before, after, lineterm="", n=1) if line[:3] not in {"---", "+++"}
    )


def _pretty(value: Any) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True).splitlines() if value else []
