"""Putting memory into the run loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from entourage.accounts.preferences import PreferenceStore
from entourage.agents.remembering.keeping import Keeping
from entourage.agents.remembering.lessons import Lessons
from entourage.agents.remembering.recall import Recall
from entourage.agents.remembering.telling import Telling
from entourage.agents.remembering.wishes import Wishes
from entourage.agents.service import Agents
from entourage.memory.graph.tools import GraphTools
from entourage.memory.service import Memories
from entourage.memory.sharing.opening import Sharing
from entourage.memory.tools import MemoryTools

if TYPE_CHECKING:
    from entourage.events.log import EventLog
    from entourage.kit.services import Services
    from entourage.llm.resolve import Models
    from entourage.memory.fields import Scope
    from entourage.settings import Settings
    from entourage.stores.sql import Database


class Remembering(msgspec.Struct, frozen=True):
    """What the run loop needs of memory."""

    recall: Recall
    keeping: Keeping


def open_remembering(
    services: Services, settings: Settings, database: Database, log: EventLog, models: Models
) -> Remembering:
    """Build it, and say to the tools of memory what each agent may recall."""
    memories, agents = services.get(Memories), services.get(Agents)
    wishes = Wishes(services.get(PreferenceStore), memories, remember=settings.remember_turns)
    telling = Telling(log, memories)
    lessons = services.add(Lessons(database, log, models, memories, telling))

    async def scope_of(owner_id: str, name: str) -> Scope:
        return (await agents.named(owner_id, name)).memory

    services.get(MemoryTools).scope_of = scope_of
    services.get(GraphTools).scope_of = scope_of
    return Remembering(
        Recall(memories, services.get(Sharing), wishes),
        Keeping(memories, wishes, lessons, telling, learns=settings.facts_by_model),
    )
