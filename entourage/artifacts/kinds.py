"""Kinds of artifacts and the formats each may have."""

from __future__ import annotations

import mimetypes
from typing import Literal, get_args

from entourage.kit.errors import FieldError, Invalid

ArtifactType = Literal["code", "text", "document", "image", "audio", "data", "web"]

TYPES: tuple[ArtifactType, ...] = get_args(ArtifactType)

_DEFAULT: dict[ArtifactType, str] = {
    "code": "text/plain",
    "text": "text/plain",
    "document": "text/markdown",
    "image": "image/png",
    "audio": "audio/mpeg",
    "data": "text/csv",
    "web": "text/html",
}
_ALLOWED: dict[ArtifactType, tuple[str, ...]] = {
    "code": ("text/plain",),
    "text": ("text/plain", "text/markdown"),
    "document": ("text/markdown", "text/plain"),
    "image": ("image/png", "image/svg+xml", "image/jpeg", "image/webp", "image/gif"),
    "audio": ("audio/mpeg", "audio/wav", "audio/ogg", "audio/aac", "audio/flac"),
    "data": ("text/csv", "application/json"),
    "web": ("text/html",),
}
_MEDIA = frozenset({"image", "audio"})
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)


def format_of(kind: ArtifactType, content: bytes, path: str | None) -> str:
    """The MIME type of new content, from its first bytes or its path. Raises Invalid when it does not fit the type."""
    found = _sniff(content) if kind in _MEDIA else None
    found = found if found in _ALLOWED[kind] else None
    if found is None and path:
        guessed = mimetypes.guess_type(path)[0]
        found = guessed if guessed in _ALLOWED[kind] else None
    if found is None and kind == "data":
        found = "application/json" if content.lstrip()[:1] in (b"{", b"[") else "text/csv"
    if found is None and kind == "image":
        raise _wrong("content", "This is no PNG, JPEG, WebP, GIF or SVG image.")
    found = found or _DEFAULT[kind]
    if kind not in _MEDIA or found == "image/svg+xml":
        try:
            content.decode()
        except UnicodeDecodeError:
            raise _wrong("content", f"A {kind} artifact must be UTF-8 text.") from None
    return found


def _sniff(content: bytes) -> str | None:
    for magic, mime in _MAGIC:
        if content.startswith(magic):
            return mime
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    head = content[:1024].lstrip().lower()
    return "image/svg+xml" if head.startswith((b"<svg", b"<?xml")) and b"<svg" in content[:4096].lower() else None


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field=field, message=message)])
