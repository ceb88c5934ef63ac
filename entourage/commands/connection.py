"""What commands that talk to a server share: whose token, and errors as one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from entourage.commands.setup import fail, offline_services
from entourage.kit.errors import Problem
from entourage.settings import Settings


class Refused(Exception):
    """The server refused; the message is for the person."""


def talk(work: Callable[[], Coroutine[Any, Any, int]], url: str) -> int:
    """Run `work` to its exit code; what goes wrong between here and the server becomes one line and 1."""
    try:
        return asyncio.run(work())
    except Refused as error:
        return fail(str(error))
    except (httpx.ConnectError, ConnectionRefusedError):
        return fail(f"No server answers at {url}.", "Start one with `make run` or `entourage serve`.")
    except (httpx.HTTPError, ConnectionError) as error:
        return fail(f"The connection broke: {type(error).__name__} {error}".strip() + ".")
    except KeyboardInterrupt:
        return 130


async def token_for(settings: Settings, given: str | None) -> str:
    """The token to send. On the server's own machine its data folder is proof enough: one for its first admin.

    Raises Refused when there is none.
    """
    if given:
        return given
    from entourage.accounts.service import Accounts
    from entourage.commands.people import the_user

    if not (settings.data_dir / "entourage.db").exists() and settings.database_url is None:
        raise Refused("There is no token. Give one with --token or ENTOURAGE_TOKEN (see `entourage token new`).")
    try:
        async with offline_services(settings) as services:
            user = await the_user(services, None)
            return await services.get(Accounts).mint_access_token(user.id)
    except Problem as problem:
        raise Refused(problem.detail) from None


def problem_of(response: httpx.Response) -> str:
    """What a refusal says to a person."""
    try:
        document = response.json()
        return f"{document['detail']} {document.get('hint', '')}".strip()
    except (ValueError, KeyError):
        return f"The server answered {response.status_code}."
