"""The commands of plans."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

plans_cli = typer.Typer(help="Plans that the team carries out.", no_args_is_help=True)

Status = Literal["planning", "proposed", "running", "paused", "succeeded", "failed", "cancelled"]
PlanId = Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]


@plans_cli.command("list")
def plans_list(
    status: Annotated[Status | None, typer.Option(help="Which ones; default all.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print plans, the newest first."""
    from entourage.commands.plans import list_plans

    raise typer.Exit(list_plans(server_of(url, token, data_dir, as_json), status))


@plans_cli.command("show")
def plans_show(
    plan_id: PlanId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Print a plan with its tasks."""
    from entourage.commands.plans import show_plan

    raise typer.Exit(show_plan(server_of(url, token, data_dir, as_json), plan_id))


@plans_cli.command("approve")
def plans_approve(
    plan_id: PlanId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Let a proposed plan begin."""
    from entourage.commands.plans import approve_plan

    raise typer.Exit(approve_plan(server_of(url, token, data_dir, as_json), plan_id))


@plans_cli.command("cancel")
def plans_cancel(
    plan_id: PlanId, as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None
) -> None:
    """Stop a plan and its tasks."""
    from entourage.commands.plans import cancel_plan

    raise typer.Exit(cancel_plan(server_of(url, token, data_dir, as_json), plan_id))
