"""Try once more what does no harm twice."""

from __future__ import annotations

import asyncio
import random

from entourage.tools.pipeline import AGAIN, Again, Middleware
from entourage.tools.tool import ToolCall, ToolResult, Transient

ATTEMPTS = 3
_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 5.0


class Retry(Middleware):
    """Calls that do no more when they are made twice are made again after a fault that may pass."""

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        if not isinstance(error, Transient) or not call.tool.repeatable or call.attempts >= ATTEMPTS:
            return None
        wait = error.retry_after_seconds
        if wait is None:
            wait = _FIRST_WAIT_SECONDS * 4 ** (call.attempts - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        if wait > _LONGEST_WAIT_SECONDS:
            return None
        call.attempts += 1
        await asyncio.sleep(wait)
        return AGAIN
