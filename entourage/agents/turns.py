"""The turn of a run, for doors that show it: asked of whoever keeps the conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from entourage.agents.tables import RunRow
from entourage.events.message import Message


class Turns(msgspec.Struct, frozen=True):
    """`of(owner_id, run)` gives the message that the run wrote or is writing, `prompt` the one that it answers."""

    of: Callable[[str, RunRow], Awaitable[Message]]
    prompt: Callable[[str, RunRow], Awaitable[Message]]
