"""`entourage memory ingest PATH...`: hands files and folders in, a few at a time, and tells what came of each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

from entourage.commands.calling import Server, call, everything
from entourage.commands.connection import Refused, problem_of
from entourage.commands.workspace import workspace_id
from entourage.memory.ingest.skipping import FOLDERS, Skipping

INGEST, JOBS = "/my/memory/ingest", "/my/memory/jobs"
FILES_AT_ONCE = 100
BYTES_AT_ONCE = 32 * 1_048_576
ENDED = ("done", "failed", "cancelled")
_COLUMNS = ("name", "status", "type", "bytes", "chunks", "error")
_LOOK_SECONDS = 0.3
TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class Found:
    """A file and the name it is handed in under."""

    name: str
    path: Path
    size: int


def run_ingest(server: Server, paths: Sequence[Path], *, recursive: bool, wait: bool, fields: dict[str, Any]) -> int:
    """Hand everything in with these fields; 1 when a file could not be sent or, with `wait`, was not read."""
    found, refused = gather(paths, recursive=recursive)

    async def work(client: httpx.AsyncClient) -> int:
        given = {name: value for name, value in fields.items() if value}
        if named := given.get("workspace"):
            given["workspace"] = await workspace_id(client, named)
        rows = [*refused]
        for batch in batches(found):
            rows += await _hand_in(client, batch, given, wait=wait)
        server.show(rows, _COLUMNS)
        return 1 if any(row["status"] == "failed" for row in rows) else 0

    return server.run(work)


def gather(paths: Iterable[Path], *, recursive: bool) -> tuple[list[Found], list[dict[str, Any]]]:
    """Files to hand in, and what cannot be."""
    found: list[Found] = []
    refused: list[dict[str, Any]] = []
    for path in paths:
        if path.is_dir():
            if recursive:
                found += _below(path)
            else:
                refused.append(_failed(str(path), "a folder: add --recursive"))
        elif path.is_file():
            found.append(Found(path.name, path, path.stat().st_size))
        else:
            refused.append(_failed(str(path), "no such file"))
    return found, refused


def batches(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Requests that a server takes: so many files and bytes at once; a file that is larger goes alone."""
    batch: list[Found] = []
    for one in found:
        if batch and (len(batch) >= FILES_AT_ONCE or sum(f.size for f in batch) + one.size > BYTES_AT_ONCE):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _below(folder: Path) -> Iterator[Found]:
    """Files of a folder by paths that begin with its name; what is not worth reading stays where it is."""
    top, rules = folder.resolve(), Skipping()
    for here, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in FOLDERS)
        inside = PurePosixPath(top.name, *Path(here).relative_to(top).parts)
        if ".gitignore" in files:
            rules.add_gitignore(str(inside), (Path(here) / ".gitignore").read_text(errors="replace"))
        for name in sorted(files):
            path = Path(here) / name
            if not rules.skips(str(inside / name)) and path.is_file() and not path.is_symlink():
                yield Found(str(inside / name), path, path.stat().st_size)


async def _hand_in(
    client: httpx.AsyncClient, batch: Sequence[Found], fields: dict[str, Any], *, wait: bool
) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        files = [("files", (one.name, stack.enter_context(one.path.open("rb")))) for one in batch]
        answer = await client.post(INGEST, data=fields, files=files)
    if answer.status_code == TOO_LARGE and len(batch) == 1:
        return [_failed(batch[0].name, "too large for this server")]
    if answer.is_error:
        raise Refused(problem_of(answer))
    job = answer.json()
    while wait and job["status"] not in ENDED:
        await asyncio.sleep(_LOOK_SECONDS)
        job = await call(client, "GET", f"{JOBS}/{job['id']}")
    files_ = await everything(client, f"{JOBS}/{job['id']}/files")
    return [{**one, "job_id": job["id"], "error": one["error"] and one["error"]["detail"]} for one in files_]


def _failed(name: str, why: str) -> dict[str, Any]:
    return {"name": name, "status": "failed", "type": None, "bytes": None, "chunks": None, "error": why}
