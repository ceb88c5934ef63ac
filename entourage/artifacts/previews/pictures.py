"""Thumbnails of raster pictures, by Pillow."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from entourage.artifacts.previews.made import EDGE_PIXELS, MAX_PIXELS, Made, NoPreview

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def thumbnail(data: bytes) -> Made:
    """A picture in small. Raises NoPreview for what is none, or has more than `MAX_PIXELS`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is decoded
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise NoPreview(f"It has {width} x {height} pixels, too many to be shown in small.")
            opened.draft("RGB", (EDGE_PIXELS, EDGE_PIXELS))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((EDGE_PIXELS, EDGE_PIXELS), reducing_gap=2.0)
            return Made(width=width, height=height, picture=as_webp(picture))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoPreview("It is no whole picture.") from error


def as_webp(picture: Image) -> bytes:
    """The picture's bytes."""
    sink = io.BytesIO()
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    picture.convert("RGBA" if has_alpha else "RGB").save(sink, "WEBP", quality=80, method=4)
    return sink.getvalue()
