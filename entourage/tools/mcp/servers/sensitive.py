"""Values that look like secrets, written where everybody who reads the server would read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TELLING = re.compile(r"token|secret|passw|authorization|credential|(?:api|private|access)[_-]?key", re.IGNORECASE)
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]")


def set_apart(server: str, spec: dict[str, Any]) -> dict[str, str]:
    """Put marks in the place of such values in `env` and `headers`, and give the values by their new names."""
    found: dict[str, str] = {}
    for place in (spec, *(spec.get("replicas") or ())):
        for key in ("env", "headers"):
            if place.get(key):
                place[key] = _marked(server, place[key], found)
    return found


def _marked(server: str, texts: Mapping[str, str], found: dict[str, str]) -> dict[str, str]:
    marked = dict(texts)
    for name, value in texts.items():
        if value and "${" not in value and _TELLING.search(name):
            secret = _UNFIT.sub("_", f"{server}.{name}")[:100]
            while found.get(secret, value) != value:
                secret = f"{secret[:97]}_2"
            found[secret] = value
            marked[name] = f"${{secret:{secret}}}"
    return marked
