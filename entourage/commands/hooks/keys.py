"""An ingest key for a new installation: through the API of a server, or out of this machine's own data folder."""

from __future__ import annotations

import asyncio

import httpx

from entourage.accounts.keys import Keys
from entourage.accounts.schemas import KeyIn
from entourage.commands.people import the_user
from entourage.commands.setup import offline_services
from entourage.kit.errors import Problem
from entourage.settings import Settings


def make_key(settings: Settings, app: str, url: str | None, token: str | None, email: str | None) -> str:
    """A key that may only send events, as `app`. Raises Problem."""
    if url and token:
        return _by_api(url, token, app)
    if url and url.rstrip("/") != settings.base_url:
        raise Problem(
            f"A key for {url} is needed.", hint="Give --key, or --token (or ENTOURAGE_TOKEN) to have one made."
        )
    return asyncio.run(_by_database(settings, app, email))


def _by_api(url: str, token: str, app: str) -> str:
    body = {"name": f"hooks of {app}", "scopes": ["ingest"], "app": app, "expires_in_days": None}
    try:
        answer = httpx.post(
            f"{url.rstrip('/')}/my/keys", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=15
        )
    except httpx.HTTPError as error:
        raise Problem(f"{url} does not answer: {error}.") from None
    if answer.status_code != 201:
        raise Problem(f"{url} made no key: {answer.status_code} {answer.text[:300]}")
    return answer.json()["key"]


async def _by_database(settings: Settings, app: str, email: str | None) -> str:
    async with offline_services(settings) as services:
        user = await the_user(services, email)
        body = KeyIn(name=f"hooks of {app}", scopes=["ingest"], app=app, expires_in_days=None)
        return (await services.get(Keys).make(user.id, body, is_admin=False)).key
