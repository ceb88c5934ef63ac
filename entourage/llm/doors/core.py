"""What all doors share: who is known, where names lead, who is asked, what is kept, what is counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from entourage.accounts.strangers import Strangers
from entourage.llm.catalogue import Catalogue, Offer
from entourage.llm.keys.callers import Callers
from entourage.llm.money.meter import Meter
from entourage.llm.routing.health import Health
from entourage.llm.routing.names import Names, Route
from entourage.llm.routing.strategies import Strategies
from entourage.wire.client import Wire

if TYPE_CHECKING:
    from entourage.llm.caching.exact import ExactCache
    from entourage.llm.caching.semantic import Question, SemanticCache
    from entourage.llm.doors.house import Inner
    from entourage.llm.longtail import LongTail

_MOST_ROUTES = 1000


@dataclass(repr=False)
class Core:
    """The services behind the doors."""

    callers: Callers
    strangers: Strangers
    catalogue: Catalogue
    meter: Meter
    wire: Wire
    longtail: LongTail
    health: Health
    names: Names
    strategies: Strategies
    cache: ExactCache
    semantic: SemanticCache
    is_semantic: bool
    """Whether the semantic cache is asked though the caller did not ask for it."""
    inner: Inner
    retries: int
    max_body_bytes: int
    background: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def offer(self, owner_id: str) -> Offer:
        """What this person can call. Does not suspend when it is known."""
        return self.catalogue.known(owner_id) or await self.catalogue.of(owner_id)

    def route(self, offer: Offer, name: str) -> Route:
        """Where a name leads; remembered as long as the offer is. Raises ModelNotFound."""
        routes = cast("dict[str, Route]", offer.routes)
        route = routes.get(name)
        if route is None:
            if len(routes) >= _MOST_ROUTES:
                routes.clear()
            route = routes[name] = self.names.route(offer, name)
        return route

    def learn(self, owner_id: str, question: Question, key: str) -> None:
        """Have the semantic cache remember a question, after its answer was given."""
        task = asyncio.create_task(self.semantic.learn(owner_id, question, key), name="learn question")
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    async def close(self) -> None:
        """Wait for what is learned and kept in the background."""
        await asyncio.gather(*self.background, return_exceptions=True)
        await self.cache.close()
