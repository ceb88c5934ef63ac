"""`entourage services`: HTTP services behind the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from entourage.commands.calling import Server

services_cli = typer.Typer(help="HTTP services: their operations are tools.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder; default ENTOURAGE_DATA_DIR or .data.")]
Url = Annotated[str | None, typer.Option("--url", envvar="ENTOURAGE_URL", help="Server; default the local one.")]
Token = Annotated[str | None, typer.Option("--token", envvar="ENTOURAGE_TOKEN", help="API key or access token.")]


@services_cli.command("list")
def services_list(as_json: AsJson = False, url: Url = None, token: Token = None, data_dir: DataDir = None) -> None:
    """Print services, shared ones and the server's own APIs included."""
    from entourage.commands.service_calls import list_services

    raise typer.Exit(list_services(_server(url, token, data_dir, as_json)))


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
    raise typer.Exit(add_service(_server(url, token, data_dir, as_json), body, openapi))


@services_cli.command("remove")
def services_remove(
    name: Annotated[str, typer.Argument(help="Name or id.")],
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
) -> None:
    """Remove a service and forget its secret."""
    from entourage.commands.service_calls import remove_service

    raise typer.Exit(remove_service(_server(url, token, data_dir), name))


def _server(url: str | None, token: str | None, data_dir: Path | None, as_json: bool = False) -> Server:
    from entourage.commands.calling import Server
    from entourage.commands.setup import load_settings

    return Server(load_settings(data_dir=data_dir), url, token, as_json)
