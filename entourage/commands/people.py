"""`entourage user add`, `entourage token new`, `entourage vault rotate`: work beside a running server."""

from __future__ import annotations

import asyncio

import typer
from sqlalchemy import select

from entourage.accounts.fields import MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, normal_email
from entourage.accounts.keys import Keys
from entourage.accounts.schemas import KeyIn
from entourage.accounts.service import Accounts
from entourage.accounts.tables import User
from entourage.accounts.vault import Vault
from entourage.commands.setup import errors, fail, offline_services
from entourage.kit.errors import Problem
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database


def add_user(settings: Settings, email: str, password: str, name: str, *, is_admin: bool) -> int:
    """Make an account; the exit code."""
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        return fail(f"A password has {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters.")

    async def work() -> None:
        async with offline_services(settings) as services:
            accounts: Accounts = services.get(Accounts)
            address = normal_email(email)
            user = await accounts.create_user(address, password, name or address.partition("@")[0], is_admin=is_admin)
            errors.print(f"Made {user.email}{' (admin)' if is_admin else ''}.")

    return _told(work())


def new_token(settings: Settings, email: str | None, name: str, days: int | None) -> int:
    """Make an API key and print it; the exit code."""

    async def work() -> None:
        async with offline_services(settings) as services:
            user = await the_user(services, email)
            made = await services.get(Keys).make(
                user.id, KeyIn(name=name, expires_in_days=days, app=None), is_admin=user.is_admin
            )
            typer.echo(made.key)
            errors.print(f"A key of {user.email}; it is shown only now. Use it as ENTOURAGE_TOKEN.")

    return _told(work())


def rotate_vault(settings: Settings) -> int:
    """A new master key, every secret encrypted again; the exit code."""

    async def work() -> None:
        async with offline_services(settings) as services:
            errors.print(f"Encrypted {await services.get(Vault).rotate()} secrets with a new key.")

    return _told(work())


async def the_user(services: Services, email: str | None) -> User:
    """The person with this address; without one the only person, else the first admin. Raises Problem."""
    query = select(User).order_by(User.is_admin.desc(), User.created_at).limit(1)
    if email:
        query = query.where(User.email == normal_email(email))
    async with services.get(Database).read(EVERYONE) as session:
        user = await session.scalar(query)
    if user is None:
        raise Problem(f"There is no account {email}." if email else "There are no accounts yet.")
    return user


def _told(work: object) -> int:
    try:
        asyncio.run(work)  # pyright: ignore[reportArgumentType]
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    except ValueError as error:
        return fail(str(error))
    return 0
