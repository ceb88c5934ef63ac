"""`entourage memory add|search|forget|export|import|stats`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused, problem_of
from entourage.commands.workspace import workspace_id

MEMORY = "/my/memory"
_NDJSON = {"Content-Type": "application/x-ndjson"}
_PIECE_BYTES = 64 * 1024
_MAX_TEXT = 100


def add_memory(server: Server, text: str, what: dict[str, Any]) -> int:
    """Remember a text; `-` is the standard input."""
    said = sys.stdin.read() if text == "-" else text

    async def work(client: httpx.AsyncClient) -> int:
        memory = await call(client, "POST", MEMORY, json=await _given(client, {"text": said, **what}))
        if server.as_json:
            server.show([memory], ())
        else:
            typer.echo(f"remembered {memory['id']}")
        return 0

    return server.run(work)


def search_memory(server: Server, wish: dict[str, Any]) -> int:
    """Print hits, the best first, each with why it was found."""

    async def work(client: httpx.AsyncClient) -> int:
        found = await call(client, "POST", f"{MEMORY}/search", json=await _given(client, wish))
        if server.as_json:
            server.show(found["items"], ())
            return 0
        for place, item in enumerate(found["items"], 1):
            typer.echo(f"{place}. {_short(item['memory']['text'])}")
            typer.echo(f"   {item['why']['text'] or '-'} · {_source(item['memory'])} · {item['memory']['id']}")
        return 0

    return server.run(work)


def forget_memory(server: Server, what: dict[str, Any]) -> int:
    """Forget, or tell what would be forgotten."""

    async def work(client: httpx.AsyncClient) -> int:
        told = await call(client, "POST", f"{MEMORY}/forget", json=await _given(client, what))
        if server.as_json:
            server.show([told], ())
            return 0
        for memory in told["items"] if what["dry_run"] else ():
            typer.echo(f"{memory['id']}  {_short(memory['text'])}")
        typer.echo(f"{'would forget' if what['dry_run'] else 'forgot'} {told['forgotten']}")
        return 0

    return server.run(work)


def export_memory(server: Server, path: str, workspace: str | None) -> int:
    """Write every memory to a file, or the standard output."""

    async def work(client: httpx.AsyncClient) -> int:
        async with client.stream(
            "GET", f"{MEMORY}/export", params=await _given(client, {"workspace": workspace})
        ) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(problem_of(answer))
            if path == "-":
                await _write(answer, sys.stdout.buffer)
            else:
                with Path(path).open("wb") as file:  # noqa: ASYNC230  a command has nothing else to do
                    await _write(answer, file)
        return 0

    return server.run(work)


def import_memory(server: Server, path: Path, workspace: str | None) -> int:
    """Send a file; 1 when some lines were not taken."""

    async def work(client: httpx.AsyncClient) -> int:
        whose = await _given(client, {"workspace": workspace})
        told = await call(client, "POST", f"{MEMORY}/import", content=_pieces(path), headers=_NDJSON, params=whose)
        if server.as_json:
            server.show([told], ())
        else:
            for error in told["errors"]:
                typer.echo(f"line {error['line']}: {error['detail']}", err=True)
            typer.echo(f"imported {told['imported']}, skipped {told['skipped']}, failed {told['failed']}")
        return 1 if told["failed"] else 0

    return server.run(work)


def show_stats(server: Server, workspace: str | None) -> int:
    """Print counts, the embedder, and a change of it."""

    async def work(client: httpx.AsyncClient) -> int:
        stats = await call(client, "GET", f"{MEMORY}/stats", params=await _given(client, {"workspace": workspace}))
        if server.as_json:
            server.show([stats], ())
            return 0
        for name, value in _lines(stats):
            typer.echo(f"{name:<13} {value}")
        return 0

    return server.run(work)


def _lines(stats: dict[str, Any]) -> list[tuple[str, str]]:
    lines = [(f"{kind}s", str(count)) for kind, count in stats["counts"].items()]
    lines += [("pending", str(stats["pending"])), ("failed", str(stats["failed"]))]
    embedder = stats["embedder"]
    lines.append(("embedder", f"{embedder['id']} ({embedder['model']}, {embedder['dimensions']} dimensions)"))
    if reindex := stats["reindex"]:
        lines.append(("changing to", f"{reindex['to']}: {reindex['done']} of {reindex['total']}"))
    return lines + [("collection", f"{one['name']}: {one['points']}") for one in stats["collections"]]


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


async def _write(answer: httpx.Response, file: BinaryIO) -> None:
    async for piece in answer.aiter_bytes():
        file.write(piece)


async def _given(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """What was said, with the id of the workspace that was named. Raises Refused."""
    given = {key: value for key, value in body.items() if value is not None}
    if named := given.get("workspace"):
        given["workspace"] = await workspace_id(client, named)
    return given


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TEXT else f"{line[: _MAX_TEXT - 1]}…"


def _source(memory: dict[str, Any]) -> str:
    if author := memory["author"]:
        return f"{author['name']}, shared in {memory['workspace']}"
    source = memory["source"]
    named = source.get("name") or source.get("url") or source.get("id")
    return f"{source['type']} {named}" if named else source["type"]
