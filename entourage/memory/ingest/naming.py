"""Names of files as they come in, and what makes two of them the same document."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any

from entourage.kit.errors import Invalid

MAX_NAME = 512

_UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def clean_path(name: str) -> str:
    """A relative path without `..`, of printable letters. Raises Invalid when nothing is left of it."""
    text = _UNWANTED.sub("_", unicodedata.normalize("NFC", name.replace("\\", "/")))
    path = "/".join(part.strip() for part in text.split("/") if part.strip() not in ("", ".", ".."))
    if not path:
        raise Invalid("The file needs a name.", errors=[{"field": "files", "message": "has no usable name"}])
    return path[-MAX_NAME:]


def place_key(source: dict[str, Any], within: str, agent: str | None, shared: bool) -> str:
    """The same for the same file of the same place, kept for the same agent. `within` is the archive it is in."""
    named = [str(source.get(part) or "") for part in ("type", "id", "url", "session_id", "name")]
    return digest("\x1f".join([*named, within, agent or "", "shared" if shared else "own"]).encode())


def digest(data: bytes) -> str:
    """What tells contents apart."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
