"""The filtering proxy of one sandbox: HTTP requests and tunnels to hosts on its list, and to no private address.

Names are resolved here, each connection anew, and the connection goes to the very address that was looked at: a name
that answers differently the next moment gains nothing. Private addresses are reached only where the operator of the
server allows their network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from entourage.kit.errors import BadRequest, Forbidden, Problem, Upstream
from entourage.sandboxes.network.allow import Address, Allow, Network, address_of, parse
from entourage.sandboxes.network.head import MOST_HEAD_BYTES, Head, read_head
from entourage.wire.addresses import forbidden

HEAD_SECONDS = 30.0
CONNECT_SECONDS = 15.0
STILL_SECONDS = 600.0
CHUNK_BYTES = 65_536
MOST_CONNECTIONS = 64
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """Listens on a Unix socket at `path`, for one sandbox."""

    def __init__(self, path: Path, operator_networks: Sequence[str] = ()) -> None:
        self._path = path
        self._operator = tuple(ipaddress.ip_network(each, strict=False) for each in operator_networks)
        self._allow = Allow()
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)
        self._open: dict[asyncio.Task[None], str] = {}
        self._server: asyncio.Server | None = None

    @property
    def allow(self) -> tuple[str, ...]:
        """The list as it was given."""
        return self._allow.entries

    async def start(self) -> None:
        """Begin to listen; the socket is there when this returns."""
        listening = _listen(self._path)
        try:
            self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MOST_HEAD_BYTES)
        except BaseException:
            listening.close()
            raise

    def set(self, allow: Sequence[str]) -> None:
        """Change the list. Connections to hosts that are no longer on it are cut. Raises Invalid."""
        self._allow = parse(allow)
        for task, host in list(self._open.items()):
            if host and not self._allow.permits(host):
                task.cancel()

    async def close(self) -> None:
        """Cut everything and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = ""
        try:
            async with self._free:
                await self._answer(reader, writer, task)
        except Problem as problem:
            with suppress(OSError):
                writer.write(_told(problem))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # either side has gone, or is to go
        finally:
            del self._open[task]
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = read_head(await reader.readuntil(b"\r\n\r\n"))
        self._open[task] = head.host
        outer_reader, outer_writer = await self._connect(head)
        try:
            if head.passed_on is None:
                writer.write(ESTABLISHED)
            else:
                outer_writer.write(head.passed_on)
            await _both_ways((reader, writer), (outer_reader, outer_writer))
        finally:
            outer_writer.close()

    async def _connect(self, head: Head) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self._allow.permits(head.host):
            raise Forbidden(
                f"this sandbox may not reach {head.host}",
                hint=f"Hosts it may reach: {', '.join(self._allow.entries) or 'none'}.",
            )
        problem: Problem = Upstream(f"{head.host} cannot be reached")
        for address in await _resolve(head.host):
            why = None if _within(address, self._operator) else forbidden(address, allow_private=False)
            if why is not None:
                problem = Forbidden(f"this sandbox may not reach {head.host}: {why}")
                continue
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(str(address), head.port, limit=CHUNK_BYTES)
        raise problem


def _listen(path: Path) -> socket.socket:
    """A listening socket. Bound below an open folder, as paths of sockets have at most 107 bytes."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(f"/proc/self/fd/{folder}/{path.name}")
        # who may connect is who sees it: the folder is the server's own
        path.chmod(0o666)
        listening.setblocking(False)
    except BaseException:
        listening.close()
        raise
    finally:
        os.close(folder)
    return listening


async def _resolve(host: str) -> list[Address]:
    address = address_of(host)
    if address is not None:
        return [address]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Upstream(f"{host} is not known") from None
    return list(dict.fromkeys(ipaddress.ip_address(each[4][0]) for each in found))


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


async def _both_ways(
    inner: tuple[asyncio.StreamReader, asyncio.StreamWriter], outer: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_copy(inner[0], outer[1]))
        group.create_task(_copy(outer[0], inner[1]))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError):
        while True:
            async with asyncio.timeout(STILL_SECONDS):
                chunk = await source.read(CHUNK_BYTES)
            if not chunk:
                break
            target.write(chunk)
            await target.drain()
    with suppress(OSError, RuntimeError):
        target.write_eof()


def _told(problem: Problem) -> bytes:
    text = problem.detail + (f" {problem.hint}" if problem.hint else "") + "\n"
    status = problem.status if isinstance(problem, (BadRequest, Forbidden, Upstream)) else 500
    head = f"HTTP/1.1 {status} {problem.title}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    body = text.encode()
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
