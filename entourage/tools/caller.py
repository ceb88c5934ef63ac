"""Who calls a tool."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

CallSource = Literal["team", "api", "mcp", "cli"]


class Caller(msgspec.Struct, frozen=True):
    """Who calls: an agent in a run, or a person's program. `scope` are globs of the tools a token may call; None: all.

    Empty texts mean that there is none.
    """

    owner_id: str
    source: CallSource
    agent: str = ""
    chat_id: str = ""
    run_id: str = ""
    session_id: str = ""
    key_id: str | None = None
    scope: frozenset[str] | None = None

    def may_call(self, name: str) -> bool:
        """Whether the scope has the tool of this canonical name."""
        return self.scope is None or any(name == glob or fnmatchcase(name, glob) for glob in self.scope)
