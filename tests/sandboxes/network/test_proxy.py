"""A sandbox reaches the hosts on its list and nothing else, while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from entourage.kit.errors import Invalid
from entourage.sandboxes.live.base import Live
from tests.sandboxes.live.conftest import Make, make, read_until

__all__ = ["make"]

FETCH = """
import sys, urllib.request, urllib.error
try: print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())
except urllib.error.HTTPError as error: print(error.code, error.read().decode())
except OSError as error: print('unreachable', error)
"""
TUNNEL = """
import socket, sys
s = socket.create_connection(('127.0.0.1', 3128))
s.sendall(f'CONNECT {sys.argv[1]} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'.encode())
print(s.recv(1000).split(b'\\r\\n')[0].decode())
s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n')
data = b''
while chunk := s.recv(1000): data += chunk
print(data.decode()[-5:])
"""


@asynccontextmanager
async def server(seen: list[bytes]) -> AsyncIterator[int]:
    """A web server on this machine that notes what it is asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]


async def fetch(live: Live, url: str) -> str:
    result = await live.exec(["python3", "-c", FETCH, url])
    assert result.stderr == "", result
    return result.stdout


async def test_nothing_is_reached_until_it_is_allowed_and_then_at_once(make: Make):
    seen: list[bytes] = []
    live = await make()
    async with server(seen) as port:
        url = f"http://localhost:{port}/path?q=1"
        assert "unreachable" in await fetch(live, url.replace("localhost", "127.0.0.2"))
        assert "unreachable" in await fetch(live, "http://example.org/")
        await live.set_network(["127.0.0.2"])
        assert live.allow == ("127.0.0.2",)
        assert "403 this sandbox may not reach example.org" in await fetch(live, "http://example.org/")
        assert seen == []
        await live.set_network(["127.0.0.1"])
        tunnel = await live.exec(["python3", "-c", TUNNEL, f"127.0.0.1:{port}"])
        assert tunnel.stdout == "HTTP/1.1 200 Connection established\nhello\n"
        await live.set_network([])
        tunnel = await live.exec(["python3", "-c", TUNNEL, f"127.0.0.1:{port}"])
        assert tunnel.stdout.startswith("HTTP/1.1 403")
        assert len(seen) == 1


async def test_names_that_lead_to_private_addresses_are_refused(make: Make, monkeypatch: pytest.MonkeyPatch):
    """Even where the name is on the list, unless the operator allows the network: here only 127.0.0.0/8."""

    async def resolve(_host: str, *_args: object, **_options: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, 0)) for address in ("10.0.0.1", "169.254.169.254", "192.168.1.1", "172.17.0.1")]

    live = await make(network=("*",))
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    said = await fetch(live, "http://inner.example.org/")
    assert "403 this sandbox may not reach inner.example.org" in said
    for address in ("10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "[fd00::1]", "0.0.0.0", "192.168.0.1"):
        said = await fetch(live, f"http://{address}/")
        assert "403" in said, (address, said)


async def test_a_plain_request_goes_on_as_to_its_server(make: Make):
    seen: list[bytes] = []
    live = await make(network=("127.0.0.1",))
    async with server(seen) as port:
        code = (
            "import socket\ns = socket.create_connection(('127.0.0.1', 3128))\n"
            f"s.sendall(b'GET http://127.0.0.1:{port}/p?q HTTP/1.1\\r\\nHost: evil.example\\r\\n"
            "Proxy-Connection: keep-alive\\r\\nX-Own: 1\\r\\n\\r\\n')\n"
            "data = b''\nwhile chunk := s.recv(1000): data += chunk\nprint(data[-5:].decode())"
        )
        assert (await live.exec(["python3", "-c", code])).stdout == "hello\n"
        head = seen[0].decode().split("\r\n")
        assert head[0] == "GET /p?q HTTP/1.1"
        assert f"Host: 127.0.0.1:{port}" in head
        assert "X-Own: 1" in head
        assert not [line for line in head if "evil" in line or line.startswith("Proxy")]


async def test_taking_a_host_away_cuts_what_is_open(make: Make):
    live = await make(network=("127.0.0.1",))
    came = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        code = (
            "import socket\ns = socket.create_connection(('127.0.0.1', 3128))\n"
            f"s.sendall(b'CONNECT 127.0.0.1:{port} HTTP/1.1\\r\\n\\r\\n'); s.recv(1000)\n"
            "print('open', flush=True); print('cut', s.recv(1000))"
        )
        process = await live.start(["python3", "-c", code])
        await read_until(process, b"open\n")
        await came.wait()
        await live.set_network(["example.org"])
        await read_until(process, b"cut b''")
        await process.close()


async def test_a_port_that_somebody_took_is_told(make: Make):
    from entourage.kit.errors import Unavailable

    live = await make()
    code = (
        "import socket, time\ns = socket.create_server(('127.0.0.1', 3128)); print('on', flush=True); time.sleep(300)"
    )
    process = await live.start(["python3", "-c", code])
    await read_until(process, b"on\n")
    with pytest.raises(Unavailable, match="taken"):
        await live.set_network(["*"])
    await process.close()


async def test_what_is_no_host_is_refused(make: Make):
    live = await make()
    for entry in ("http://x", "a b", "", "*.*", "a/b", "-", "x" * 300):
        with pytest.raises(Invalid):
            await live.set_network([entry])
    assert live.allow == ()
