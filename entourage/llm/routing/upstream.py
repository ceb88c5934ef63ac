"""A provider's model one can send requests to, with the head of such a request made in advance."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from entourage.kit.errors import Invalid
from entourage.llm.catalogue import Target
from entourage.llm.routing.source import Source
from entourage.llm.routing.standing import Standing
from entourage.llm.translate.errors import Dialect
from entourage.wire.origin import Origin, split_url

_PATHS: dict[Dialect, str] = {"chat": "chat/completions", "responses": "responses", "messages": "messages"}
_PLAIN_PATH = "/%:@!$&'()*+,;=~-._"


class Head(NamedTuple):
    """Where a request goes and how it begins: `start`, then the query if there is one, then `rest`."""

    origin: Origin
    dialect: Dialect
    start: bytes
    rest: bytes
    version: bytes
    """The line with the version of Anthropic's API, for requests that do not name one."""


class Upstream:
    """One candidate of a route."""

    __slots__ = ("_heads", "full_name", "model", "source", "standing", "target", "weight")

    def __init__(self, target: Target, model: str, weight: int, standing: Standing) -> None:
        self.target = target
        self.model = model
        self.weight = weight
        self.standing = standing
        self.full_name = f"{target.name}/{model}"
        self.source = Source(target.id, target.name, target.kind.type, model)
        self._heads: dict[tuple[Dialect, str], Head] = {}

    def speaks(self, dialect: Dialect) -> bool:
        """Whether requests of this dialect need no translation."""
        return dialect in self.target.kind.dialects

    def head(self, dialect: Dialect, path: str = "") -> Head:
        """For requests of a dialect; `path` follows `/v1/` where it is not the dialect's own. Raises Invalid."""
        found = self._heads.get((dialect, path))
        if found is None:
            found = self._heads[dialect, path] = _head(self.target, dialect, path or _PATHS[dialect])
        return found


def _head(target: Target, dialect: Dialect, path: str) -> Head:
    try:
        origin, place = split_url(target.kind.url(target.base_url, dialect, path))
    except ValueError as error:
        raise Invalid(f"The base URL of the provider {target.name!r} is not usable.") from error
    lines = b""
    version = b""
    for name, value in target.kind.headers(dialect, target.key):
        line = _line(name, value, target.name)
        if name == "anthropic-version":
            version = line
        else:
            lines += line
    rest = b" HTTP/1.1\r\nhost: %b\r\n%baccept-encoding: identity\r\n" % (origin.authority, lines)
    return Head(origin, dialect, b"POST " + quote(place, safe=_PLAIN_PATH).encode(), rest, version)


def _line(name: str, value: str, provider: str) -> bytes:
    if not value.isascii() or not value.isprintable():
        raise Invalid(f"The API key of the provider {provider!r} has characters that no key has.")
    return f"{name}: {value}\r\n".encode()
