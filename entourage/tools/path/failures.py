"""Whatever went wrong becomes a result that the model reads."""

from __future__ import annotations

import structlog

from entourage.kit.errors import Problem
from entourage.tools.pipeline import Again, Middleware
from entourage.tools.tool import Parked, ToolCall, ToolResult, Transient

logger = structlog.get_logger(__name__)


class Failures(Middleware):
    """Errors of steps and tools become failed results; in runs Parked passes, outside of them the call waits."""

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        match error:
            case Parked():
                return None if call.run_id else waiting(error.approval_id)
            case TimeoutError():
                seconds = call.terms.timeout_seconds or call.tool.timeout_seconds
                within = f" than {seconds:g} s" if seconds else ""
                return ToolResult.failure(f"{call.tool.name} took longer{within} and was stopped.")
            case Problem():
                return ToolResult.failure(f"{error.detail} {error.hint or ''}".strip())
            case Transient():
                tries = f" ({call.attempts} tries)" if call.attempts > 1 else ""
                return ToolResult.failure(f"{call.tool.name} could not be reached{tries}: {error}")
            case Exception():
                shown = None if call.secrets else error  # its text may hold what was lent to the backend
                kind = type(error).__name__
                logger.error("tool.crashed", tool=call.tool.name, run_id=call.run_id, error=kind, exc_info=shown)
                return ToolResult.failure(f"{call.tool.name} failed inside: {type(error).__name__}.")
            case _:
                return None


def waiting(approval_id: str) -> ToolResult:
    """What a caller outside of a run is told of a call that nobody has decided yet."""
    text = (
        f"A person must allow this call first (approval {approval_id}). "
        "Once they have, make the same call again: it then runs, once."
    )
    return ToolResult(text, "waiting", meta={"approval_id": approval_id})
