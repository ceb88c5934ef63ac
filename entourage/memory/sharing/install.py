"""Joining memory and workspaces: who opens what, who hears of it, and what goes with a workspace."""

from __future__ import annotations

from typing import Any

from entourage.accounts.people import People
from entourage.kit.services import Services
from entourage.memory.choices import Choices
from entourage.memory.graph.service import Graphs
from entourage.memory.indexing import Indexer
from entourage.memory.ingest.telling import Telling as IngestTelling
from entourage.memory.keeping import Keeping
from entourage.memory.reranking import Reranker
from entourage.memory.service import Memories
from entourage.memory.sharing.ending import Ending
from entourage.memory.sharing.opening import Sharing
from entourage.memory.sharing.searching import SharedSearch
from entourage.memory.telling import StoredTold
from entourage.memory.tools import MemoryTools
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database
from entourage.workspaces.memberships import Memberships
from entourage.workspaces.service import Workspaces
from entourage.workspaces.telling import Telling as WorkspaceTelling


def open_sharing(services: Services, database: Database, blobs: Blobs) -> None:
    """Join them; memory and workspaces must be among the services."""
    memories, workspaces = services.get(Memories), services.get(Workspaces)
    sharing = services.add(Sharing(database, services.get(Memberships), services.get(People)))
    search = services.add(SharedSearch(memories, sharing, services.get(Reranker)))
    services.get(MemoryTools).share_by(sharing, search)
    members = services.get(WorkspaceTelling)

    async def tell_members(workspace_id: str, what: dict[str, Any]) -> None:
        await members.updated(workspace_id, "memory", what)

    services.get(StoredTold).tell_members = services.get(IngestTelling).tell_members = tell_members
    ending = services.add(Ending(database, memories, services.get(Choices), services.get(Graphs).graph, blobs))
    workspaces.on_deleting.append(ending.end)
    workspaces.on_deleted.append(ending.ended)
    services.get(Indexer).burying.on_ended.append(ending.remove)
    services.get(Keeping).on_sweep.append(ending.sweep)
