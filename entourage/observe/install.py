"""Putting watching into an application: the doors when it is made, services at start."""

from __future__ import annotations

from contextlib import AsyncExitStack

from fastapi import FastAPI

from entourage.accounts.identity import Identities
from entourage.accounts.standing import Standings
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.kit.routing import add_routes
from entourage.kit.services import Services
from entourage.observe import event_routes, ingest_routes, metric_routes, my_routes, session_routes
from entourage.observe.callers import Callers
from entourage.observe.costs import Costs
from entourage.observe.events import Events
from entourage.observe.guard import Guard, NoGuard
from entourage.observe.ingest import Ingest
from entourage.observe.projection.projector import Projector
from entourage.observe.series import MetricSeries
from entourage.observe.sessions import ObservedSessions
from entourage.observe.sources import Sources
from entourage.observe.views import Views
from entourage.stores.sql import Database


def install_observe(app: FastAPI) -> None:
    """Add the routes. The ingest doors stand before the whole application; the server puts them there."""
    for routes in (ingest_routes, event_routes, session_routes, metric_routes, my_routes):
        add_routes(app, routes.router)


async def open_observe(
    stack: AsyncExitStack, services: Services, database: Database, log: EventLog, hub: Hub, guard: Guard | None = None
) -> None:
    """Build every service of watching and put it into `services`."""
    services.add(Callers(services.get(Identities), services.get(Standings)))
    sources = services.add(Sources(database))
    services.add(Events(database, log))
    services.add(ObservedSessions(database))
    services.add(MetricSeries(database))
    services.add(Costs(database))
    services.add(Views(database))
    services.add(Ingest(log, sources, guard or NoGuard()))
    projector = services.add(Projector(database, log, hub))
    projector.start()
    stack.push_async_callback(projector.close)
