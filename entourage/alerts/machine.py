"""When a rule fires and when it is over: a function of where it stood, what was measured, and the time."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["ok", "pending", "firing"]
Change = Literal["fired", "resolved"]


class Standing(NamedTuple):
    """Where a rule stands: since when in this state, and when it last began to fire."""

    state: State
    since_ms: int
    fired_ms: int | None


class Patience(NamedTuple):
    """How long a breach must last before the rule fires, and the shortest time between two firings."""

    for_ms: int
    cooldown_ms: int


class Step(NamedTuple):
    """Where the rule stands now, and what that means to people."""

    standing: Standing
    change: Change | None


def step(was: Standing, patience: Patience, now_ms: int, *, is_breach: bool) -> Step:
    """ok -> pending -> firing once a breach has lasted and the last firing is long enough ago; else back to ok."""
    if was.state == "firing":
        return Step(was, None) if is_breach else Step(Standing("ok", now_ms, was.fired_ms), "resolved")
    if not is_breach:
        return Step(was if was.state == "ok" else Standing("ok", now_ms, was.fired_ms), None)
    since_ms = was.since_ms if was.state == "pending" else now_ms
    has_lasted = now_ms - since_ms >= patience.for_ms
    is_cool = was.fired_ms is None or now_ms - was.fired_ms >= patience.cooldown_ms
    if has_lasted and is_cool:
        return Step(Standing("firing", now_ms, now_ms), "fired")
    return Step(Standing("pending", since_ms, was.fired_ms), None)
