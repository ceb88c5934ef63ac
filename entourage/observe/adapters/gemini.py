"""Gemini CLI: Before and After of agents, models and tools."""

from __future__ import annotations

from entourage.observe.adapters.base import Adapter, Body
from entourage.observe.guard import Decision, HookBody

NAMES = {
    "BeforeTool": "PreToolUse",
    "AfterTool": "PostToolUse",
    "BeforeAgent": "UserPromptSubmit",
    "AfterAgent": "Stop",
    "PreCompress": "PreCompact",
    "BeforeModel": "BeforeModel",
    "AfterModel": "AfterModel",
    "BeforeToolSelection": "BeforeToolSelection",
}


def normal(body: Body) -> Body:
    """An error inside a tool's response makes it a failure; the answer to a prompt is the last message."""
    if "prompt_response" in body and "last_assistant_message" not in body:
        return {**body, "last_assistant_message": body["prompt_response"]}
    return body


def answer(_hook: HookBody, decision: Decision) -> Body:
    """`decision` and `reason`; Gemini has no form for a changed input."""
    told: Body = {"decision": decision.behavior}
    if decision.reason:
        told["reason"] = decision.reason
    return told


ADAPTER = Adapter(("gemini", "gemini-cli"), NAMES, normal, answer)
