"""`entourage serve`: uvicorn with our application, a readable start and a graceful end."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import Final

import typer

from entourage.accounts.passwords import Passwords
from entourage.app import create_app
from entourage.assembly import DataFolderInUse, SetupLink
from entourage.commands.hooks.delivering import flush_local
from entourage.commands.setup import fail
from entourage.kit.errors import Problem
from entourage.kit.logs import configure_logs
from entourage.kit.services import Services
from entourage.serving.server import Server
from entourage.settings import Settings

say = partial(typer.echo, err=True)


def run_server(settings: Settings) -> int:
    """Serve until a signal; the exit code."""
    configure_logs(settings)
    app = create_app(settings)
    server = _Server(app, settings)
    signal.signal(signal.SIGTERM, _ignore)  # uvicorn raises it once more at the end, which is no failure
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not _is_plain(app.state.failure))
    with suppress(SystemExit):  # uvicorn's own way to say that the start failed
        server.run()
    failure: Exception | None = app.state.failure
    if isinstance(failure, Problem):
        return fail(failure.detail, failure.hint)
    if isinstance(failure, OSError):
        return fail(f"An engine cannot be reached: {failure}", "Check ENTOURAGE_DATABASE_URL and ENTOURAGE_REDIS_URL.")
    if failure is not None:
        return fail(str(failure) or type(failure).__name__)
    if not server.started:
        return fail(f"Nobody can listen on port {settings.port} of {settings.host}.", "Choose another with --port.")
    return 0


def _is_plain(failure: Exception | None) -> bool:
    """Whether one line says it all; of anything else the log has where it came from."""
    return isinstance(failure, DataFolderInUse | Problem | OSError)


def _ignore(_signal: int, _frame: object) -> None:
    return


SWITCH_SECONDS: Final = 0.001
"""So long may a thread that computes keep the interpreter from the loop, which asks for it again after each statement
of SQLite: with Python's 5 ms, four of them made 20."""


class _Server(Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # pyright: ignore[reportArgumentType]
        gc.freeze()  # what the server is made of is no garbage: collections look at what came after it
        gc.enable()
        sys.setswitchinterval(SWITCH_SECONDS)
        if not self.started:
            return
        settings: Settings = self.application.state.settings
        services: Services = self.application.state.services
        say(f"Entourage listens on {typer.style(settings.base_url, bold=True)}   (data: {settings.data_dir})")
        link = services.get(SetupLink)
        if link.url:
            say(f"Make the first admin here (works once):\n  {typer.style(link.url, bold=True)}")
        services.get(Passwords).warm_up()
        threading.Thread(target=flush_local, args=(settings.base_url,), daemon=True).start()
