"""`/files`: whole files in and out, as they stream."""

from __future__ import annotations

import mimetypes
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from urllib.parse import quote

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from entourage.kit.errors import BadRequest, Invalid, UnsupportedMedia
from entourage.sandboxes.e2b.entries import write_info
from entourage.sandboxes.e2b.parts import parts
from entourage.sandboxes.live.base import FileEntry, Live

MULTIPART, OCTETS = b"multipart/form-data", b"application/octet-stream"
UNPACKED_BYTES = 1024 * 1024
"""How much of a compressed body is unpacked at once."""


async def download(live: Live, path: str) -> Response:
    """A file. Raises NotFound, Invalid (a folder)."""
    entry = await live.files.stat(path)
    if entry.kind == "folder":
        raise Invalid(f"The path {path!r} is a folder.")
    kind = mimetypes.guess_type(entry.name)[0] or OCTETS.decode()
    chunks = live.files.read(path)
    head = await anext(chunks, b"")  # what refuses to be read does so before the answer has begun
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(entry.name)}"}
    return StreamingResponse(_with_head(head, chunks), media_type=kind, headers=headers)


async def upload(live: Live, request: Request, path: str | None) -> Response:
    """Write one file or many, and tell which. Raises BadRequest, Invalid, UnsupportedMedia, and what files raise."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    stream = _unpacked(request)
    if kind == MULTIPART:
        written: list[FileEntry] = []
        async for part in parts(stream, options.get(b"boundary", b"")):
            written.append(await live.files.write(_named(path if not written else None, part.name), part.chunks()))
    elif kind == OCTETS:
        written = [await live.files.write(_named(path, ""), stream)]
    else:
        raise UnsupportedMedia(f"A body of type {kind.decode(errors='replace')!r} is not taken here.")
    return Response(msgspec.json.encode([write_info(entry) for entry in written]), media_type="application/json")


def _named(path: str | None, name: str) -> str:
    if not (path or name):
        raise Invalid("The path of the file is missing.")
    return path or name


async def _with_head(head: bytes, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    yield head
    async for chunk in chunks:
        yield chunk


async def _unpacked(request: Request) -> AsyncGenerator[bytes]:
    """The body, unpacked if it is compressed. Raises BadRequest, UnsupportedMedia."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in {"identity", "gzip"}:
        raise UnsupportedMedia(f"Bodies in {encoding[:40]!r} are not taken.", hint="Use gzip, or none.")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
    async for chunk in request.stream():
        if unpacker is None:
            if chunk:
                yield chunk
            continue
        try:
            while data := unpacker.decompress(chunk, UNPACKED_BYTES):
                yield data
                chunk = unpacker.unconsumed_tail  # noqa: PLW2901  the rest of this one
        except zlib.error as error:
            raise BadRequest(f"The body is not gzip: {error}") from None
    if unpacker is not None and not unpacker.eof:
        raise BadRequest("The compressed body breaks off.")
