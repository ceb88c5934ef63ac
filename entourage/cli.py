"""The command line. Each command is a room of `commands/`, imported when it is used."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command_name
from typer.models import CommandInfo

from entourage import __version__
from entourage.commands.agents_cli import add_agent_commands
from entourage.commands.artifacts_cli import artifacts_cli
from entourage.commands.gateway_cli import add_gateway_commands
from entourage.commands.graph_cli import graph_cli
from entourage.commands.hooks.cli import hooks_cli
from entourage.commands.mcp_cli import mcp_cli
from entourage.commands.memory_cli import memory_cli
from entourage.commands.options import AsJson, DataDir, Token, Url
from entourage.commands.plans_cli import plans_cli
from entourage.commands.policy import policy_cli
from entourage.commands.runs_cli import add_run_commands
from entourage.commands.sandbox_cli import sandbox_cli
from entourage.commands.services import services_cli
from entourage.commands.tools_cli import add_tool_commands
from entourage.commands.workspace_cli import workspace_cli
from entourage.kit.light import import_lightly, return_large_blocks

cli = typer.Typer(name="entourage", no_args_is_help=True, pretty_exceptions_enable=False)
user_cli = typer.Typer(help="People of this server.", no_args_is_help=True)
token_cli = typer.Typer(help="API keys.", no_args_is_help=True)
events_cli = typer.Typer(help="The event log.", no_args_is_help=True)
vault_cli = typer.Typer(help="The vault of secrets.", no_args_is_help=True)
cli.add_typer(user_cli, name="user")
cli.add_typer(token_cli, name="token")
cli.add_typer(events_cli, name="events")
cli.add_typer(vault_cli, name="vault")
cli.add_typer(artifacts_cli, name="artifacts")
cli.add_typer(graph_cli, name="graph")
cli.add_typer(hooks_cli, name="hooks")
cli.add_typer(memory_cli, name="memory")
cli.add_typer(plans_cli, name="plans")
cli.add_typer(policy_cli, name="policy")
cli.add_typer(sandbox_cli, name="sandbox")
cli.add_typer(services_cli, name="services")
cli.add_typer(mcp_cli, name="mcp")
cli.add_typer(workspace_cli, name="workspace")
add_gateway_commands(cli)
add_tool_commands(cli)
add_agent_commands(cli)
add_run_commands(cli)


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the server."""
    gc.disable()  # what is imported stays: looking through it for garbage is a tenth of the start; `Server` enables it
    return_large_blocks()
    import_lightly()
    from entourage.commands.serve import run_server
    from entourage.commands.setup import load_settings

    raise typer.Exit(run_server(load_settings(data_dir=data_dir, host=host, port=port)))


