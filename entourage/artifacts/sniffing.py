"""What bytes are, by how they begin."""

from __future__ import annotations

import json
import re
from typing import cast

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B "})
_CHART = re.compile(rb'^\s*\{.*?"chart"\s*:\s*\{', re.DOTALL)
_HEAD_BYTES = 4096


def sniff(content: bytes) -> str | None:
    """The format that the first bytes name, None when they name none that we know."""
    for magic, mime in _MAGIC:
        if content.startswith(magic):
            return mime
    if content[:4] == b"OggS":
        return "video/ogg" if b"\x80theora" in content[:256] else "audio/ogg"
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12])
    if content[4:8] == b"ftyp":
        return _brand(content[8:12])
    return _text_format(content[:_HEAD_BYTES])


def looks_like_json(content: bytes) -> bool:
    """Whether the first character that is no space opens an object or a list."""
    return content[:_HEAD_BYTES].lstrip()[:1] in (b"{", b"[")


def is_docx(content: bytes) -> bool:
    """Whether an archive has what a Word document begins with."""
    return b"[Content_Types].xml" in content[:_HEAD_BYTES] or b"word/" in content[:_HEAD_BYTES]


def _brand(brand: bytes) -> str:
    if brand in _AUDIO_BRANDS:
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def _text_format(head: bytes) -> str | None:
    start = head.lstrip()[:1024].lower()
    if start.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in head.lower():
        return "image/svg+xml"
    if _is_asciicast(head):
        return "application/x-asciicast"
    if start.startswith(b"{") and _CHART.match(head):
        return "application/vnd.entourage.chart+json"
    return None


def _is_asciicast(head: bytes) -> bool:
    """Whether the first line is the header of a recording of a terminal, version 2."""
    line = head.partition(b"\n")[0]
    if not line.startswith(b"{") or b'"version"' not in line:
        return False
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and cast("dict[str, object]", header).get("version") == 2
