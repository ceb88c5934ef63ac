"""Putting people into an application: services at start, middlewares and routes when it is made."""

from __future__ import annotations

from fastapi import FastAPI

from entourage.accounts.answers import AnswerStore
from entourage.accounts.idempotency import Idempotency
from entourage.accounts.identity import Authenticate, Identities
from entourage.accounts.invites import Invites
from entourage.accounts.keys import Keys
from entourage.accounts.limits import AuthThrottle, LimitRequests, RequestLimits
from entourage.accounts.passwords import Passwords
from entourage.accounts.people import People
from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.routes import router
from entourage.accounts.service import Accounts
from entourage.accounts.setup import Setup
from entourage.accounts.sign_ins import SignIns
from entourage.accounts.standing import Standings
from entourage.accounts.strangers import Strangers
from entourage.accounts.tokens import AccessTokens
from entourage.accounts.vault import open_vault
from entourage.kit.http import guard_bodies, install_problems, surround
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.stores.cache import Cache
from entourage.stores.limits import Limiter
from entourage.stores.sql import Database


def install(app: FastAPI, settings: Settings, telemetry: Telemetry | None = None) -> None:
    """Add problems, middlewares and the routes of people. Services are found in `app.state.services` at each request.

    A request walks: time and id, security headers, CORS, last resort, person, limits, body, idempotency, routes.
    """
    install_problems(app)
    add_routes(app, router)
    app.add_middleware(Idempotency)
    guard_bodies(app, settings)
    app.add_middleware(LimitRequests)
    app.add_middleware(Authenticate)
    surround(app, settings, telemetry)


async def open_accounts(
    services: Services,
    settings: Settings,
    database: Database,
    cache: Cache,
    limiter: Limiter,
    *,
    passwords: Passwords | None = None,
) -> Accounts:
    """Build every service of people and put it into `services`. Raises MasterKeyError."""
    vault = services.add(await open_vault(database, settings))
    passwords = services.add(passwords or Passwords())
    tokens = services.add(AccessTokens(database, vault, settings.access_token_seconds))
    await tokens.start()
    standings = services.add(Standings(database, cache, settings.access_token_seconds))
    throttle = services.add(AuthThrottle(limiter, settings.auth_attempts_per_minute))
    people = services.add(People(database, passwords, standings))
    sign_ins = services.add(SignIns(database, standings, settings.refresh_token_seconds))
    services.add(Identities(tokens, standings))
    services.add(Strangers())
    services.add(Setup(database, settings, people, sign_ins, throttle))
    services.add(Invites(database, settings.invite_seconds))
    services.add(Keys(database, standings))
    services.add(PreferenceStore(database))
    services.add(RequestLimits(limiter, settings))
    services.add(AnswerStore(database, vault))
    return services.add(
        Accounts(
            database,
            settings,
            people=people,
            sign_ins=sign_ins,
            tokens=tokens,
            standings=standings,
            throttle=throttle,
        )
    )


async def purge_expired(services: Services) -> None:
    """Remove what has expired: sign-ins, signing keys, invitations, kept answers. For the hourly housekeeping."""
    await services.get(Accounts).purge()
    await services.get(Invites).purge()
    await services.get(AnswerStore).purge()


def close_accounts(services: Services) -> None:
    """Give threads back."""
    services.get(Passwords).close()
