"""Fetching a repository over git's smart HTTP protocol (version 0), without git: so every address is checked by us,
and nothing of the repository runs. https://git-scm.com/docs/http-protocol
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from entourage.kit.errors import Invalid, TooLarge, Upstream
from entourage.tools.workspaces.streaming import Incoming, Streaming
from entourage.workspaces.importing.sources import Received, Refs

SERVICE = "git-upload-pack"
MOST_REFS = 20_000
MOST_LINE = 65_520
MOST_REFS_BYTES = 8 * 1_048_576
_HEADER, _FLUSH = 4, 0
_OBJECT_ID = 40
_PACK_BAND, _ERROR_BAND = 1, 3
_BANNER_AND_END = 2


class Cloning:
    """Fetches all branches and tags of a repository."""

    def __init__(self, streaming: Streaming) -> None:
        self._streaming = streaming

    async def __call__(self, url: str, target: Path, most_bytes: int, received: Received) -> Refs:
        """See `FetchRepository`."""
        base = url.rstrip("/")
        async with self._streaming.asking("GET", f"{base}/info/refs?service={SERVICE}") as incoming:
            kind = incoming.headers.get("content-type", "")
            if kind != f"application/x-{SERVICE}-advertisement":
                raise Invalid(f"{url!r} is no git repository", hint="Give the address one clones from.")
            refs, capabilities = await _advertised(incoming)
            base = incoming.url.partition("/info/refs")[0]
        if refs.ids:
            await self._pack(base, refs, capabilities, target, most_bytes, received)
        return refs

    async def _pack(
        self, base: str, refs: Refs, capabilities: set[str], target: Path, most_bytes: int, received: Received
    ) -> None:
        if "side-band-64k" not in capabilities:
            raise Upstream(f"{base!r} speaks git in a way that is too old")
        wish = " ".join(["side-band-64k", *({"ofs-delta", "no-progress"} & capabilities)])
        wanted = sorted(set(refs.ids.values()))
        lines = [f"want {wanted[0]} {wish}\n", *(f"want {one}\n" for one in wanted[1:])]
        body = b"".join(map(_line, lines)) + b"0000" + _line("done\n")
        headers = {"Content-Type": f"application/x-{SERVICE}-request", "Accept": f"application/x-{SERVICE}-result"}
        count = 0
        async with self._streaming.asking("POST", f"{base}/{SERVICE}", headers, body) as incoming:
            with target.open("xb") as file:
                async for piece in _bands(incoming):
                    count += len(piece)
                    if count > most_bytes:
                        raise TooLarge(f"The repository has over {most_bytes:,} bytes, which is all the room there is.")
                    await asyncio.to_thread(file.write, piece)
                    received(count, None)
        if count < _HEADER:
            raise Upstream(f"{base!r} sent no objects")


async def _advertised(incoming: Incoming) -> tuple[Refs, set[str]]:
    """The branches and tags a server tells of, and what it can do. Raises Invalid, Upstream."""
    ids: dict[str, str] = {}
    capabilities: set[str] = set()
    head = None
    flushes = 0
    async for line in _lines(incoming, MOST_REFS_BYTES):
        text = line.decode(errors="replace").rstrip("\n")
        flushes += not line
        if not text or text.startswith("#"):
            continue
        said, _, told = text.partition("\0")
        if told:
            capabilities = set(told.split(" "))
            head = next((one[12:] for one in capabilities if one.startswith("symref=HEAD:")), None)
        object_id, _, name = said.partition(" ")
        if len(object_id) != _OBJECT_ID:
            raise Invalid("The repository does not use SHA-1 names.", hint="Only those can be imported.")
        if _is_wanted(name):
            ids[name] = object_id
        if len(ids) > MOST_REFS:
            raise TooLarge(f"The repository has over {MOST_REFS:,} branches and tags.")
    if flushes < _BANNER_AND_END:
        raise Upstream("The repository's server broke off.")
    return Refs(head if head in ids else None, ids), capabilities


def _is_wanted(name: str) -> bool:
    plain = name.isascii() and name.isprintable() and " " not in name and ".." not in name and not name.endswith("^{}")
    return plain and name.startswith(("refs/heads/", "refs/tags/"))


async def _bands(incoming: Incoming) -> AsyncGenerator[bytes, None]:
    """The pack. Raises Upstream with what the server says went wrong."""
    async for line in _lines(incoming, None):
        if line[:1] == bytes([_PACK_BAND]):
            yield line[1:]
        elif line[:1] == bytes([_ERROR_BAND]) or line.startswith(b"ERR "):
            raise Upstream(f"the repository's server says: {line[1:300].decode(errors='replace').strip()}")


async def _lines(incoming: Incoming, most_bytes: int | None) -> AsyncGenerator[bytes, None]:
    """The pkt-lines of an answer; a flush is an empty one. Raises Upstream for what is none."""
    buffer = bytearray()
    count = 0
    async for chunk in incoming.chunks:
        buffer += chunk
        count += len(chunk)
        if most_bytes is not None and count > most_bytes:
            raise TooLarge("The repository's list of branches is too long.")
        while len(buffer) >= _HEADER:
            size = _size(bytes(buffer[:_HEADER]))
            if size == _FLUSH:
                del buffer[:_HEADER]
                yield b""
                continue
            if len(buffer) < size:
                break
            yield bytes(buffer[_HEADER:size])
            del buffer[:size]
    if buffer:
        raise Upstream("The repository's server broke off.")


def _size(header: bytes) -> int:
    try:
        size = int(header, 16)
    except ValueError:
        size = -1
    if size != _FLUSH and not _HEADER <= size <= MOST_LINE:
        raise Upstream("The repository's server does not speak git.")
    return size


def _line(text: str) -> bytes:
    data = text.encode()
    return b"%04x" % (len(data) + _HEADER) + data
