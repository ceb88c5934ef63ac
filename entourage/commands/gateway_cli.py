"""The commands of the AI gateway: models, providers, usage, keys, budgets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

models_cli = typer.Typer(help="Models one can choose.", no_args_is_help=True)
providers_cli = typer.Typer(help="Services that answer for models.", no_args_is_help=True)
keys_cli = typer.Typer(help="Keys that are good for the AI gateway alone.", no_args_is_help=True)
budgets_cli = typer.Typer(help="What models may cost.", no_args_is_help=True)

By = Literal["day", "model", "provider", "agent", "key", "door", "session", "user"]
Dollars = Annotated[str | None, typer.Option(help="US dollars, such as 12.50.")]


def add_gateway_commands(cli: typer.Typer) -> None:
    """Put the commands into the program."""
    cli.add_typer(models_cli, name="models")
    cli.add_typer(providers_cli, name="providers")
    cli.add_typer(keys_cli, name="keys")
    cli.add_typer(budgets_cli, name="budgets")
    cli.command("usage")(usage)


@models_cli.command("list")
def models_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print the models one can choose, the default one first."""
    from entourage.commands.models import list_models

    raise typer.Exit(list_models(server_of(url, token, data_dir, as_json)))


@models_cli.command("test")
def models_test(
    model: Annotated[str, typer.Argument(help="An alias, provider/model, or a model.")],
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Send one tiny call to a model; fails when it does not answer."""
    from entourage.commands.models import try_model

    raise typer.Exit(try_model(server_of(url, token, data_dir, as_json), model))


@providers_cli.command("list")
def providers_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print providers, shared ones included."""
    from entourage.commands.providers import list_providers

    raise typer.Exit(list_providers(server_of(url, token, data_dir, as_json)))


@providers_cli.command("add")
def providers_add(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="openai, anthropic, ollama, openai_compatible, ...")],
    name: Annotated[str | None, typer.Option(help="Its name; default the type.")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Where it is, for types without an address of their own.")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="ENTOURAGE_PROVIDER_KEY", help="Its key; kept in the vault.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model to offer; default all it tells of.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Make it the default one.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Admins: let everyone use it.")] = False,
    billing: Annotated[Literal["own", "pooled", "free"], typer.Option(help="Whose money it costs.")] = "own",
    test: Annotated[bool, typer.Option(help="Ask it for its models.")] = True,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Connect a provider and print its id; fails when it does not answer."""
    from entourage.commands.providers import add_provider

    body: dict[str, Any] = {
        "type": type_,
        "name": name or type_,
        "base_url": base_url,
        "api_key": api_key,
        "models": model or [],
        "is_default": default,
        "is_shared": shared,
        "billing": billing,
    }
    raise typer.Exit(add_provider(server_of(url, token, data_dir, as_json), body, test=test))


@providers_cli.command("remove")
def providers_remove(
    name: Annotated[str, typer.Argument(help="Name or id.")],
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Disconnect a provider and forget its key."""
    from entourage.commands.providers import remove_provider

    raise typer.Exit(remove_provider(server_of(url, token, data_dir), name))


def usage(
    by: Annotated[By, typer.Option(help="What to sum under; user needs --all.")] = "model",
    days: Annotated[int, typer.Option(min=1, max=3660, help="Of how many days.")] = 30,
    everyone: Annotated[bool, typer.Option("--all", help="Admins: of everybody.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Print what model calls took and cost."""
    from entourage.commands.usage import show_usage

    raise typer.Exit(show_usage(server_of(url, token, data_dir, as_json), by, days, everyone=everyone))


@keys_cli.command("list")
def keys_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print virtual keys and what they spent."""
    from entourage.commands.keys import list_keys

    raise typer.Exit(list_keys(server_of(url, token, data_dir, as_json)))


@keys_cli.command("new")
def keys_new(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    model: Annotated[
        list[str] | None, typer.Option(help="A model it may call; may be given again; default all.")
    ] = None,
    requests: Annotated[int | None, typer.Option(min=1, help="Requests a minute.")] = None,
    tokens: Annotated[int | None, typer.Option(min=1, help="Tokens a minute; default any.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; default never.")] = None,
    hard_usd: Dollars = None,
    soft_usd: Dollars = None,
    period: Annotated[Literal["day", "month"], typer.Option(help="Of the budget.")] = "month",
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key that is good for the gateway alone and print it once."""
    from entourage.commands.keys import new_key

    limits = {"period": period, "soft_usd": soft_usd, "hard_usd": hard_usd}
    body: dict[str, Any] = {
        "name": name,
        "models": model or None,
        "requests_per_minute": requests,
        "tokens_per_minute": tokens,
        "expires_in_days": days,
        "budget": limits if soft_usd or hard_usd else None,
    }
    raise typer.Exit(new_key(server_of(url, token, data_dir, as_json), body))


@keys_cli.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(help="Name, id or prefix.")],
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """End a key; it stops working at once."""
    from entourage.commands.keys import revoke_key

    raise typer.Exit(revoke_key(server_of(url, token, data_dir), key))


@budgets_cli.command("list")
def budgets_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print budgets and what is spent of them."""
    from entourage.commands.keys import list_budgets

    raise typer.Exit(list_budgets(server_of(url, token, data_dir, as_json)))


@budgets_cli.command("set")
def budgets_set(
    hard_usd: Dollars = None,
    soft_usd: Dollars = None,
    period: Annotated[Literal["day", "month"], typer.Option(help="In UTC.")] = "month",
    key: Annotated[str | None, typer.Option(help="Of a key (name, id or prefix); default all you spend.")] = None,
    agent: Annotated[str | None, typer.Option(help="Of an agent.")] = None,
    workspace: Annotated[str | None, typer.Option(help="Of a workspace.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Make a budget, or change the one that is there. Past the hard limit calls are refused."""
    from entourage.commands.keys import set_budget
    from entourage.commands.setup import fail

    named = {"key": key, "agent": agent, "workspace": workspace}
    given = [(subject, name) for subject, name in named.items() if name is not None]
    if len(given) > 1:
        raise typer.Exit(fail("Give one of --key, --agent and --workspace."))
    subject, name = given[0] if given else ("user", None)
    body: dict[str, Any] = {"subject": subject, "subject_id": name, "period": period}
    body |= {"soft_usd": soft_usd, "hard_usd": hard_usd}
    raise typer.Exit(set_budget(server_of(url, token, data_dir, as_json), body, key))
