"""`entourage services`: HTTP services behind the gateway."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from entourage.commands.options import AsJson, DataDir, Token, Url, server_of

services_cli = typer.Typer(help="HTTP services: their operations are tools.", no_args_is_help=True)


@services_cli.command("list")
def services_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print services, shared ones and the server's own APIs included."""
    from entourage.commands.service_calls import list_services

    raise typer.Exit(list_services(server_of(url, token, data_dir, as_json)))


@services_cli.command("add")
def services_add(
    name: Annotated[str, typer.Argument(help="The first half of its tools' names.")],
    base_url: Annotated[str, typer.Argument(help="Where it is.")],
    openapi: Annotated[
        str | None, typer.Option(help="A file (JSON or YAML), a URL, or a path of the service such as /openapi.json.")
    ] = None,
    title: Annotated[str, typer.Option(help="For people.")] = "",
    auth: Annotated[Literal["none", "bearer", "header", "basic"], typer.Option(help="How it knows us.")] = "none",
    header: Annotated[str | None, typer.Option(help="The header of the secret, for --auth header.")] = None,
    secret: Annotated[
        str | None, typer.Option(envvar="ENTOURAGE_SERVICE_SECRET", help="Its secret; kept in the vault.")
    ] = None,
    shared: Annotated[bool, typer.Option("--shared", help="Admins: let everyone call it.")] = False,
    rps: Annotated[float | None, typer.Option(help="Calls a second of each person.")] = None,
    quota: Annotated[int | None, typer.Option(min=1, help="Calls a day of each person.")] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="What may be asked, such as 'GET /v1/*'; may be given again.")
    ] = None,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Register a service and print its id and what of its document could not be taken."""
    from entourage.commands.service_calls import add_service

    body: dict[str, Any] = {
        "name": name,
        "base_url": base_url,
        "title": title,
        "auth": {"kind": auth, "header": header, "secret": secret},
        "is_shared": shared,
        "rps": rps,
        "quota_per_day": quota,
        "allow": allow or [],
    }
    raise typer.Exit(add_service(server_of(url, token, data_dir, as_json), body, openapi))


@services_cli.command("remove")
def services_remove(
    name: Annotated[str, typer.Argument(help="Name or id.")],
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Remove a service and forget its secret."""
    from entourage.commands.service_calls import remove_service

    raise typer.Exit(remove_service(server_of(url, token, data_dir), name))
