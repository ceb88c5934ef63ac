"""What commands share: settings, errors as one line, services without a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from entourage.kit.services import Services
from entourage.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console


class _Errors:
    """Standard error with rich's markup. Rich is loaded when something is said: a server at work says nothing."""

    def __init__(self) -> None:
        self._console: Console | None = None

    def print(self, text: str = "", *, markup: bool = True, soft_wrap: bool = False) -> None:
        """Say one thing."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True, highlight=False)
        self._console.print(text, markup=markup, soft_wrap=soft_wrap)


errors = _Errors()


def load_settings(**given: Any) -> Settings:
    """Settings from the environment; what was given on the command line wins."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


@asynccontextmanager
async def offline_services(settings: Settings) -> AsyncGenerator[Services]:
    """Accounts and rows of this data folder, opened beside a running server (or without one)."""
    from entourage.accounts.install import close_accounts, open_accounts
    from entourage.migrate import ensure_schema
    from entourage.stores.cache import open_cache
    from entourage.stores.limits import open_limiter
    from entourage.stores.sql import Database

    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        services = Services()
        database = services.add(Database(settings.database_url, settings.data_dir, pool_size=2))
        stack.push_async_callback(database.close)
        await ensure_schema(database)
        cache = open_cache(settings.redis_url)
        stack.push_async_callback(cache.close)
        limiter = open_limiter(settings.redis_url)
        stack.push_async_callback(limiter.close)
        await open_accounts(services, settings, database, cache, limiter)
        stack.callback(close_accounts, services)
        yield services


def fail(message: str, hint: str | None = None) -> int:
    """Say what went wrong on one line, and how to mend it on another; the exit code."""
    errors.print(f"[red]error:[/red] {message}", markup=True)
    if hint:
        errors.print(hint)
    return 1
