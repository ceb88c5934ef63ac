"""`entourage tools list|call`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote

import httpx
import msgspec
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused
from entourage.commands.setup import errors

TOOLS = "/my/tools"
FAILED, WAITING = 1, 3
"""Exit codes of a call that failed, and of one that a person must allow first."""

_COLUMNS = ("name", "origin", "grant", "state", "calls_24h", "errors_24h", "latency_ms_p50")


def list_tools(server: Server, search: str | None, origin: str | None) -> int:
    """Print the catalogue, or what fits a search."""

    async def work(client: httpx.AsyncClient) -> int:
        params = {key: value for key, value in (("q", search), ("origin", origin)) if value is not None}
        server.show((await call(client, "GET", TOOLS, params=params))["items"], _COLUMNS)
        return 0

    return server.run(work)


def call_tool(server: Server, name: str, args: str | None, pairs: Sequence[str], body: dict[str, Any]) -> int:
    """Call a tool and print its text; the exit code says how it ended."""

    async def work(client: httpx.AsyncClient) -> int:
        given = {**read_object(args), **dict(map(_pair, pairs))}
        result = await call(client, "POST", f"{TOOLS}/{quote(name, safe='')}/call", json={**body, "args": given})
        if server.as_json:
            server.show([result], ())
        elif result["status"] == "ok":
            typer.echo(result["text"])
        else:
            errors.print(result["text"], markup=False)
        return {"ok": 0, "waiting": WAITING}.get(result["status"], FAILED)

    return server.run(work)


def read_object(text: str | None) -> dict[str, Any]:
    """A JSON object given as an option; `-` reads it. Raises Refused."""
    if text is None:
        return {}
    try:
        value: object = msgspec.json.decode(sys.stdin.read() if text == "-" else text)
    except msgspec.DecodeError as error:
        raise Refused(f"The arguments are no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused('The arguments must be a JSON object, such as \'{"path": "notes.md"}\'.')
    return cast("dict[str, Any]", value)


def _pair(text: str) -> tuple[str, Any]:
    """`limit=5` and `path=notes.md`: a value that is no JSON is text."""
    name, mark, value = text.partition("=")
    if not mark or not name:
        raise Refused(f"{text!r} is no argument: write NAME=VALUE.")
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name, value
