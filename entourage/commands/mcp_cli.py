"""The commands of MCP servers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

mcp_cli = typer.Typer(help="MCP servers that tools come from.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name or id.")]
Pairs = list[str] | None


@mcp_cli.command("catalogue")
def catalogue(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print the ready-made servers and what each needs."""
    from entourage.commands.mcp import print_catalogue

    raise typer.Exit(print_catalogue(server_of(url, token, data_dir, as_json)))


@mcp_cli.command("list")
def list_(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print your servers, shared ones included, and how each is."""
    from entourage.commands.mcp import list_servers

    raise typer.Exit(list_servers(server_of(url, token, data_dir, as_json)))


@mcp_cli.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What stands before the dot in the names of its tools.")],
    command: Annotated[list[str] | None, typer.Argument(help="After --: a program and its arguments.")] = None,
    entry: Annotated[str | None, typer.Option(help="A ready-made server (see catalogue).")] = None,
    value: Annotated[Pairs, typer.Option(help="NAME=VALUE the entry needs; may be given again.")] = None,
    address: Annotated[str | None, typer.Option("--address", help="URL of a server over HTTP.")] = None,
    header: Annotated[Pairs, typer.Option(help="NAME=VALUE sent with each request; may be given again.")] = None,
    env: Annotated[Pairs, typer.Option(help="NAME=VALUE in the program's environment; may be given again.")] = None,
    folder: Annotated[Pairs, typer.Option(help="A folder it may read; PATH:rw to write; may be given again.")] = None,
    network: Annotated[bool, typer.Option(help="Whether the program may use the network.")] = True,
    shared: Annotated[bool, typer.Option("--shared", help="Admins: let everyone use it.")] = False,
    check: Annotated[bool, typer.Option(help="Start it and list its tools.")] = True,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Add a server and print its id; fails when it does not answer. Values of secrets go into your vault."""
    from entourage.commands.mcp import NewServer, add_server

    new = NewServer(
        name, command or [], entry, value or [], address, header or [], env or [], folder or [], network, shared
    )
    raise typer.Exit(add_server(server_of(url, token, data_dir, as_json), new, check=check))


@mcp_cli.command("remove")
def remove(name: Name, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Remove a server and end its processes."""
    from entourage.commands.mcp import remove_server

    raise typer.Exit(remove_server(server_of(url, token, data_dir), name))


@mcp_cli.command("logs")
def logs(
    name: Name,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print the last lines your process of a server said."""
    from entourage.commands.mcp import print_logs

    raise typer.Exit(print_logs(server_of(url, token, data_dir, as_json), name, follow=follow))


@mcp_cli.command("accept")
def accept(
    name: Name,
    tool: Annotated[list[str] | None, typer.Argument(help="Tools to accept; default all that wait.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Only print what waits, and how it differs.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Let tools out of quarantine as they are now; look at them with --show first."""
    from entourage.commands.mcp import accept_tools, show_waiting

    server = server_of(url, token, data_dir, as_json)
    raise typer.Exit(show_waiting(server, name) if show else accept_tools(server, name, tool))


@mcp_cli.command("check")
def check_(
    name: Annotated[list[str] | None, typer.Argument(help="Servers to start and ask; default all.")] = None,
    file: Annotated[Path | None, typer.Option(help="Only say what is wrong with this file of servers.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Start servers and list their tools; fails when one does not answer."""
    from entourage.commands.mcp import check_file, check_servers

    if file is not None:
        raise typer.Exit(check_file(file))
    raise typer.Exit(check_servers(server_of(url, token, data_dir, as_json), name or []))
