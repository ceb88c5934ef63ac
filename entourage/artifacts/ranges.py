"""Answers with a part of the bytes (RFC 9110, section 14): one range of a version, which never changes."""

from __future__ import annotations

import re
from typing import NamedTuple

from fastapi import Response

from entourage.artifacts.drafts import Piece
from entourage.kit.errors import OutOfRange
from entourage.kit.etag import not_modified

OPEN_RANGE_BYTES = 4 * 1_048_576
"""What a range without an end is given at once: a player asks for the rest when it needs it."""

_ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*\Z", re.IGNORECASE)


class Span(NamedTuple):
    """Bytes from `start` to before `end`."""

    start: int
    end: int


def span_of(header: str | None, size: int) -> Span | None:
    """What a `Range` header asks for; None for all, also when it asks for several or is none. Raises OutOfRange."""
    asked = _ONE.match(header) if header else None
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:  # the last so many
        length = min(int(asked[2]), size)
        if length == 0:
            raise _none(size)
        return Span(size - length, size)
    start = int(asked[1])
    if start >= size:
        raise _none(size)
    if not asked[2]:
        return Span(start, min(size, start + OPEN_RANGE_BYTES))
    last = int(asked[2])
    return Span(start, min(size, last + 1)) if last >= start else None


async def answer(
    piece: Piece,
    *,
    etag: str,
    media_type: str,
    headers: dict[str, str],
    range_header: str | None = None,
    if_range: str | None = None,
    if_none_match: str | None = None,
) -> Response:
    """200, 206 or 304 with the bytes of a version. Raises OutOfRange, NotFound when they are gone."""
    known = not_modified(if_none_match, etag)
    if known:
        return known
    headers = {**headers, "ETag": etag, "Accept-Ranges": "bytes"}
    size = piece.version.size
    span = span_of(range_header, size) if if_range in (None, etag) else None
    if span is None:
        return Response(await piece.read(), media_type=media_type, headers=headers)
    headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return Response(await piece.read(span.start, span.end), 206, headers=headers, media_type=media_type)


def _none(size: int) -> OutOfRange:
    return OutOfRange(f"There are {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
