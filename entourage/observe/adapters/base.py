"""What an adapter is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from entourage.observe.guard import Decision, HookBody

Body: TypeAlias = dict[str, Any]


def as_it_is(body: Body) -> Body:
    """For agents that speak as Claude Code does."""
    return body


class Adapter(NamedTuple):
    """`names` maps an agent's own event names to Claude Code's; a name that is not there stays as it is."""

    apps: tuple[str, ...]
    """What its application is usually called."""
    names: Mapping[str, str]
    normal: Callable[[Body], Body]
    """The body with Claude Code's field names. It must not change what it is given."""
    answer: Callable[[HookBody, Decision], Body]
    """A decision in the form that the agent reads."""

    def kind(self, event: str) -> str:
        """Claude Code's name of an event."""
        return self.names.get(event, event)
