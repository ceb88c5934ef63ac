"""An MCP server with faults, in either era, over standard input and output or over HTTP.

    python mcp_server.py stdio [--era legacy|modern] [--dumb] ...
    python mcp_server.py http PORT ...

What it does wrong is up to the tool that is called, or to the options. `--state` is a file that may hold JSON with
`tools` (the list it shows instead) and `version`; it is read at every list.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from mcp_faults import FakeServer
from mcp_http import Http


async def serve_stdio(server: FakeServer) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    lock = asyncio.Lock()
    tasks: set[asyncio.Task[None]] = set()

    async def send(message: dict[str, Any]) -> None:
        async with lock:
            await asyncio.to_thread(_print, message)

    while line := await reader.readline():
        task = asyncio.create_task(server.handle(json.loads(line), send))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _print(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def serve_http(server: FakeServer, port: int) -> None:
    http = Http(server)
    listening = await asyncio.start_server(http.client, "127.0.0.1", port, limit=1 << 26)
    print(f"listening {listening.sockets[0].getsockname()[1]}", flush=True)
    await listening.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("transport", choices=["stdio", "http"])
    parser.add_argument("port", nargs="?", type=int, default=0)
    parser.add_argument("--era", choices=["legacy", "modern"], default="legacy")
    parser.add_argument("--version", default="2025-11-25")
    parser.add_argument("--state")
    parser.add_argument("--key")
    parser.add_argument("--json", action="store_true", help="answer with JSON instead of a stream")
    parser.add_argument("--pages", action="store_true", help="list four tools a page")
    parser.add_argument("--hang-list", action="store_true")
    parser.add_argument("--dumb", action="store_true", help="say nothing to server/discover")
    parser.add_argument("--slow-start", type=float, default=0)
    options = parser.parse_args()
    server = FakeServer(options)
    if options.transport == "stdio":
        asyncio.run(serve_stdio(server))
    else:
        asyncio.run(serve_http(server, options.port))


if __name__ == "__main__":
    main()
