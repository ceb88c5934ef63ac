"""`entourage worker`: works on runs beside servers, without a port of its own."""

from __future__ import annotations

import asyncio
import signal
from functools import partial

import typer

from entourage.app import create_app
from entourage.commands.setup import fail
from entourage.kit.errors import Problem
from entourage.kit.logs import configure_logs
from entourage.settings import Settings
from entourage.stores.sql.database import database_url

say = partial(typer.echo, err=True)


def run_worker(settings: Settings) -> int:
    """Work until a signal; the exit code."""
    if database_url(settings.database_url, settings.data_dir).get_backend_name() == "sqlite":
        return fail("Workers need PostgreSQL: an embedded database has one process.", "Set ENTOURAGE_DATABASE_URL.")
    configure_logs(settings)
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(settings))
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    except OSError as error:
        return fail(f"An engine cannot be reached: {error}", "Check ENTOURAGE_DATABASE_URL and ENTOURAGE_REDIS_URL.")
    return 0


async def _work(settings: Settings) -> None:
    """Everything that a server opens, but for the doors. What goes on at the end is given back."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        say(f"Works on up to {settings.agent_concurrency} runs at once   (data: {settings.data_dir})")
        await stop.wait()
