"""Claude Code: the words that all others are put into."""

from __future__ import annotations

from typing import Any

from entourage.observe.adapters.base import Adapter, Body, as_it_is
from entourage.observe.guard import PERMISSION_REQUEST, Decision, HookBody

EVENTS = (
    *("PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "PermissionRequest", "PermissionDenied"),
    *("UserPromptSubmit", "UserPromptExpansion", "Notification", "MessageDisplay", "Stop", "StopFailure"),
    *("SessionStart", "SessionEnd", "Setup", "SubagentStart", "SubagentStop", "TeammateIdle"),
    *("PreCompact", "PostCompact", "PreModelSwitch", "PostModelSwitch", "TaskCreated", "TaskCompleted"),
    *("Elicitation", "ElicitationResult", "ConfigChange", "InstructionsLoaded", "CwdChanged", "FileChanged"),
    *("DirectoryAdded", "WorktreeCreate", "WorktreeRemove"),
)


def answer(hook: HookBody, decision: Decision) -> Body:
    """`hookSpecificOutput` of PreToolUse or PermissionRequest."""
    if hook.kind == PERMISSION_REQUEST:
        return {"hookSpecificOutput": {"hookEventName": hook.event, **_permission(decision)}}
    output: dict[str, Any] = {"hookEventName": hook.event, "permissionDecision": decision.behavior}
    if decision.reason:
        output["permissionDecisionReason"] = decision.reason
    if decision.updated_input is not None:
        output["updatedInput"] = decision.updated_input
    return {"hookSpecificOutput": output}


def _permission(decision: Decision) -> Body:
    if decision.behavior == "ask":  # the agent's own dialogue asks
        return {}
    told: dict[str, Any] = {"behavior": decision.behavior}
    if decision.behavior == "deny" and decision.reason:
        told["message"] = decision.reason
    if decision.behavior == "allow" and decision.updated_input is not None:
        told["updatedInput"] = decision.updated_input
    return {"decision": told}


ADAPTER = Adapter(("claude-code", "claude", "claude_code"), {}, as_it_is, answer)
