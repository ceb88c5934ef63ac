"""`entourage artifacts list|get|diff`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call, everything
from entourage.commands.connection import Refused, problem_of
from entourage.kit.ids import is_id

COLUMNS = ("id", "type", "title", "version", "size", "agent", "updated_at")
_COLOURS = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}


def list_artifacts(server: Server, params: dict[str, Any]) -> int:
    """A table, or one JSON object a line."""

    async def work(client: httpx.AsyncClient) -> int:
        given = {name: value for name, value in params.items() if value is not None}
        server.show((await call(client, "GET", "/my/artifacts", params=given))["items"], COLUMNS)
        return 0

    return server.run(work)


def get_artifact(server: Server, wanted: str, version: int | None, output: Path | None) -> int:
    """The bytes, to a file or as they are; bytes that are no text do not go to a terminal."""

    async def work(client: httpx.AsyncClient) -> int:
        artifact = await _the_one(client, wanted)
        if server.as_json:
            typer.echo(json.dumps(artifact, ensure_ascii=False))
            return 0
        which = {"version": version} if version else {}
        answer = await client.get(f"/my/artifacts/{artifact['id']}/content", params=which)
        if answer.is_error:
            raise Refused(problem_of(answer))
        return _write(answer.content, output)

    return server.run(work)


def diff_artifact(server: Server, wanted: str, old: int | None, new: int | None) -> int:
    """Like diff: 0 for the same, 1 for a difference."""

    async def work(client: httpx.AsyncClient) -> int:
        artifact = await _the_one(client, wanted)
        to = new or artifact["version"]
        before = old or to - 1
        if before < 1:
            raise Refused(f"{artifact['title']!r} has one version: there is nothing to compare it with.")
        found = await call(client, "GET", f"/my/artifacts/{artifact['id']}/diff", params={"from": before, "to": to})
        if server.as_json:
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            _show(artifact["title"], found)
        return 0 if found["is_same"] else 1

    return server.run(work)


async def _the_one(client: httpx.AsyncClient, wanted: str) -> dict[str, Any]:
    """By id, by its beginning or by title. Raises Refused for none and for several."""
    if is_id(wanted.lower()):
        return await call(client, "GET", f"/my/artifacts/{wanted.lower()}")
    items = await everything(client, "/my/artifacts")
    found = [item for item in items if item["title"] == wanted or item["id"].startswith(wanted.lower())]
    if len(found) != 1:
        raise Refused(f"There {'are several artifacts' if found else 'is no artifact'} {wanted!r}. Give its id.")
    return found[0]


def _write(content: bytes, output: Path | None) -> int:
    if output is not None and str(output) != "-":
        output.write_bytes(content)
        typer.echo(f"{len(content)} bytes are in {output}.", err=True)
        return 0
    if output is None and sys.stdout.isatty() and b"\x00" in content[:8192]:
        raise Refused("This is no text. Name a file with --output, or --output - to print it all the same.")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


def _show(title: str, found: dict[str, Any]) -> None:
    old, new = found["from"], found["to"]
    typer.echo(f"--- {title} (version {old['version']}, {old['size']} bytes)")
    typer.echo(f"+++ {title} (version {new['version']}, {new['size']} bytes)")
    if found["format"] == "binary" and not found["is_same"]:
        typer.echo(f"-sha256 {old['sha256']}\n+sha256 {new['sha256']}")
    for change in found["changes"]:
        typer.echo(_changed(change))
    for hunk in found["hunks"]:
        for line in (hunk["header"], *hunk["lines"]):
            typer.secho(line, fg=_COLOURS.get(line[:1]))
    if found["truncated"]:
        typer.echo("... and more.", err=True)


def _changed(change: dict[str, Any]) -> str:
    path, before, after = change["path"] or "/", json.dumps(change["before"]), json.dumps(change["after"])
    lines = {"removed": f"- {path}: {before}", "added": f"+ {path}: {after}"}
    return lines.get(change["op"], f"~ {path}: {before} -> {after}")
