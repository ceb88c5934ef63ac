"""Kinds of artifacts and the formats each may have."""

from __future__ import annotations

import mimetypes
from typing import Literal, get_args

from entourage.artifacts.sniffing import is_docx, looks_like_json, sniff
from entourage.kit.errors import FieldError, Invalid

ArtifactType = Literal[
    "code",
    "terminal",
    "image",
    "video",
    "audio",
    "document",
    "data",
    "web",
    "interactive",
    "desktop",
    "text",
]

TYPES: tuple[ArtifactType, ...] = get_args(ArtifactType)

ASCIICAST = "application/x-asciicast"
CHART = "application/vnd.entourage.chart+json"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

_ALLOWED: dict[ArtifactType, tuple[str, ...]] = {
    "code": ("text/plain",),
    "terminal": (ASCIICAST, "text/plain"),
    "image": ("image/png", "image/svg+xml", "image/jpeg", "image/webp", "image/gif"),
    "video": ("video/mp4", "video/webm", "video/ogg", "video/quicktime"),
    "audio": (
        "audio/mpeg",
        "audio/wav",
        "audio/ogg",
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/webm",
    ),
    "document": ("text/markdown", "text/plain", PDF, DOCX),
    "data": (
        "text/csv",
        "text/tab-separated-values",
        "application/json",
        "application/x-ndjson",
        CHART,
    ),
    "web": ("text/html",),
    "interactive": ("text/html", "text/javascript"),
    "desktop": ("application/json",),
    "text": ("text/plain", "text/markdown"),
}
"""The first is what content without a mark of its own is taken for."""

_FALLBACK: dict[ArtifactType, str] = {"terminal": "text/plain", "video": "", "image": ""}
_BINARY = frozenset({PDF, DOCX})

LIVE: frozenset[str] = frozenset({"web", "interactive"})
"""Types that run scripts of their own when they are shown."""


def is_text(mime: str) -> bool:
    """Whether content of this format is UTF-8 text."""
    return mime not in _BINARY and (mime == "image/svg+xml" or mime.partition("/")[0] in ("text", "application"))


def format_of(
    kind: ArtifactType,
    content: bytes,
    path: str | None = None,
    *,
    declared: str | None = None,
    before: str | None = None,
) -> str:
    """The MIME type of content: by its first bytes, as `declared`, by its path, or as it was `before`.

    Raises Invalid when it does not fit the type.
    """
    if declared is not None and declared not in _ALLOWED[kind]:
        raise _wrong("format", f"{declared!r} is no format of {kind} artifacts: {', '.join(_ALLOWED[kind])}.")
    found = _by_content(kind, content) or _by_name(kind, content, declared, path, before)
    if not found:
        raise _wrong("content", _NO_MEDIA[kind])
    if is_text(found):
        _check_text(kind, content)
    return found


_NO_MEDIA: dict[ArtifactType, str] = {
    "image": "This is no PNG, JPEG, WebP, GIF or SVG image.",
    "video": "This is no MP4, WebM, Ogg or QuickTime video.",
}


def _by_content(kind: ArtifactType, content: bytes) -> str | None:
    found = sniff(content)
    if kind == "audio" and found in ("video/webm", "video/ogg", "video/mp4"):
        found = f"audio/{found.partition('/')[2]}"
    if kind == "video" and found == "audio/ogg":
        found = "video/ogg"
    if kind == "document" and found == "application/zip":
        found = DOCX if is_docx(content) else None
        if found is None:
            raise _wrong("content", "This is an archive, and no Word document (docx).")
    return found if found in _ALLOWED[kind] and kind not in ("code", "text") else None


def _by_name(
    kind: ArtifactType, content: bytes, declared: str | None, path: str | None, before: str | None
) -> str | None:
    allowed = [mime for mime in _ALLOWED[kind] if mime not in _BINARY]
    guessed = mimetypes.guess_type(path)[0] if path else None
    if kind == "data" and declared is None and guessed not in allowed:
        is_json = looks_like_json(content)
        kept = before if before in allowed and ("json" in before) == is_json else None
        return kept or ("application/json" if is_json else "text/csv")
    for mime in (declared, guessed, before):
        if mime in allowed and (kind not in ("image", "video") or mime == declared == "image/svg+xml"):
            return mime
    return _FALLBACK.get(kind, allowed[0])


def _check_text(kind: ArtifactType, content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        raise _wrong("content", f"A {kind} artifact must be UTF-8 text.") from None


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field=field, message=message)])
