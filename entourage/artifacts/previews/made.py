"""What a preview is, and why there is none. Imported by the process that reads strangers' bytes: keep it light."""

from __future__ import annotations

import msgspec

EDGE_PIXELS = 480
"""The longer edge of a thumbnail, at most."""
MAX_PIXELS = 64_000_000
"""A larger picture is not decoded: 64 megapixels are 256 MB."""
MAX_TEXT_BYTES = 200_000
MAX_PAGES_READ = 200
WITHOUT_MEDIA = "This server shows no films and sounds in small: it runs without its extra 'media'."


class Made(msgspec.Struct):
    """A preview. `text` is what the artifact is found by; `seconds` how long it lasts; `picture` is WebP."""

    text: str = ""
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    seconds: float | None = None
    picture: bytes = b""


class NoPreview(Exception):
    """The bytes cannot be shown in small; the message is for people."""
