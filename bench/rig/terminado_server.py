"""terminado as its README has it: a shell for each name, JSON messages over a WebSocket."""

from __future__ import annotations

import asyncio
import sys
from typing import Any


async def serve(port: int) -> None:
    import tornado.web  # pyright: ignore[reportMissingImports]
    from terminado import NamedTermManager, TermSocket  # pyright: ignore[reportMissingImports]

    manager: Any = NamedTermManager(shell_command=["bash", "--norc", "-i"], max_terminals=10)
    application = tornado.web.Application([(r"/terminals/(\w+)", TermSocket, {"term_manager": manager})])
    application.listen(port, "127.0.0.1")
    manager.get_terminal("bench")
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
