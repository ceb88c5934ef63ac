"""The child process of one collection: `python -m ...edge.child DESCRIPTOR FOLDER PARENT MODE BUILD_POINTS`.

It ends with its parent, however that ends: at the end of the socket, and on Linux by a signal even while the engine
holds Python's lock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

SERVE, BUILD = "serve", "build"

_PR_SET_PDEATHSIG = 1
_BUFFER_BYTES = 1_048_576


def main(descriptor: str, folder: str, parent: str, mode: str, build_points: str) -> int:
    """Answer until the parent goes away. 0 then, 1 when the collection could not be opened."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(int(parent))
    with socket.socket(fileno=int(descriptor)) as channel:
        for side in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            channel.setsockopt(socket.SOL_SOCKET, side, _BUFFER_BYTES)
        from entourage.stores.vectors.edge.building import build
        from entourage.stores.vectors.edge.serving import serve

        return (build if mode == BUILD else serve)(channel, Path(folder), int(build_points))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
