"""Why a run failed, in words a person can act on, and whether trying again may help."""

from __future__ import annotations

from entourage.events.message import MessageError
from entourage.kit.errors import Problem

MAX_DETAIL = 600
MAX_WAIT_SECONDS = 60.0


def retry_after(error: Exception) -> float | None:
    """The least seconds to wait before trying again; None when that would not help."""
    if not isinstance(error, Problem) or not error.passing:
        return None
    return min(float(error.headers.get("Retry-After", 0)), MAX_WAIT_SECONDS)


def describe(error: BaseException) -> MessageError:
    """The failure as the person sees it. Never carries keys: provider bodies are not copied."""
    if isinstance(error, Problem):
        return MessageError(title=error.title, detail=error.detail, hint=error.hint)
    if isinstance(error, TimeoutError):
        return MessageError(
            title="The run took too long",
            detail="The agent's time limit was reached.",
            hint="Raise max_seconds in the agent's limits, or ask for less at once.",
        )
    return MessageError(
        title="Something went wrong on the server",
        detail=f"The run ended with an internal error ({type(error).__name__}).",
        hint="The server's log has the details.",
    )
