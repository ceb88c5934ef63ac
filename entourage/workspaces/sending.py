"""Sending a file piece by piece, however large it is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from entourage.kit.etag import not_modified
from entourage.workspaces.file_schemas import mime_of
from entourage.workspaces.reading import Opened

PIECE_BYTES = 256 * 1024
BINARY = "application/octet-stream"


def sent(opened: Opened, if_none_match: str | None, *, download: bool) -> Response:
    """The file, or a 304. Never as a type that a browser would show: a workspace is full of strangers' pages."""
    entry = opened.entry
    if known := not_modified(if_none_match, entry.etag):
        os.close(opened.fd)
        return known
    headers = {"ETag": entry.etag, "X-File-Type": mime_of(entry.path), "Content-Length": str(entry.size)}
    if download:
        headers["Content-Disposition"] = disposition(entry.path.rsplit("/", 1)[-1])
    return StreamingResponse(pieces(opened.fd, entry.size), media_type=BINARY, headers=headers)


def disposition(name: str) -> str:
    """The header that makes a browser save it under this name."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


async def pieces(fd: int, size: int) -> AsyncIterator[bytes]:
    """`size` bytes of an open file, which is closed in the end. A file that shrinks meanwhile breaks off."""
    try:
        while size > 0:
            piece = await asyncio.to_thread(os.read, fd, min(PIECE_BYTES, size))
            if not piece:
                return
            size -= len(piece)
            yield piece
    finally:
        os.close(fd)
