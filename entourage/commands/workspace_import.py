"""`entourage workspace import`: folders and archives of this machine, repositories and archives of the web."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused, problem_of
from entourage.commands.workspace import address_of
from entourage.workspaces.packing.unpacking import is_archive

FILES_AT_ONCE = 200
BYTES_AT_ONCE = 32 * 1_048_576
LEFT_OUT = frozenset({"node_modules", "__pycache__", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_LOOK_SECONDS = 0.5
_OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Bringing:
    """What goes where."""

    workspace: str
    source: str
    to: str
    ref: str | None
    overwrite: bool


def import_into(server: Server, bringing: Bringing) -> int:
    """Bring it in; 1 when it could not be."""

    async def work(client: httpx.AsyncClient) -> int:
        doors = await address_of(client, bringing.workspace)
        if "://" in bringing.source:
            return await _from_web(server, client, doors, bringing)
        files = list(_files(Path(bringing.source)))
        unpack = len(files) == 1 and files[0][1] == Path(bringing.source) and is_archive(files[0][0])
        count = 0
        for batch in _batches(files):
            count += await _upload(client, doors, bringing, batch, unpack=unpack)
        server.show(
            [{"workspace": bringing.workspace, "to": bringing.to or "/", "files": count}], ("workspace", "to", "files")
        )
        return 0

    return server.run(work)


async def _from_web(server: Server, client: httpx.AsyncClient, doors: str, bringing: Bringing) -> int:
    body = {"url": bringing.source, "path": bringing.to, "ref": bringing.ref}
    job = await call(client, "POST", f"{doors}/import", json=body)
    phase = ""
    while job["status"] in _OPEN:
        await asyncio.sleep(_LOOK_SECONDS)
        job = await call(client, "GET", f"{doors}/imports/{job['id']}")
        if job["phase"] != phase and not server.as_json:
            phase = job["phase"]
            typer.echo(f"{phase}: {job['progress']['received_bytes']:,} bytes", err=True)
    if job["status"] != "done":
        raise Refused(job["error"]["detail"] if job["error"] else f"The import was {job['status']}.")
    server.show([job if server.as_json else _row(job)], ("kind", "source", "to", "files"))
    return 0


def _files(source: Path) -> Iterator[tuple[str, Path, int]]:
    """Name, place and size of each file; links are left out. Raises Refused."""
    if source.is_file():
        yield source.name, source, source.stat().st_size
        return
    if not source.is_dir():
        raise Refused(f"There is no {str(source)!r} here.")
    for here, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(source).as_posix(), path, path.stat().st_size


def _batches(files: list[tuple[str, Path, int]]) -> Iterator[list[tuple[str, Path, int]]]:
    """A few files at a time."""
    batch: list[tuple[str, Path, int]] = []
    for one in files:
        if batch and (len(batch) == FILES_AT_ONCE or sum(size for *_, size in batch) + one[2] > BYTES_AT_ONCE):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


async def _upload(
    client: httpx.AsyncClient, doors: str, bringing: Bringing, batch: list[tuple[str, Path, int]], *, unpack: bool
) -> int:
    with ExitStack() as opened:
        sent = [("files", (name, opened.enter_context(path.open("rb")))) for name, path, _ in batch]
        params: dict[str, Any] = {"path": bringing.to, "unpack": unpack, "overwrite": bringing.overwrite}
        answer = await client.post(f"{doors}/upload", params=params, files=sent)
    if answer.is_error:
        raise Refused(problem_of(answer))
    return int(answer.json()["files"])


def _row(job: dict[str, Any]) -> dict[str, Any]:
    return {"kind": job["kind"], "source": job["source"], "to": job["path"] or "/", "files": job["progress"]["files"]}