@cli.command()
def worker(
    slots: Annotated[int | None, typer.Option(min=1, help="Runs at once; default ENTOURAGE_AGENT_CONCURRENCY.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Work on runs beside servers, without a port of its own (PostgreSQL)."""
    return_large_blocks()
    from entourage.commands.setup import load_settings
    from entourage.commands.worker import run_worker

    raise typer.Exit(run_worker(load_settings(data_dir=data_dir, agent_concurrency=slots)))


@cli.command()
def ask(
    text: Annotated[str, typer.Argument(help="What to ask.")],
    agent: Annotated[str | None, typer.Option(help="Who should answer; default the team decides.")] = None,
    chat: Annotated[str | None, typer.Option(help="Go on in this conversation (its id).")] = None,
    file: Annotated[list[Path] | None, typer.Option(help="A file to attach; may be given again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the events as JSON lines.")] = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Ask the team; the answer streams. Questions and approvals are answered here. Fails when the run fails."""
    from entourage.commands.ask import Asking, run_ask
    from entourage.commands.setup import load_settings

    asking = Asking(text=text, agent=agent, chat_id=chat, files=file or [], as_json=as_json)
    raise typer.Exit(run_ask(asking, load_settings(data_dir=data_dir), url, token))


@cli.command()
def replay(
    session: Annotated[str, typer.Argument(help="The conversation's id.")],
    view: Annotated[str, typer.Option(help="chat, events or cost.")] = "chat",
    user: Annotated[str | None, typer.Option(help="Whose conversation (e-mail); default whoever has it.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a conversation as the event log tells it."""
    from entourage.commands.replay import run_replay
    from entourage.commands.setup import load_settings

    raise typer.Exit(run_replay(load_settings(data_dir=data_dir), session, view, user))


@cli.command()
def doctor(data_dir: DataDir = None) -> None:
    """Check every engine, permission and version, and say what to do."""
    from entourage.commands.doctor import run_doctor
    from entourage.commands.setup import load_settings

    raise typer.Exit(run_doctor(load_settings(data_dir=data_dir)))


@cli.command()
def migrate(
    data_dir: DataDir = None,
    to: Annotated[str, typer.Option(help="Revision to go to; `base` undoes everything.")] = "head",
    check: Annotated[bool, typer.Option("--check", help="Only say whether the schema is right.")] = False,
) -> None:
    """Bring the database to the newest revision (the server does it at start, too)."""
    from entourage.commands.migrate import run_migrate
    from entourage.commands.setup import load_settings

    raise typer.Exit(run_migrate(load_settings(data_dir=data_dir), to, check_only=check))


@cli.command()
def load(
    rate: Annotated[int, typer.Option(help="Events a second; 0 = as many as go through.")] = 1000,
    clients: Annotated[int, typer.Option(help="Connections that send.")] = 16,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 10.0,
    batch: Annotated[int, typer.Option(help="Events a request (NDJSON above 1).")] = 1,
    listeners: Annotated[int, typer.Option(help="WebSockets that listen.")] = 0,
    stalled: Annotated[int, typer.Option(help="WebSockets that never read.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Send a bounded stream of events and print how the server took it."""
    from entourage.commands.load import run_load
    from entourage.commands.setup import fail, load_settings
    from entourage.load.plan import Plan

    settings = load_settings(data_dir=data_dir)
    try:
        plan = Plan(url or settings.base_url, "", rate, clients, listeners, seconds, batch, stalled=stalled)
    except ValueError as error:
        raise typer.Exit(fail(str(error))) from None
    raise typer.Exit(run_load(plan, settings, token, as_json=as_json))


Sessions = Annotated[list[str] | None, typer.Option("--session", help="A session; may be given again.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="An application; may be given again.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="A type, or a beginning like 'hook.*'.")]
AgentNames = Annotated[list[str] | None, typer.Option("--agent", help="An agent; may be given again.")]


@events_cli.command("tail")
def events_tail(
    session: Sessions = None,
    source: Sources = None,
    type_: Types = None,
    agent: AgentNames = None,
    after: Annotated[int | None, typer.Option(help="Begin after this seq; default what happens from now on.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print events as they happen."""
    from entourage.commands.events import Looking, run_tail
    from entourage.commands.setup import load_settings

    looking = Looking(session or [], source or [], type_ or [], agent or [], after, as_json)
    raise typer.Exit(run_tail(looking, load_settings(data_dir=data_dir), url, token))


@events_cli.command("search")
def events_search(
    text: Annotated[str | None, typer.Argument(help="Words that must stand in the event.")] = None,
    session: Sessions = None,
    source: Sources = None,
    type_: Types = None,
    agent: AgentNames = None,
    since: Annotated[str | None, typer.Option(help="Only events from this time on (RFC 3339).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print the newest events that match; fails when there is none."""
    from entourage.commands.events import Looking, Search, run_search
    from entourage.commands.setup import load_settings

    looking = Looking(session or [], source or [], type_ or [], agent or [], None, as_json)
    search = Search(text, since, limit)
    raise typer.Exit(run_search(looking, search, load_settings(data_dir=data_dir), url, token))


@user_cli.command("add")
def user_add(
    email: str,
    name: Annotated[str, typer.Option(help="Full name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Make them an admin.")] = False,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, envvar="ENTOURAGE_PASSWORD", help="Password.")
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Make an account."""
    from entourage.commands.people import add_user
    from entourage.commands.setup import load_settings

    raise typer.Exit(add_user(load_settings(data_dir=data_dir), email, password, name, is_admin=admin))


@token_cli.command("new")
def token_new(
    user: Annotated[str | None, typer.Option(help="Whose key (e-mail); default the only person.")] = None,
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int | None, typer.Option(help="Days until it expires; default never.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make an API key and print it once."""
    from entourage.commands.people import new_token
    from entourage.commands.setup import load_settings

    raise typer.Exit(new_token(load_settings(data_dir=data_dir), user, name, days))


@vault_cli.command("rotate")
def vault_rotate(data_dir: DataDir = None) -> None:
    """Make a new master key and encrypt every secret again; the server may keep running."""
    from entourage.commands.people import rotate_vault
    from entourage.commands.setup import load_settings

    raise typer.Exit(rotate_vault(load_settings(data_dir=data_dir)))


@cli.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@cli.callback()
def entourage() -> None:
    """An AI team of your own."""


def main() -> None:
    """Entry point of `entourage`."""
    if len(sys.argv) > 1:
        _make_only(sys.argv[1])
    cli()


def _make_only(name: str) -> None:
    """Leave out the commands that were not asked: making all of them takes a tenth of a second.

    Where there is none of that name everything stays, for the help and for what may have been meant.
    """
    commands = [one for one in cli.registered_commands if _name_of(one) == name]
    groups = [one for one in cli.registered_groups if one.name == name]
    if commands or groups:
        cli.registered_commands, cli.registered_groups = commands, groups


def _name_of(command: CommandInfo) -> str:
    assert command.callback
    return command.name or get_command_name(command.callback.__name__)
