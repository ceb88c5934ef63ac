"""One request to an ingest door: its headers, its body within limits, and its answer.

These doors stand outside FastAPI and its middlewares; what those do for every other route `serving/` does here, and
refusals are problem documents all the same.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from entourage.kit.errors import Problem, Unauthorized, UnsupportedMedia
from entourage.kit.exchange import Exchange
from entourage.kit.json import encode
from entourage.kit.problems import MEDIA_TYPE, is_json
from entourage.observe.refusals import Refused, foreign_origin, with_code, wrong_type

_JSON = (b"content-type", b"application/json")


class IngestRequest:
    """What a door sees of a request."""

    __slots__ = ("_exchange", "_headers", "path")

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._headers = dict(exchange.headers)
        self.path = exchange.path

    def header(self, name: bytes) -> str:
        """A header's value, empty when it is absent."""
        return self._headers.get(name, b"").decode("latin-1")

    @property
    def kind(self) -> str:
        """The bare media type."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    @property
    def token(self) -> str:
        """The key: `Authorization: Bearer ...` or `x-api-key`. Raises Unauthorized for another scheme."""
        given = self._headers.get(b"authorization")
        if given is None:
            return self.header(b"x-api-key").strip()
        scheme, _, token = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Authorization must be `Bearer <key>`.")
        return token.strip()

    def check_origin(self, allowed: frozenset[str]) -> None:
        """A page may send only when it is ours or one of `allowed`. Raises Refused."""
        origin = self.header(b"origin")
        if not origin or origin in allowed:
            return
        if urlsplit(origin).netloc.lower() != self.header(b"host").lower():
            raise foreign_origin(origin)

    @property
    def body(self) -> bytes:
        """All of it."""
        return self._exchange.body

    def json_body(self) -> bytes:
        """The body, which must be JSON by its headers. Raises Refused."""
        if not is_json(self.kind):
            raise wrong_type(f"This door takes application/json, not {self.kind[:80] or 'nothing'!r}.")
        self.check_encoding()
        return self._exchange.body

    def check_encoding(self) -> None:
        """Raises Refused for a compressed body."""
        if self.header(b"content-encoding").lower() not in {"", "identity"}:
            raise Refused(UnsupportedMedia, "content_encoding", "Compressed bodies are not taken here.")

    def answer(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        """The answer; its type is JSON unless a header says otherwise."""
        self._exchange.answer(status, headers or (_JSON,), body)

    def json(self, status: int, content: Any, *more: tuple[bytes, bytes]) -> None:
        """An answer in JSON."""
        self._exchange.answer(status, (_JSON, *more), encode(content))

    def refuse(self, problem: Problem) -> None:
        """The problem document of what was wrong; nothing when an answer has begun."""
        refuse(self._exchange, problem)


def refuse(exchange: Exchange, problem: Problem) -> None:
    """The problem document of what was wrong, with its code; nothing when an answer has begun."""
    told = with_code(problem)
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
    if told.status == Unauthorized.status:
        headers.append((b"www-authenticate", b"Bearer"))
    exchange.answer(told.status, headers, encode(told.document()))
