"""Putting memory into an application: its services, its tasks, its doors."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from entourage.events.log import EventLog
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.llm.doors.finder import GatewayDoors
from entourage.llm.embeddings import Embedder
from entourage.llm.money.prices import Prices
from entourage.llm.resolve import Models
from entourage.memory import alias_routes, keeping_routes, routes
from entourage.memory.choices import Choices
from entourage.memory.consolidating import Consolidation
from entourage.memory.embedders import Embedders
from entourage.memory.forgetting import Forgetting
from entourage.memory.graph.install import install_graphs, open_graphs, start_graphs
from entourage.memory.indexing import Indexer
from entourage.memory.ingest import routes as ingest_routes
from entourage.memory.keeping import Keeping
from entourage.memory.portability import Portability
from entourage.memory.reranking import Reranker
from entourage.memory.searching import Searcher
from entourage.memory.service import Memories
from entourage.memory.standing import Standing
from entourage.memory.telling import StoredTold
from entourage.memory.tools import MemoryTools
from entourage.memory.using import Uses
from entourage.settings import Settings
from entourage.stores.sql import Database
from entourage.stores.vectors.base import Vectors
from entourage.stores.vectors.open import open_vectors

if TYPE_CHECKING:
    from fastapi import FastAPI


def open_memory(
    stack: AsyncExitStack, services: Services, settings: Settings, database: Database, embedder: Embedder
) -> None:
    """Open memory. The gateway and the models must be among the services; `start_memory` begins the work."""
    vectors = open_vectors(settings.vectors_url, settings.data_dir, idle_seconds=settings.vectors_idle_seconds)
    stack.push_async_callback(vectors.close)
    core = services.get(GatewayDoors).core
    embedders = services.add(Embedders(embedder, core, services.get(Prices)))
    choices = services.add(Choices(database, embedders))
    searcher = services.add(Searcher(database, vectors, embedders, choices))
    searcher.reranker = services.add(Reranker(services.get(Models)))
    indexer = services.add(Indexer(database, vectors, embedders, choices, lease_seconds=settings.lease_seconds))
    searcher.on_damaged = indexer.damaged
    uses = services.add(Uses(database))
    memories = services.add(Memories(database, embedders, choices, searcher, indexer, uses))
    told = services.add(StoredTold(services.get(EventLog)))
    memories.on_stored.append(told.stored)
    forgetting = services.add(Forgetting(database, memories, searcher))
    services.add(MemoryTools(memories, forgetting))
    services.add(Portability(database, memories, embedders))
    services.add(Standing(database, vectors, embedders, choices))
    consolidation = services.add(Consolidation(database, vectors, memories, choices))
    keeping = services.add(Keeping(database, memories, choices, consolidation))
    memories.on_indexed(keeping.grown)
    services.add(VectorStore(vectors))
    open_graphs(stack, services, settings, database)


async def start_memory(stack: AsyncExitStack, services: Services) -> None:
    """Begin the work in the background, once every listener is there."""
    start_graphs(stack, services)
    indexer, uses, keeping = services.get(Indexer), services.get(Uses), services.get(Keeping)
    await indexer.start()
    stack.push_async_callback(indexer.close)
    uses.lane.start()
    stack.push_async_callback(uses.close)
    keeping.lane.start(at_once=False)
    stack.push_async_callback(keeping.lane.close)


def install_memory(app: FastAPI) -> None:
    """Put the doors in."""
    for router in (ingest_routes.router, routes.router, keeping_routes.router, alias_routes.router):
        add_routes(app, router)
    install_graphs(app)
    for router in (routes.one, alias_routes.one):
        add_routes(app, router)


class VectorStore:
    """The vector engine, for whoever looks after the engines."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
