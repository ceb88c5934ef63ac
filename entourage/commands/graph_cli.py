"""The commands of the graph."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

graph_cli = typer.Typer(help="What the team knows to hang together.", no_args_is_help=True)

NodeName = Annotated[str, typer.Argument(metavar="NODE", help="Its id, or its name.")]


@graph_cli.command("neighbours")
def graph_neighbours(
    node: NodeName,
    types: Annotated[list[str] | None, typer.Option("--type", help="Only edges of this type; repeatable.")] = None,
    direction: Annotated[Literal["out", "in", "both"], typer.Option(help="Which way edges lead.")] = "both",
    limit: Annotated[int, typer.Option(min=1, max=5000, help="How many at most.")] = 50,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print what a node is connected with."""
    from entourage.commands.graph import neighbours

    raise typer.Exit(neighbours(server_of(url, token, data_dir, as_json), node, types or [], direction, limit))


@graph_cli.command("path")
def graph_path(
    start: NodeName,
    end: NodeName,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print how two nodes are connected; fails when nothing connects them."""
    from entourage.commands.graph import path

    raise typer.Exit(path(server_of(url, token, data_dir, as_json), start, end))


@graph_cli.command("search")
def graph_search(
    text: Annotated[str, typer.Argument(help="Beginnings of words of the name.")],
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="Only nodes of this kind; repeatable.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print nodes by name."""
    from entourage.commands.graph import search

    raise typer.Exit(search(server_of(url, token, data_dir, as_json), text, kinds or [], limit))
