"""OpenHands: Claude Code's names under `event_type`, or under `hook_event_name` as everyone else."""

from __future__ import annotations

from entourage.observe.adapters.base import Adapter, Body
from entourage.observe.guard import Decision, HookBody


def normal(body: Body) -> Body:
    """`event_type` and `working_dir` as `hook_event_name` and `cwd`."""
    found = dict(body)
    for ours, theirs in (("hook_event_name", "event_type"), ("cwd", "working_dir")):
        if ours not in body and theirs in body:
            found[ours] = body[theirs]
    return found


def answer(_hook: HookBody, decision: Decision) -> Body:
    """`decision` and `reason`; there is nobody to ask, so `ask` is no opinion."""
    if decision.behavior == "ask":
        return {}
    return {"decision": decision.behavior, **({"reason": decision.reason} if decision.reason else {})}


ADAPTER = Adapter(("openhands",), {}, normal, answer)
