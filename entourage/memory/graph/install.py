"""Putting the graph into an application: its store, what reads along with memory and the log, its doors."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from entourage.accounts.people import People
from entourage.events.log import EventLog
from entourage.kit.errors import NotFound
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.llm.resolve import Models
from entourage.memory.choices import Choices
from entourage.memory.graph import routes
from entourage.memory.graph.entities import Entities, How
from entourage.memory.graph.extraction.asking import Asking
from entourage.memory.graph.extraction.found import MemoryText
from entourage.memory.graph.projection.projector import GraphProjector, NameOf
from entourage.memory.graph.service import Graphs
from entourage.memory.graph.tools import GraphTools
from entourage.memory.searching import Searcher
from entourage.memory.service import Memories
from entourage.settings import Settings
from entourage.stores.graph.open import open_graph
from entourage.stores.sql import Database

if TYPE_CHECKING:
    from fastapi import FastAPI

    from entourage.memory.schemas import Memory

NOBODY = "Me"


def open_graphs(stack: AsyncExitStack, services: Services, settings: Settings, database: Database) -> None:
    """Open the graph; memory must be among the services. `start_graphs` begins to follow the log."""
    graph = open_graph(settings.graph_url, database)
    stack.push_async_callback(graph.close)
    graphs = services.add(Graphs(graph))
    services.add(GraphTools(graph))
    log, choices, memories = services.get(EventLog), services.get(Choices), services.get(Memories)

    async def how_of(owner_id: str) -> How:
        return (await choices.of(owner_id)).settings.extract

    asking = Asking(services.get(Models), log) if settings.extract_by_model else None
    entities = services.add(Entities(graph, how_of, asking))

    async def extract(owner_id: str, told: list[Memory]) -> None:
        # a workspace has no models of its own to pay for
        may_ask = not any(memory.workspace for memory in told)
        await entities.extract(owner_id, [text_of(memory) for memory in told], may_ask=may_ask)

    memories.listeners.append(extract)
    memories.on_forgotten.append(entities.forget)
    services.get(Searcher).relations = entities
    projector = services.add(GraphProjector(database, log, graph, _name_of(services.get(People))))
    graphs.on_delete.append(projector.forget_told)


def start_graphs(stack: AsyncExitStack, services: Services) -> None:
    """Follow the log from now on."""
    projector = services.get(GraphProjector)
    projector.start()
    stack.push_async_callback(projector.close)


def install_graphs(app: FastAPI) -> None:
    """Put the doors in."""
    add_routes(app, routes.router)


def text_of(memory: Memory) -> MemoryText:
    """A memory as the graph sees it."""
    return MemoryText(
        id=memory.id,
        text=memory.text,
        kind=memory.kind,
        source=memory.source.model_dump(exclude_none=True),
        tags=memory.tags,
        document_id=memory.document_id,
        agent=memory.agent,
        is_shared=memory.workspace is not None,
    )


def _name_of(people: People) -> NameOf:
    async def name_of(owner_id: str) -> str:
        with suppress(NotFound):
            return (await people.get(owner_id)).full_name or NOBODY
        return NOBODY

    return name_of
