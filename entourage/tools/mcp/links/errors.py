"""How a request to an MCP server fails."""

from __future__ import annotations

from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022


class McpError(Exception):
    """The server answered with a JSON-RPC error: it is alive and refuses."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class LinkFailed(Exception):
    """The server gave no answer. The text names no secret."""


class LinkLost(LinkFailed):
    """The connection broke, or the process ended, while an answer was awaited: nobody knows whether it was done."""


class NotConnected(LinkFailed):
    """The server could not be reached or started; nothing was sent, so nothing was done."""


class TookTooLong(LinkFailed):
    """No answer came in time; the server was told to stop."""
