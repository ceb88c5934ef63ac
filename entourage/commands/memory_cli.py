"""The commands of memory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

memory_cli = typer.Typer(help="What the team remembers.", no_args_is_help=True)

Kind = Literal["interaction", "document", "fact"]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given several times.")]
Workspace = Annotated[str | None, typer.Option(help="A workspace, by name or id: the memory its members share.")]
Source = Annotated[str | None, typer.Option(help="A kind of source, or the id, name or address of one.")]


@memory_cli.command("add")
def memory_add(
    text: Annotated[str, typer.Argument(help="What to remember; - reads the standard input.")],
    kind: Annotated[Kind, typer.Option(help="What it is.")] = "fact",
    agent: Annotated[str | None, typer.Option(help="The agent it belongs to.")] = None,
    tag: Tags = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Remember something."""
    from entourage.commands.memory import add_memory

    what = {"kind": kind, "tags": tag or [], "agent": agent, "workspace": workspace}
    raise typer.Exit(add_memory(server_of(url, token, data_dir, as_json), text, what))


@memory_cli.command("search")
def memory_search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(help="Hits at most.", min=1, max=100)] = 10,
    mode: Annotated[Literal["hybrid", "dense", "sparse"], typer.Option(help="By what to look.")] = "hybrid",
    kind: Annotated[Kind | None, typer.Option(help="Only these.")] = None,
    tag: Tags = None,
    source: Source = None,
    graph: Annotated[int, typer.Option(help="Hops through the graph.", min=0, max=2)] = 0,
    everywhere: Annotated[bool, typer.Option(help="Also in the memories of all workspaces you are in.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Find memories, with why each was found."""
    from entourage.commands.memory import search_memory

    wish = {
        "query": query,
        "limit": limit,
        "mode": mode,
        "graph": graph,
        "workspace": workspace,
        "workspaces": everywhere,
    }
    lists = {"kinds": [kind] if kind else None, "tags": tag, "sources": [source] if source else None}
    raise typer.Exit(search_memory(server_of(url, token, data_dir, as_json), {**wish, **lists}))


@memory_cli.command("forget")
def memory_forget(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of memories.")] = None,
    query: Annotated[str | None, typer.Option(help="Everything that means nearly this.")] = None,
    min_score: Annotated[float | None, typer.Option(help="How nearly: from 0 to 1.")] = None,
    source: Source = None,
    agent: Annotated[str | None, typer.Option(help="Everything of this agent.")] = None,
    before: Annotated[str | None, typer.Option(help="Everything older than this time (RFC 3339).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what that would be.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Forget what fits all that is given."""
    from entourage.commands.memory import forget_memory

    given = {"ids": ids or None, "query": query, "min_score": min_score, "source": source, "agent": agent}
    what = {**given, "before": before, "dry_run": dry_run, "workspace": workspace}
    raise typer.Exit(forget_memory(server_of(url, token, data_dir, as_json), what))


@memory_cli.command("export")
def memory_export(
    path: Annotated[str, typer.Argument(help="A file to write; - is the standard output.")] = "-",
    workspace: Workspace = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Write every memory, a JSON object a line."""
    from entourage.commands.memory import export_memory

    raise typer.Exit(export_memory(server_of(url, token, data_dir), path, workspace))


@memory_cli.command("import")
def memory_import(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of an export.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Take in the lines of an export. Wrong lines are told by their numbers; the rest goes on."""
    from entourage.commands.memory import import_memory

    raise typer.Exit(import_memory(server_of(url, token, data_dir, as_json), path, workspace))


@memory_cli.command("stats")
def memory_stats(
    workspace: Workspace = None, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Print how memory stands."""
    from entourage.commands.memory import show_stats

    raise typer.Exit(show_stats(server_of(url, token, data_dir, as_json), workspace))


@memory_cli.command("eval")
def memory_eval(
    passages: Annotated[Path, typer.Option(exists=True, dir_okay=False, help='Lines {"id", "text", "lang"?}.')],
    queries: Annotated[Path, typer.Option(exists=True, dir_okay=False, help='Lines {"query", "passage", "lang"?}.')],
    embedder: Annotated[
        Literal["auto", "local", "ngrams"], typer.Option(help="Whose vectors; auto is the best that is installed.")
    ] = "auto",
) -> None:
    """Print how well searches find what they should: recall@1, recall@5 and MRR. Needs no server."""
    from entourage.commands.memory_eval import run_eval

    raise typer.Exit(run_eval(passages, queries, embedder))


@memory_cli.command("ingest")
def memory_ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders with --recursive.")],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all that is in them.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until everything can be found.")] = False,
    tag: Tags = None,
    agent: Annotated[str | None, typer.Option(help="The agent it belongs to.")] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Read files into memory. Fails when one of them could not be read."""
    from entourage.commands.memory_ingest import run_ingest

    server = server_of(url, token, data_dir, as_json)
    fields = {"tags": tag or [], "agent": agent, "workspace": workspace}
    raise typer.Exit(run_ingest(server, paths, recursive=recursive, wait=wait, fields=fields))
