"""The seam between watching and deciding: what a hook asks, and what a guard may answer.

`tools/policy` implements `Guard`; without one every hook is answered with no opinion.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

Behavior = Literal["allow", "deny", "ask"]
Mode = Literal["observe", "guard"]

PRE_TOOL_USE = "PreToolUse"
PERMISSION_REQUEST = "PermissionRequest"
DECIDED = frozenset({PRE_TOOL_USE, PERMISSION_REQUEST})
"""Canonical names of the hooks that are put to the guard."""


class Source(msgspec.Struct, frozen=True):
    """An application that sends, and what its person chose for it."""

    app: str
    mode: Mode = "observe"
    route_permissions: bool = False

    @property
    def is_guarded(self) -> bool:
        """Whether any of its hooks is put to the guard."""
        return self.mode == "guard" or self.route_permissions


class HookBody(msgspec.Struct, frozen=True, kw_only=True):
    """A hook as the agent sent it, in Claude Code's words whatever agent it was; nothing is redacted yet."""

    kind: str
    """Canonical name: `PreToolUse` also for Gemini's `BeforeTool`."""
    event: str
    """The agent's own name."""
    session_id: str
    lane_id: str
    tool: str | None = None
    tool_input: dict[str, Any] = {}
    tool_use_id: str | None = None
    agent: str | None = None
    agent_id: str | None = None
    agent_type: str | None = None
    prompt_id: str | None = None
    cwd: str | None = None
    project: str | None = None
    permission_mode: str | None = None
    body: dict[str, Any] = {}
    """The whole native body."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What becomes of the call. It is stored with the event and told to the agent in the agent's own form."""

    behavior: Behavior
    reason: str = ""
    rule: str | None = None
    """The name of the rule that spoke."""
    by: Literal["policy", "person"] = "policy"
    approval_id: str | None = None
    updated_input: dict[str, Any] | None = None


class Guard(Protocol):
    """Decides what an outside agent may do."""

    async def decide(self, owner_id: str, source: Source, hook: HookBody) -> Decision | None:
        """A decision, or None for no opinion. Runs before the event is stored: quick, except for PermissionRequest.

        Called for `DECIDED` hooks of a source with `is_guarded` only.
        """
        ...


class NoGuard:
    """A guard without opinions."""

    async def decide(self, owner_id: str, source: Source, hook: HookBody) -> Decision | None:
        return None
