"""The commands of workspaces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

workspace_cli = typer.Typer(help="Workspaces: files that people and agents share.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="WORKSPACE", help="Its name or id.")]
Role = Annotated[Literal["editor", "viewer"], typer.Option(help="What they may do.")]


@workspace_cli.command("list")
def workspace_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print the workspaces you may come into."""
    from entourage.commands.workspace import list_workspaces

    raise typer.Exit(list_workspaces(server_of(url, token, data_dir, as_json)))


@workspace_cli.command("create")
def workspace_create(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make an empty workspace."""
    from entourage.commands.workspace import create_workspace

    raise typer.Exit(create_workspace(server_of(url, token, data_dir, as_json), name, description))


@workspace_cli.command("delete")
def workspace_delete(
    workspace: Which,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Remove a workspace with all its files, for good."""
    if not yes:
        typer.confirm(f"Remove {workspace!r} with all its files?", abort=True)
    from entourage.commands.workspace import delete_workspace

    raise typer.Exit(delete_workspace(server_of(url, token, data_dir), workspace))


@workspace_cli.command("share")
def workspace_share(
    workspace: Which,
    email: Annotated[str, typer.Argument(help="Who shall come in.")],
    role: Role = "editor",
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Let somebody in, or change what they may do."""
    from entourage.commands.workspace import share_workspace

    raise typer.Exit(share_workspace(server_of(url, token, data_dir, as_json), workspace, email, role))


@workspace_cli.command("tree")
def workspace_tree(
    workspace: Which,
    path: Annotated[str, typer.Argument(help="Folder; default all of it.")] = "",
    depth: Annotated[int, typer.Option(min=1, max=50, help="Levels of folders.")] = 3,
    hidden: Annotated[bool, typer.Option("--hidden", help="Also hidden and excluded names.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print what is in a workspace."""
    from entourage.commands.workspace import print_tree

    params = {"path": path, "depth": depth, "hidden": hidden}
    raise typer.Exit(print_tree(server_of(url, token, data_dir, as_json), workspace, params))


@workspace_cli.command("import")
def workspace_import(
    workspace: Which,
    source: Annotated[str, typer.Argument(help="A folder, an archive or a file here, or an https:// address.")],
    to: Annotated[str, typer.Option("--to", help="Folder of the workspace; default its top.")] = "",
    ref: Annotated[str | None, typer.Option(help="Branch or tag of a repository.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Bring in a folder or archive of this machine, or a repository or archive of the web."""
    from entourage.commands.workspace_import import Bringing, import_into

    bringing = Bringing(workspace, source, to, ref, overwrite)
    raise typer.Exit(import_into(server_of(url, token, data_dir, as_json), bringing))


@workspace_cli.command("export")
def workspace_export(
    workspace: Which,
    target: Annotated[Path | None, typer.Argument(help="File to write; - for the standard output.")] = None,
    path: Annotated[str, typer.Option("--path", help="Folder or file of the workspace; default all of it.")] = "",
    kind: Annotated[
        Literal["zip", "tar.gz"] | None, typer.Option("--format", help="Default by the file's name.")
    ] = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Pack a workspace into a file."""
    from entourage.commands.workspace import export_workspace

    raise typer.Exit(export_workspace(server_of(url, token, data_dir), workspace, target, path, kind))
