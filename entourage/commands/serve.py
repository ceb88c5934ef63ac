"""`entourage serve`: uvicorn with our application, a readable start and a graceful end."""

from __future__ import annotations

import signal
from typing import cast

import uvicorn
from fastapi import FastAPI

from entourage.app import create_app
from entourage.assembly import DataFolderInUse, SetupLink
from entourage.commands.setup import errors, fail
from entourage.events.hub import Hub
from entourage.kit.errors import Problem
from entourage.kit.logs import configure_logs
from entourage.settings import Settings


def run_server(settings: Settings) -> int:
    """Serve until a signal; the exit code."""
    configure_logs(settings)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=settings.shutdown_seconds,
        server_header=False,
        timeout_keep_alive=75,  # longer than clients keep theirs, or a request meets a connection that just closed
        ws_max_size=1_048_576,
    )
    server = _Server(config)
    signal.signal(signal.SIGTERM, _ignore)  # uvicorn raises it once more at the end, which is no failure
    try:
        server.run()
    except DataFolderInUse as error:
        return fail(str(error))
    except Problem as error:
        return fail(error.detail, error.hint)
    return 0 if server.started else 1


def _ignore(_signal: int, _frame: object) -> None:
    return


class _Server(uvicorn.Server):
    """Says where it listens once it does, and ends streams before it waits for connections to close."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # pyright: ignore[reportArgumentType]
        if not self.started:
            return
        app = cast("FastAPI", self.config.app)
        settings: Settings = app.state.settings
        errors.print(f"Entourage listens on [bold]{settings.base_url}[/bold]   (data: {settings.data_dir})")
        link: SetupLink = app.state.services.get(SetupLink)
        if link.url:
            errors.print(f"Make the first admin here (works once):\n  [bold]{link.url}[/bold]", soft_wrap=True)

    async def shutdown(self, sockets: object = None) -> None:
        for listener in self.servers:
            listener.close()
        app = cast("FastAPI", self.config.app)
        await app.state.services.get(Hub).close()
        await super().shutdown(sockets)  # pyright: ignore[reportArgumentType]
