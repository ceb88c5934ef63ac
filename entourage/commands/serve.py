"""`entourage serve`: uvicorn with our application, a readable start and a graceful end."""

from __future__ import annotations

import gc
import signal
import threading

from entourage.app import create_app
from entourage.assembly import DataFolderInUse, SetupLink
from entourage.commands.hooks.delivering import flush_local
from entourage.commands.setup import errors, fail
from entourage.kit.errors import Problem
from entourage.kit.logs import configure_logs
from entourage.serving.server import Server
from entourage.settings import Settings


def run_server(settings: Settings) -> int:
    """Serve until a signal; the exit code."""
    configure_logs(settings)
    server = _Server(create_app(settings), settings)
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


class _Server(Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # pyright: ignore[reportArgumentType]
        gc.freeze()  # what the server is made of is no garbage: collections look at what came after it
        gc.enable()
        if not self.started:
            return
        settings: Settings = self.application.state.settings
        errors.print(f"Entourage listens on [bold]{settings.base_url}[/bold]   (data: {settings.data_dir})")
        link: SetupLink = self.application.state.services.get(SetupLink)
        if link.url:
            errors.print(f"Make the first admin here (works once):\n  [bold]{link.url}[/bold]", soft_wrap=True)
        threading.Thread(target=flush_local, args=(settings.base_url,), daemon=True).start()
