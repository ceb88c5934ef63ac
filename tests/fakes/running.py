"""An ASGI application on a free loopback port, in a thread of its own, for as long as a `with` block."""

import asyncio
import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn


class BackgroundServer:
    """Serves `app`; `url` is known at once, requests made before the server is up wait in the socket's queue."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.socket()
        # asyncio sets this only where the protocol number is given; without it each small answer waits 40 ms
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(256)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0, http="httptools"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)
        self._socket.close()
