"""The commands of runs and schedules."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

runs_cli = typer.Typer(help="What the team does and did.", no_args_is_help=True)
schedules_cli = typer.Typer(help="What the team does by the clock.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning or end of it.")]
ScheduleName = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its name or id.")]
Status = Literal["queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled"]


def add_run_commands(cli: typer.Typer) -> None:
    """Put the commands into the program."""
    cli.add_typer(runs_cli, name="runs")
    cli.add_typer(schedules_cli, name="schedules")


@runs_cli.command("list")
def runs_list(
    session: Annotated[str | None, typer.Option(help="Those of one conversation (its id).")] = None,
    status: Annotated[Status | None, typer.Option(help="Those that stand so.")] = None,
    agent: Annotated[str | None, typer.Option(help="Those of one agent.")] = None,
    kind: Annotated[Literal["turn", "call", "task", "plan"] | None, typer.Option(help="What they are part of.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only dead letters.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print runs, newest first."""
    from entourage.commands.runs import list_runs

    where = {"session_id": session, "status": status, "agent": agent, "kind": kind, "dead": dead or None}
    raise typer.Exit(list_runs(server_of(url, token, data_dir, as_json), where, limit))


@runs_cli.command("show")
def runs_show(
    run: RunId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Print the steps of a run."""
    from entourage.commands.runs import show_run

    raise typer.Exit(show_run(server_of(url, token, data_dir, as_json), run))


@runs_cli.command("fork")
def runs_fork(
    run: RunId,
    at: Annotated[int, typer.Option(help="The step to go on from otherwise; what is before it is kept.")],
    text: Annotated[str | None, typer.Option(help="Another question.")] = None,
    note: Annotated[str | None, typer.Option(help="What the agent reads before it goes on.")] = None,
    call: Annotated[str | None, typer.Option(help="A call whose result is edited (its tool_call_id).")] = None,
    result: Annotated[str | None, typer.Option(help="The result it shall have given.")] = None,
    agent: Annotated[str | None, typer.Option(help="Another agent.")] = None,
    model: Annotated[str | None, typer.Option(help="Another model.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Go on otherwise from a step: a new answer beside the old one. Prints the new run's id."""
    from entourage.commands.runs import fork_run

    if (call is None) != (result is None):
        raise typer.BadParameter("--call and --result belong together.")
    edited = {"tool_call_id": call, "text": result} if call else None
    how = {"at": at, "text": text, "note": note, "result": edited, "agent": agent, "model": model}
    raise typer.Exit(fork_run(server_of(url, token, data_dir, as_json), run, how))


@runs_cli.command("compare")
def runs_compare(
    a: RunId,
    b: Annotated[str, typer.Argument(metavar="OTHER", help="Another run, maybe a fork of it.")],
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print two runs beside each other; fails with 1 when they differ."""
    from entourage.commands.runs import compare_runs

    raise typer.Exit(compare_runs(server_of(url, token, data_dir, as_json), a, b))


@runs_cli.command("cancel")
def runs_cancel(
    run: RunId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Stop a run and the runs it started."""
    from entourage.commands.runs import lead_run

    raise typer.Exit(lead_run(server_of(url, token, data_dir, as_json), run, "cancel", {}))


@runs_cli.command("pause")
def runs_pause(
    run: RunId,
    now: Annotated[bool, typer.Option("--now", help="At once, not after what it is doing.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Let a run and the runs it started rest."""
    from entourage.commands.runs import lead_run

    body = {"how": "interrupt" if now else "pause"}
    raise typer.Exit(lead_run(server_of(url, token, data_dir, as_json), run, "pause", body))


@runs_cli.command("resume")
def runs_resume(
    run: RunId,
    text: Annotated[str | None, typer.Argument(help="What the agent reads before it goes on.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Let a run that rests go on."""
    from entourage.commands.runs import lead_run

    body = {"text": text} if text else {}
    raise typer.Exit(lead_run(server_of(url, token, data_dir, as_json), run, "resume", body))


@runs_cli.command("steer")
def runs_steer(
    run: RunId,
    text: Annotated[str, typer.Argument(help="What the agent reads before it goes on.")],
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Say something to a run that goes on."""
    from entourage.commands.runs import lead_run

    raise typer.Exit(lead_run(server_of(url, token, data_dir, as_json), run, "steer", {"text": text}))


@runs_cli.command("retry")
def runs_retry(
    run: RunId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Let a run that failed go on after its last recorded step."""
    from entourage.commands.runs import lead_run

    raise typer.Exit(lead_run(server_of(url, token, data_dir, as_json), run, "retry", {}))


@schedules_cli.command("list")
def schedules_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print schedules."""
    from entourage.commands.schedules import list_schedules

    raise typer.Exit(list_schedules(server_of(url, token, data_dir, as_json)))


@schedules_cli.command("add")
def schedules_add(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    cron: Annotated[str, typer.Argument(help="Five fields, such as '0 9 * * 1-5'.")],
    text: Annotated[str, typer.Argument(help="What to ask.")],
    timezone: Annotated[str, typer.Option(help="Such as Europe/Lisbon.")] = "UTC",
    agent: Annotated[str | None, typer.Option(help="Whom to ask; default the team decides.")] = None,
    session: Annotated[str | None, typer.Option(help="In this conversation (its id); default one of its own.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Ask the team something again and again."""
    from entourage.commands.schedules import add_schedule

    new = {"name": name, "cron": cron, "text": text, "timezone": timezone, "agent": agent, "session_id": session}
    raise typer.Exit(add_schedule(server_of(url, token, data_dir, as_json), new))


@schedules_cli.command("pause")
def schedules_pause(schedule: ScheduleName, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Let it pass its times."""
    from entourage.commands.schedules import set_status

    raise typer.Exit(set_status(server_of(url, token, data_dir), schedule, "paused"))


@schedules_cli.command("resume")
def schedules_resume(schedule: ScheduleName, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Let it go by the clock again."""
    from entourage.commands.schedules import set_status

    raise typer.Exit(set_status(server_of(url, token, data_dir), schedule, "active"))


@schedules_cli.command("run")
def schedules_run(schedule: ScheduleName, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Ask it now, beside its times; prints the run's id."""
    from entourage.commands.schedules import run_schedule

    raise typer.Exit(run_schedule(server_of(url, token, data_dir), schedule))


@schedules_cli.command("remove")
def schedules_remove(schedule: ScheduleName, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Remove it; its conversation and runs stay."""
    from entourage.commands.schedules import remove_schedule

    raise typer.Exit(remove_schedule(server_of(url, token, data_dir), schedule))
