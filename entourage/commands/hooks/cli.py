"""The `hooks` group of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

hooks_cli = typer.Typer(help="Hooks of coding agents: watch and guard them.", no_args_is_help=True)

Agent = Annotated[str, typer.Option(help="claude-code, codex, gemini, cursor or openhands.")]
Project = Annotated[bool, typer.Option("--project", help="In this folder's settings (the default).")]
User = Annotated[bool, typer.Option("--user", help="In your own settings: every project.")]
App = Annotated[str | None, typer.Option(help="The name its events are kept under; default the agent's.")]


@hooks_cli.command()
def install(
    agent: Agent = "claude-code",
    project: Project = False,
    user: User = False,
    plugin: Annotated[Path | None, typer.Option(help="Write a plugin of Claude Code into this folder instead.")] = None,
    app: App = None,
    url: Annotated[str | None, typer.Option(envvar="ENTOURAGE_URL", help="Server; default the local one.")] = None,
    key: Annotated[
        str | None, typer.Option(envvar="ENTOURAGE_HOOKS_KEY", help="Ingest key; default one is made.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="ENTOURAGE_TOKEN", help="Access token to make a key with.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="Whose key (e-mail); default the only person.")] = None,
    approvals: Annotated[bool, typer.Option("--approvals", help="Permission questions wait for your inbox.")] = False,
    messages: Annotated[bool, typer.Option("--messages", help="Also the noisy hooks: each piece of text.")] = False,
    answer_ms: Annotated[int, typer.Option(min=10, max=999, help="How long a hook waits for a verdict.")] = 60,
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help="Data folder of the local server.")] = None,
) -> None:
    """Put hooks into an agent's settings. They never hold the agent up and never fail it."""
    from entourage.commands.hooks.install import Installing, run_install
    from entourage.commands.setup import load_settings

    asked = Installing(
        agent=agent,
        project=_folder(project=project, user=user),
        plugin=plugin,
        app=app,
        url=url,
        key=key,
        token=token,
        user=person,
        approvals=approvals,
        messages=messages,
        answer_ms=answer_ms,
    )
    raise typer.Exit(run_install(asked, load_settings(data_dir=data_dir)))


@hooks_cli.command()
def uninstall(
    agent: Agent = "claude-code",
    project: Project = False,
    user: User = False,
    app: App = None,
    forget: Annotated[bool, typer.Option("--forget", help="Also delete the key kept on this machine.")] = False,
) -> None:
    """Take our hooks out of an agent's settings, and nothing else."""
    from entourage.commands.hooks.install import run_uninstall

    raise typer.Exit(run_uninstall(agent, _folder(project=project, user=user), app, forget=forget))


@hooks_cli.command()
def flush(
    app: App = None,
    seconds: Annotated[float, typer.Option(help="How long to try.")] = 30.0,
) -> None:
    """Deliver what hooks kept while the server was away. Doing it again doubles nothing."""
    from entourage.commands.hooks.delivering import run_flush

    raise typer.Exit(run_flush(app, seconds))


@hooks_cli.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Say what is installed on this machine, what waits and what went wrong."""
    from entourage.commands.hooks.delivering import run_status

    raise typer.Exit(run_status(as_json=as_json))


def _folder(*, project: bool, user: bool) -> Path | None:
    if project and user:
        raise typer.BadParameter("choose --project or --user")
    return None if user else Path.cwd()
