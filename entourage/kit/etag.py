"""Strong entity tags (RFC 9110, section 8.8.3) and the two conditions on them."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from entourage.kit.errors import BadRequest, Stale

_LIST = re.compile(r'^\s*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*|$))+$')
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')

IfMatch = Annotated[
    str | None,
    Header(
        description='Change only this version: its ETag, or "*".',
        max_length=4096,
        json_schema_extra={"pattern": r'^(\*|"[!#-~]*")$', "examples": ["*"]},
    ),
]
"""The header `If-Match` of a PATCH, PUT or DELETE: `if_match: IfMatch = None`."""


def etag_of(*parts: str | int) -> str:
    """The tag of a version: `etag_of(row.id, row.version)`."""
    return etag_of_bytes("\x1f".join(map(str, parts)).encode())


def etag_of_bytes(content: bytes) -> str:
    """The tag of these very bytes."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def check_if_match(header: str | None, etag: str) -> None:
    """Pass without a header or when it names `etag`. Raises Stale (412), BadRequest when it is no list of tags."""
    if header is None or header.strip() == "*":
        return
    if ("", etag.strip('"')) not in _tags(header, "If-Match"):
        raise Stale(
            "Somebody changed this since you read it; nothing was done.",
            hint="Read it again and repeat the change.",
            headers={"ETag": etag},
        )


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller already has this version (weak comparison)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    try:
        return etag.strip('"') in {tag for _, tag in _tags(if_none_match, "If-None-Match")}
    except BadRequest:
        return False


def not_modified(if_none_match: str | None, etag: str) -> Response | None:
    """A 304 for a caller who already has this version, else None."""
    return Response(status_code=304, headers={"ETag": etag}) if matches(if_none_match, etag) else None


def _tags(header: str, name: str) -> list[tuple[str, str]]:
    if len(header) > 4096 or not _LIST.match(header):
        raise BadRequest(f'{name} must be "*" or a list of quoted tags.')
    return _TAG.findall(header)
