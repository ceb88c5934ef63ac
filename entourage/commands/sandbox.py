"""`entourage sandbox run|list|kill|setup`."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import msgspec
import typer

from entourage.commands.calling import Server, call, everything
from entourage.commands.connection import Refused
from entourage.commands.setup import fail
from entourage.kit.errors import Problem
from entourage.sandboxes import BubblewrapSandbox, ExecResult, Language, Limits
from entourage.sandboxes.cgroups import find_hierarchy, why_none
from entourage.sandboxes.packages import default_folder, install, site_packages
from entourage.sandboxes.types import MIB
from entourage.settings import Settings

SANDBOXES = "/my/sandboxes"
_COLUMNS = ("id", "status", "backend", "seconds", "cost_usd", "memory_mib", "cpu_percent", "processes", "expires_at")

# What a program may not do to the terminal that it is shown on: everything but text, tabs and line ends.
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if code not in (9, 10, 13)}


@dataclass(frozen=True, slots=True)
class Order:
    """A program to run, and how it is bounded."""

    file: Path
    language: Language
    limits: Literal["none", "cgroup", "rlimit"] | None
    seconds: float
    memory_mib: int
    folder: Path | None


def run_program(settings: Settings, order: Order, *, as_json: bool) -> int:
    """Run it, print what it says or how it went; the exit code."""
    if order.limits == "cgroup" and find_hierarchy() is None:
        return fail(
            f"No cgroup can bound a program here: {why_none()}.", "Leave --limits out, or give --limits rlimit."
        )
    try:
        code = _read(order.file)
        result = asyncio.run(_run(settings, order, code, show=not as_json))
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    except OSError as error:
        return fail(f"{order.file} cannot be read: {error.strerror}.")
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(result)))
        return 0
    if result.stopped_by:
        fail(f"It was stopped: {result.stopped_by}.")
    return result.exit_code


def list_sandboxes(server: Server, *, everything: bool) -> int:
    """Print sandboxes, the newest first."""

    async def work(client: httpx.AsyncClient) -> int:
        rows = await _found(client, ended=everything)
        server.show(rows if server.as_json else [_row(row) for row in rows], _COLUMNS)
        return 0

    return server.run(work)


def kill_sandbox(server: Server, wanted: str) -> int:
    """End the sandbox whose id begins so."""

    async def work(client: httpx.AsyncClient) -> int:
        found = [row["id"] for row in await _found(client, ended=False) if row["id"].startswith(wanted)]
        if len(found) != 1:
            raise Refused(
                f"There {'are several sandboxes' if found else 'is no running sandbox'} under {wanted!r}."
                " See `entourage sandbox list`."
            )
        await call(client, "DELETE", f"{SANDBOXES}/{found[0]}")
        typer.echo(f"ended {found[0]}")
        return 0

    return server.run(work)


def set_up(settings: Settings, folder: Path | None) -> int:
    """Install the packages of sandboxes."""
    target = folder or default_folder(settings)
    try:
        made = install(target, typer.echo)
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    typer.echo(f"{target} {'is ready' if made else 'was ready already'}.")
    if folder is not None:
        typer.echo(f"Set ENTOURAGE_SANDBOX_SITE_PACKAGES={target} for the server.")
    return 0


async def _run(settings: Settings, order: Order, code: str, *, show: bool) -> ExecResult:
    sandbox = BubblewrapSandbox(
        site_packages=site_packages(settings), use_cgroups=order.limits not in ("none", "rlimit")
    )
    bounds = Limits(
        wall_seconds=order.seconds,
        cpu_seconds=order.seconds,
        memory_bytes=order.memory_mib * MIB,
        cpus=settings.sandbox_cpus,
    )
    with _work_folder(order.folder) as folder:
        return await sandbox.run_code(order.language, code, folder, bounds, on_output=_print if show else None)


def _print(stream: str, chunk: bytes) -> None:
    target = sys.stdout if stream == "stdout" else sys.stderr
    if target.isatty():
        target.write(chunk.decode(errors="replace").translate(_CONTROLS))
    else:
        target.buffer.write(chunk)
    target.flush()


def _read(file: Path) -> str:
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    return data.decode(errors="surrogateescape")


@contextmanager
def _work_folder(given: Path | None) -> Generator[Path]:
    """The folder, or an empty one that anyone could reach if they were inside."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="entourage-run-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        folder = Path(name, "work")
        folder.mkdir()
        yield folder


async def _found(client: httpx.AsyncClient, *, ended: bool) -> list[dict[str, Any]]:
    return [row for row in await everything(client, SANDBOXES) if ended or row["status"] != "ended"]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    metrics: dict[str, Any] = row["metrics"] or {}
    return {
        **row,
        "seconds": round(row["seconds"]),
        "memory_mib": round(metrics["memory_bytes"] / MIB) if metrics else None,
        "cpu_percent": round(metrics["cpu_percent"]) if metrics else None,
        "processes": metrics.get("processes"),
    }
