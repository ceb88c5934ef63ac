"""The commands of agents and of routing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

agents_cli = typer.Typer(help="The agents of your team, as Markdown files.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder, a file for each agent.")]


def add_agent_commands(cli: typer.Typer) -> None:
    """Put the commands into the program."""
    cli.add_typer(agents_cli, name="agents")
    cli.command("route")(route)


@agents_cli.command("export")
def agents_export(folder: Folder, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Write your team into a folder."""
    from entourage.commands.agents import export_agents

    raise typer.Exit(export_agents(server_of(url, token, data_dir), folder))


@agents_cli.command("import")
def agents_import(
    folder: Folder,
    replace: Annotated[bool, typer.Option("--replace", help="Change agents of the same name that differ.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make agents of a folder's files, of ours or of Claude Code. Fails with 1 when one is refused."""
    from entourage.commands.agents import import_agents

    raise typer.Exit(import_agents(server_of(url, token, data_dir, as_json), folder, replace=replace))


def route(
    text: Annotated[str | None, typer.Argument(help="A request.")] = None,
    jsonl: Annotated[str | None, typer.Option(help='Lines such as {"text": "..."}; - reads them.')] = None,
) -> None:
    """Print what requests are taken for, a JSON line each: intent, confidence, handler. Needs no server."""
    from entourage.commands.route import run_route

    raise typer.Exit(run_route(text, jsonl))
