"""What the doors read of a request's headers, in one pass."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.tools.mcp.links.errors import HEADER_MISMATCH, McpError

if TYPE_CHECKING:
    from entourage.kit.exchange import Header

PARAM_PREFIX = b"mcp-param-"
_ROUTING = frozenset({b"mcp-protocol-version", b"mcp-method", b"mcp-name"})
_WANTED = _ROUTING | {
    b"accept",
    b"authorization",
    b"content-encoding",
    b"content-type",
    b"host",
    b"last-event-id",
    b"mcp-session-id",
    b"origin",
}
_ENCODED, _END = "=?base64?", "?="


class Head:
    """The headers that matter. Values are stripped, as HTTP wants."""

    __slots__ = ("_read", "doubled", "headers")

    def __init__(self, headers: Sequence[Header]) -> None:
        self.headers = headers
        self.doubled: bytes | None = None
        self._read: dict[bytes, bytes] = {}
        for name, value in headers:
            if name in _WANTED:
                if name in self._read and name in _ROUTING:
                    self.doubled = name
                self._read[name] = value

    def get(self, name: bytes) -> str | None:
        """A header's value, None without one."""
        value = self._read.get(name)
        return None if value is None else value.strip().decode("latin-1")

    @property
    def token(self) -> str:
        """The token of `Authorization: Bearer`, empty without one."""
        scheme, _, token = (self.get(b"authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def version(self) -> str | None:
        return self.get(b"mcp-protocol-version")

    def takes(self) -> tuple[bool, bool]:
        """Whether JSON and whether event streams are taken; who says nothing takes all."""
        accept = self.get(b"accept")
        if not accept:
            return True, True
        kinds = self._kinds(accept)
        anything = "*/*" in kinds
        return (
            anything or "application/json" in kinds or "application/*" in kinds,
            anything or "text/event-stream" in kinds or "text/*" in kinds,
        )

    @property
    def prefers_events(self) -> bool:
        """Whether event streams are named before JSON."""
        return self._kinds(self.get(b"accept") or "")[0] == "text/event-stream"

    @staticmethod
    def _kinds(accept: str) -> list[str]:
        return [one.partition(";")[0].strip().lower() for one in accept.split(",")]

    def params(self) -> dict[str, str]:
        """The `Mcp-Param-*` headers by the rest of their names. Raises McpError for one that comes twice."""
        found: dict[str, str] = {}
        for name, value in self.headers:
            if name.startswith(PARAM_PREFIX):
                key = name[len(PARAM_PREFIX) :].decode("latin-1")
                if key in found:
                    raise McpError(HEADER_MISMATCH, f"The header Mcp-Param-{key} comes twice.")
                found[key] = value.strip().decode("latin-1")
        return found


def decoded(value: str | None) -> str | None:
    """A header's text, which may stand in `=?base64?...?=`. None when that is broken, so that it fits nothing."""
    if value is None or not (value.startswith(_ENCODED) and value.endswith(_END)):
        return value
    payload = value[len(_ENCODED) : -len(_END)]
    try:
        raw = base64.b64decode(payload, validate=True)
        text = raw.decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if base64.b64encode(raw).decode() == payload else None
