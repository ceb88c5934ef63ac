"""From an event to its facts, by its type."""

from __future__ import annotations

from entourage.events.event import TEAM
from entourage.observe.projection import hook_facts, team_facts, usage_facts
from entourage.observe.projection.facts import Facts, moment_of
from entourage.observe.projection.words import words_of
from entourage.stores.log import Record

TOOL_CALLERS = frozenset({"api", "mcp", "cli"})
"""Sources of calls of our tools outside of conversations; their calls are told like those of the team."""


def facts_of(seq: int, event: Record) -> Facts:
    """What the event says. Raises msgspec.MsgspecError for data that is not of its type."""
    if event.type == "chat_deleted":
        return team_facts.deleted(event)
    moment = moment_of(seq, event)
    if moment is None or event.type in team_facts.PASSING:
        return Facts()
    if event.type == "usage":
        return usage_facts.facts(moment)
    if event.type.startswith("hook."):
        return hook_facts.facts(moment)
    if event.source == TEAM or (event.source in TOOL_CALLERS and event.type in team_facts.CALLS):
        return team_facts.facts(moment)
    errors = int(event.type == "error")
    return Facts(
        lanes=(moment.lane(errors=errors),),
        session=moment.session(errors=errors),
        text=f"{event.type} {event.agent or ''} {words_of(event.data)}",
    )
