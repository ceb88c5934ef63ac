"""Doing what a client asks for, and telling it what became of it, whatever that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from entourage.kit.errors import Problem
from entourage.tools.mcp.front import writing
from entourage.tools.mcp.front.rounds import is_ours, questions_of
from entourage.tools.mcp.links.errors import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    LinkFailed,
    McpError,
    NotConnected,
    TookTooLong,
)
from entourage.tools.tool import NotSupported

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.front.methods.table import Method

logger = structlog.get_logger(__name__)


async def result_of(front: Front, asking: Asking, methods: dict[str, Method]) -> JsonObject:
    """What the method gives. Raises McpError only."""
    method = methods.get(asking.method)
    if method is None:
        raise McpError(METHOD_NOT_FOUND, "Method not found", asking.method[:200])
    try:
        return await method(front, asking)
    except McpError:
        raise
    except Exception as error:
        raise refusal_of(error, asking.method) from error


async def in_rounds(front: Front, asking: Asking, methods: dict[str, Method]) -> JsonObject:
    """As `result_of` for a modern client: a question of a legacy server becomes a result of its own."""
    if is_ours(asking.params.get("requestState")):
        return await front.rounds.go_on(asking)
    questions = questions_of(asking)
    if questions is None:
        return await result_of(front, asking, methods)
    return await front.rounds.begin(asking, questions, result_of(front, asking, methods))


def refusal_of(error: Exception, method: str) -> McpError:
    """An error of ours or of a server's, as the client is told it."""
    if isinstance(error, Problem):
        return writing.error_of(error)
    if isinstance(error, NotConnected):
        return McpError(INTERNAL_ERROR, f"The server is not there: {error}.")
    if isinstance(error, TookTooLong | TimeoutError):
        return McpError(INTERNAL_ERROR, "The server took too long and was told to stop.")
    if isinstance(error, LinkFailed):
        return McpError(INTERNAL_ERROR, f"The server gave no answer: {error}.")
    if isinstance(error, NotSupported):
        return McpError(INVALID_PARAMS, str(error))
    logger.error("mcp.failed", method=method[:100], exc_info=error)
    return McpError(INTERNAL_ERROR, "The server failed to answer.")
