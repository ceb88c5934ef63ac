"""The commands of artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

artifacts_cli = typer.Typer(help="Results that agents handed over.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The artifact's id, its beginning, or its title.")]


@artifacts_cli.command("list")
def artifacts_list(
    query: Annotated[str, typer.Argument(help="Words in title, tags or text.")] = "",
    type: Annotated[list[str] | None, typer.Option("--type", help="Only of these types.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    chat: Annotated[str | None, typer.Option(help="Only of this conversation.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only made by this agent.")] = None,
    sort: Annotated[str, typer.Option(help="newest, updated, title or largest.")] = "newest",
    limit: Annotated[int, typer.Option(help="Artifacts at most.", min=1, max=200)] = 50,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """List artifacts, or find them."""
    from entourage.commands.artifacts import list_artifacts

    wanted = {"q": query or None, "type": type, "tag": tag, "chat_id": chat, "agent": agent}
    params = {**wanted, "sort": sort, "limit": limit}
    raise typer.Exit(list_artifacts(server_of(url, token, data_dir, as_json), params))


@artifacts_cli.command("get")
def artifacts_get(
    artifact: Id,
    version: Annotated[int | None, typer.Option(help="Of this version.", min=1)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file, - to the output.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print the content of an artifact; with --json what is known of it."""
    from entourage.commands.artifacts import get_artifact

    raise typer.Exit(get_artifact(server_of(url, token, data_dir, as_json), artifact, version, output))


@artifacts_cli.command("diff")
def artifacts_diff(
    artifact: Id,
    old: Annotated[int | None, typer.Argument(metavar="[FROM]", help="Default: the one before TO.", min=1)] = None,
    new: Annotated[int | None, typer.Argument(metavar="[TO]", help="Default: the newest.", min=1)] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Show what two versions differ in. Exits with 1 when they differ, as diff does."""
    from entourage.commands.artifacts import diff_artifact

    raise typer.Exit(diff_artifact(server_of(url, token, data_dir, as_json), artifact, old, new))
