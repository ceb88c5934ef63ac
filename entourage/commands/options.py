"""Options that commands which talk to a server have in common. Light: it is imported whatever is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from entourage.commands.calling import Server

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder; default ENTOURAGE_DATA_DIR or .data.")]
Url = Annotated[str | None, typer.Option("--url", envvar="ENTOURAGE_URL", help="Server; default the local one.")]
Token = Annotated[str | None, typer.Option("--token", envvar="ENTOURAGE_TOKEN", help="API key or access token.")]


def server_of(url: str | None, token: str | None, data_dir: Path | None, as_json: bool = False) -> Server:
    """The server that a command talks to."""
    from entourage.commands.calling import Server
    from entourage.commands.setup import load_settings

    return Server(load_settings(data_dir=data_dir), url, token, as_json)
