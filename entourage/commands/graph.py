"""`entourage graph neighbours|path|search`."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused

GRAPH = "/my/graph"

_NODE_COLUMNS = ("kind", "name", "degree", "id")
_EDGE_COLUMNS = ("from", "type", "to", "weight")
_SHOWN_CHARS = 60


def neighbours(server: Server, node: str, types: list[str], direction: str, limit: int) -> int:
    """Print what a node is connected with."""

    async def work(client: httpx.AsyncClient) -> int:
        params = {"id": await _id_of(client, node), "types": types, "direction": direction, "limit": limit}
        part = await call(client, "GET", f"{GRAPH}/neighbours", params=params)
        _show(server, part)
        return 0

    return server.run(work)


def path(server: Server, start: str, end: str) -> int:
    """Print how two nodes are connected; the exit code is 1 when nothing connects them."""

    async def work(client: httpx.AsyncClient) -> int:
        ends = {"from": await _id_of(client, start), "to": await _id_of(client, end)}
        part = await call(client, "GET", f"{GRAPH}/path", params=ends)
        if server.as_json:
            server.show([part], ())
        elif part["nodes"]:
            typer.echo(_way(part))
        else:
            typer.echo(f"Nothing connects {start!r} and {end!r}.")
        return int(not part["nodes"])

    return server.run(work)


def search(server: Server, text: str, kinds: list[str], limit: int) -> int:
    """Print nodes by name, the best first."""

    async def work(client: httpx.AsyncClient) -> int:
        params = {"q": text, "kind": kinds, "limit": limit}
        found = (await call(client, "GET", f"{GRAPH}/nodes", params=params))["items"]
        server.show(found if server.as_json else [_short(node) for node in found], _NODE_COLUMNS)
        return 0

    return server.run(work)


async def _id_of(client: httpx.AsyncClient, wanted: str) -> str:
    """The id of a node that is given by id or by name. Raises Refused when there is none, or no single one."""
    there = await client.get(f"{GRAPH}/neighbours", params={"id": wanted, "limit": 1})
    if there.is_success:
        return wanted
    found: list[dict[str, Any]] = (await call(client, "GET", f"{GRAPH}/nodes", params={"q": wanted, "limit": 10}))[
        "items"
    ]
    same = [node for node in found if node["name"].casefold() == wanted.casefold()] or found
    if len(same) != 1:
        known = ", ".join(f"{node['name']} ({node['id']})" for node in same)
        raise Refused(f"Several nodes are called {wanted!r}: {known}." if same else f"There is no node {wanted!r}.")
    return same[0]["id"]


def _show(server: Server, part: dict[str, Any]) -> None:
    if server.as_json:
        server.show([part], ())
        return
    names = {node["id"]: _name(node) for node in part["nodes"]}
    rows = [{**edge, "from": names[edge["source"]], "to": names[edge["target"]]} for edge in part["edges"]]
    server.show(rows, _EDGE_COLUMNS)
    if not rows:
        typer.echo(f"{_name(part['nodes'][0])} is connected with nothing.")
    if part["truncated"]:
        typer.echo("There is more: see --limit.")


def _way(part: dict[str, Any]) -> str:
    """`Ana -HAS_SESSION-> Sales <-MENTIONS- Memory`"""
    told = [_name(part["nodes"][0])]
    for one, other in zip(part["nodes"], part["nodes"][1:], strict=False):
        ends = (one["id"], other["id"])
        edge = next(edge for edge in part["edges"] if {edge["source"], edge["target"]} == set(ends))
        is_forward = (edge["source"], edge["target"]) == ends
        told += [f"-{edge['type']}->" if is_forward else f"<-{edge['type']}-", _name(other)]
    return " ".join(told)


def _short(node: dict[str, Any]) -> dict[str, Any]:
    return {**node, "name": _name(node)}


def _name(node: dict[str, Any]) -> str:
    return " ".join(node["name"].split())[:_SHOWN_CHARS]
