"""`entourage agents import|export`: a team in a folder of Markdown files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.calling import Server, call
from entourage.commands.connection import Refused
from entourage.commands.setup import errors

MAX_FILE_BYTES = 1_048_576
_COLUMNS = ("name", "agent", "outcome", "ignored", "error")


def export_agents(server: Server, folder: Path) -> int:
    """Write a file for each agent; files of other names are left alone."""

    async def work(client: httpx.AsyncClient) -> int:
        files = (await call(client, "GET", "/my/agents/export"))["files"]
        _write(folder, files)
        return 0

    return server.run(work)


def import_agents(server: Server, folder: Path, *, replace: bool) -> int:
    """Make agents of the folder's Markdown files; 1 when one was refused."""

    async def work(client: httpx.AsyncClient) -> int:
        body = {"files": _files(folder), "replace": replace}
        items: list[dict[str, Any]] = (await call(client, "POST", "/my/agents/import", json=body))["items"]
        server.show(items, _COLUMNS)
        refused = [item for item in items if item["outcome"] == "refused"]
        if refused and not replace and not server.as_json:
            errors.print("Agents that are there and differ are changed with --replace.")
        return 1 if refused else 0

    return server.run(work)


def _write(folder: Path, files: Sequence[dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        path = folder / Path(file["name"]).name  # it stays in this folder, whatever the server says
        path.write_bytes(file["text"].encode())
        typer.echo(str(path))


def _files(folder: Path) -> list[dict[str, str]]:
    """Raises Refused."""
    if not folder.is_dir():
        raise Refused(f"There is no folder {folder}.")
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise Refused(f"There are no Markdown files in {folder}.")
    return [{"name": path.name, "text": _text(path)} for path in paths]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Refused(f"{path} is larger than {MAX_FILE_BYTES:,} bytes.")
        return path.read_bytes().decode()  # line breaks stay as they are
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None
