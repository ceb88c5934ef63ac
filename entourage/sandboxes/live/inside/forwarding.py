"""A door on 127.0.0.1 inside that leads to the filtering proxy of the host, by way of a socket in the file system."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

CHUNK_BYTES = 65_536
MOST_CONNECTIONS = 32

Say = Callable[[int, dict[str, Any]], None]


def forward(port: int, path: str, answer: int, say: Say) -> None:
    """Serve until killed. Raises OSError when the port is taken."""
    listener = socket.create_server(("127.0.0.1", port), backlog=MOST_CONNECTIONS)
    say(answer, {"ok": True})
    free = threading.BoundedSemaphore(MOST_CONNECTIONS)
    while True:
        free.acquire()
        inner, _ = listener.accept()
        threading.Thread(target=join, args=(inner, path, free), daemon=True).start()


def join(inner: socket.socket, path: str, free: threading.BoundedSemaphore) -> None:
    try:
        with inner, socket.socket(socket.AF_UNIX) as outer:
            outer.connect(path)
            back = threading.Thread(target=copy, args=(outer, inner), daemon=True)
            back.start()
            copy(inner, outer)
            back.join()
    except OSError:
        pass
    finally:
        free.release()


def copy(source: socket.socket, target: socket.socket) -> None:
    """Until the end of `source`, which is then the end for `target` too."""
    try:
        while True:
            data = source.recv(CHUNK_BYTES)
            if not data:
                break
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
