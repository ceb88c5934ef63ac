"""The commands of tools and approvals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

tools_cli = typer.Typer(help="Tools that agents and you can call.", no_args_is_help=True)
approvals_cli = typer.Typer(help="Calls and questions that wait for you.", no_args_is_help=True)

Status = Literal["pending", "approved", "denied", "answered", "expired", "cancelled", "all"]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or beginnings of them; `all` for what waits.")]
Reason = Annotated[str | None, typer.Option(help="What the asker is told.")]


def add_tool_commands(cli: typer.Typer) -> None:
    """Put the commands into the program."""
    cli.add_typer(tools_cli, name="tools")
    cli.add_typer(approvals_cli, name="approvals")


@tools_cli.command("list")
def tools_list(
    search: Annotated[str | None, typer.Argument(help="What you want to do; the best first.")] = None,
    origin: Annotated[str | None, typer.Option(help="builtin, mcp, service, or one of them: mcp:github.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print the tools there are, what they are granted and how often they were called in the last day."""
    from entourage.commands.tools import list_tools

    raise typer.Exit(list_tools(server_of(url, token, data_dir, as_json), search, origin))


@tools_cli.command("call")
def tools_call(
    name: Annotated[str, typer.Argument(help="Its name, such as read_file or github.get_issue.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Arguments; values are JSON, else text.")
    ] = None,
    args: Annotated[str | None, typer.Option("--args", help="All arguments as a JSON object; - reads them.")] = None,
    wait: Annotated[float | None, typer.Option(min=0, max=280, help="Seconds to wait for an approval.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Call a tool and print what it gives. Fails with 1 when the call fails, with 3 while it waits for a person."""
    from entourage.commands.tools import call_tool

    body: dict[str, Any] = {"source": "cli", "wait_seconds": wait}
    raise typer.Exit(call_tool(server_of(url, token, data_dir, as_json), name, args, arguments or [], body))


@approvals_cli.command("list")
def approvals_list(
    status: Annotated[Status, typer.Option(help="Which ones.")] = "pending",
    app: Annotated[str | None, typer.Option(help="Who asks: team, api, mcp, cli, or an outside agent.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print what waits for you."""
    from entourage.commands.approvals import list_approvals

    raise typer.Exit(list_approvals(server_of(url, token, data_dir, as_json), status, app))


@approvals_cli.command("approve")
def approvals_approve(
    ids: Ids,
    remember: Annotated[bool, typer.Option("--always", help="Allow it to who asked from now on.")] = False,
    tool: Annotated[str | None, typer.Option(help="With --always: a pattern, such as 'github.get_*'.")] = None,
    args: Annotated[str | None, typer.Option("--args", help="Other arguments, as a JSON object.")] = None,
    answer: Annotated[str | None, typer.Option(help="The answer to a question.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Allow calls, or answer a question."""
    from entourage.commands.approvals import decide

    said: dict[str, Any] = {"decision": "answer", "answer": answer} if answer else {"decision": "approve"}
    if remember:
        said |= {"remember": True, "remember_tool": tool}
    raise typer.Exit(decide(server_of(url, token, data_dir, as_json), ids, said, args))


@approvals_cli.command("deny")
def approvals_deny(
    ids: Ids,
    reason: Reason = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Do not allow calls."""
    from entourage.commands.approvals import decide

    raise typer.Exit(
        decide(server_of(url, token, data_dir, as_json), ids, {"decision": "deny", "reason": reason}, None)
    )
