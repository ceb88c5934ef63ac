"""The commands of sandboxes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

sandbox_cli = typer.Typer(help="Code that nobody vouches for.", no_args_is_help=True)

SandboxId = Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]


@sandbox_cli.command("run")
def sandbox_run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The program; - reads it from standard input.")],
    language: Annotated[Literal["python", "bash", "node"], typer.Option(help="What it is written in.")],
    limits: Annotated[
        Literal["none", "cgroup", "rlimit"] | None,
        typer.Option(
            help="cgroup: memory is bounded by the kernel, refused where it cannot be;"
            " rlimit, none: without cgroups, by resource limits and a watchdog. Default: cgroup where there is one."
        ),
    ] = None,
    seconds: Annotated[float, typer.Option("--timeout", min=0.1, help="Longest time, in seconds.")] = 60.0,
    memory_mib: Annotated[int, typer.Option("--memory", min=32, help="Most memory, in MiB.")] = 512,
    folder: Annotated[
        Path | None, typer.Option(help="Its work folder; default an empty one that goes with it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of what it prints.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Run a program in a sandbox on this machine, without a server; its exit code is this command's.

    With --json the exit code is 0 whenever the program could be started.
    """
    from entourage.commands.sandbox import Order, run_program
    from entourage.commands.setup import load_settings

    order = Order(file, language, limits, seconds, memory_mib, folder)
    raise typer.Exit(run_program(load_settings(data_dir=data_dir), order, as_json=as_json))


@sandbox_cli.command("list")
def sandbox_list(
    everything: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print the sandboxes of a server that run, the newest first."""
    from entourage.commands.sandbox import list_sandboxes

    raise typer.Exit(list_sandboxes(server_of(url, token, data_dir, as_json), everything=everything))


@sandbox_cli.command("kill")
def sandbox_kill(sandbox_id: SandboxId, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """End a sandbox of a server; nothing of it is left."""
    from entourage.commands.sandbox import kill_sandbox

    raise typer.Exit(kill_sandbox(server_of(url, token, data_dir), sandbox_id))


@sandbox_cli.command("setup")
def sandbox_setup(
    folder: Annotated[Path | None, typer.Option(help="Where to; default in the data folder.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Install the Python packages that sandboxes offer: numpy, pandas, matplotlib, a kernel."""
    from entourage.commands.sandbox import set_up
    from entourage.commands.setup import load_settings

    raise typer.Exit(set_up(load_settings(data_dir=data_dir), folder))
