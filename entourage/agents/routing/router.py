"""Who answers a request that names nobody: by what it asks for, how sure that is, and who is there."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
import structlog

from entourage.accounts.preferences import Preferences, PreferenceStore
from entourage.agents.routing.asking import Asker, Opinion
from entourage.agents.routing.examples import by_intent
from entourage.agents.routing.judging import FAIRLY_SURE, SURE, Handler, gist, handler_for, is_words, knows_meaning
from entourage.agents.routing.nearest import Crafts
from entourage.agents.routing.vectors import kept_vectors
from entourage.agents.schemas import Agent
from entourage.agents.service import Agents
from entourage.agents.team import COMMAND_AGENT, DEFAULT_AGENT, DESKTOP_AGENT
from entourage.kit.errors import Invalid, Problem, Unavailable
from entourage.llm.embeddings import Embedder
from entourage.llm.intents import Classified, IntentClassifier
from entourage.llm.kept import Kept
from entourage.llm.resolve import Models, Resolved

logger = structlog.get_logger(__name__)

Mode = Literal["auto", "direct", "agent", "plan"]
COLD_SECONDS, WARM_SECONDS = 5.0, 2.0
"""How long a request waits to be classified: the first one for the embedder to be loaded."""

MOST_REMEMBERED = 1_000


class Route(msgspec.Struct, frozen=True):
    """Who answers. `first` is the agent whose answer `agent` goes on from; `why` is for people."""

    agent: str
    kind: Literal["turn", "plan"] = "turn"
    intent: str = ""
    confidence: float = 0.0
    handler: Handler = "general"
    first: str | None = None
    scores: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    why: str = ""

    def told(self) -> dict[str, Any] | None:
        """As a run keeps it; None when nothing was decided."""
        if not self.intent:
            return None
        kept = {"intent": self.intent, "confidence": round(self.confidence, 3), "handler": self.handler}
        return kept | ({"first": self.first} if self.first else {})


class _Team(NamedTuple):
    """The active agents, and who answers in general."""

    active: Sequence[Agent]
    general: str

    def has(self, name: str) -> bool:
        return any(agent.name == name for agent in self.active)

    @property
    def specialists(self) -> list[Agent]:
        """Whom a job may be for. The screen and the platform have agents of their own, found by their class."""
        apart = {self.general, DEFAULT_AGENT, DESKTOP_AGENT, COMMAND_AGENT}
        return [agent for agent in self.active if agent.name not in apart]


class Router:
    """Routes requests. Never raises for want of an embedder or a model: the general agent answers then."""

    def __init__(
        self,
        agents: Agents,
        models: Models,
        preferences: PreferenceStore,
        embedder: Embedder,
        asker: Asker,
        *,
        by_model: bool,
    ) -> None:
        self._agents = agents
        self._models = models
        self._preferences = preferences
        self._wished: Kept[Preferences] = Kept(self._wishes)
        preferences.on_change(self._wished.drop)
        self._classifier = IntentClassifier(embedder, by_intent(), kept_vectors)
        self._crafts = Crafts(self._classifier)
        self._asker = asker
        self._by_model = by_model
        self._meaning = knows_meaning(embedder)
        self._known: OrderedDict[str, Classified] = OrderedDict()

    async def route(
        self,
        owner_id: str,
        text: str,
        *,
        mode: Mode,
        attachments: int,
        model: str | None,
        session_id: str | None = None,
    ) -> Route:
        """Who answers. Raises Invalid when no agent is active, or for a model that is not there."""
        preferences = await self._wished.of(owner_id)
        team = await self._team(owner_id, preferences.ai.default_agent)
        if mode == "direct":
            return Route(team.general, "turn", "direct", 1.0, "direct", why="You chose a direct answer.")
        if mode == "plan" and team.has(DEFAULT_AGENT):
            return Route(DEFAULT_AGENT, "plan", "plan", 1.0, "plan", why="You chose a plan.")
        resolved = await self._models.resolve(owner_id, model)
        if (preferences.routing == "off" and mode == "auto") or resolved.is_offline or not is_words(text):
            return Route(team.general, why=_why_not(resolved, preferences.routing))
        return await self._decided(owner_id, text, mode, team, resolved, session_id)

    async def explain(self, owner_id: str, text: str, mode: Mode) -> Route:
        """What a request is taken for and who would answer, whatever is switched off and without asking a model."""
        preferences = await self._wished.of(owner_id)
        team = await self._team(owner_id, preferences.ai.default_agent)
        if mode == "direct" or (mode == "plan" and team.has(DEFAULT_AGENT)):
            return await self.route(owner_id, text, mode=mode, attachments=0, model=None)
        found = await self._classify(text)
        if found is None:
            return Route(team.general, why="No embedder could be asked.")
        return await self._chosen(found, None, mode, team)

    async def _wishes(self, owner_id: str) -> Preferences:
        preferences, _ = await self._preferences.get(owner_id)
        return preferences

    async def _decided(
        self, owner_id: str, text: str, mode: Mode, team: _Team, resolved: Resolved, session_id: str | None
    ) -> Route:
        found = await self._classify(text)
        if found is None:
            return Route(team.general, why="No embedder could be asked.")
        opinion = None
        if self._by_model and mode == "auto" and _is_unsure(found):
            opinion = await self._asker.opinion(owner_id, text, team.active, resolved, session_id)
        return await self._chosen(found, opinion, mode, team)

    async def _team(self, owner_id: str, preferred: str | None) -> _Team:
        active = [agent for agent in await self._agents.list(owner_id) if agent.status == "active"]
        if not active:
            raise Invalid("All agents of your team are disabled.", hint="Enable one in the settings.")
        names = [agent.name for agent in active]
        general = next((name for name in (preferred, DEFAULT_AGENT) if name in names), None) or names[0]
        return _Team(active, general)

    async def _classify(self, text: str) -> Classified | None:
        read = gist(text)
        known = self._known.get(read)
        if known is None:
            try:
                async with asyncio.timeout(WARM_SECONDS if self._classifier.is_warm else COLD_SECONDS):
                    known = await self._classifier.classify(read)
            except (Unavailable, TimeoutError) as error:
                logger.info("route.not_classified", error=type(error).__name__)
                return None
            self._known[read] = known
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def _chosen(self, found: Classified, opinion: Opinion | None, mode: Mode, team: _Team) -> Route:
        """From what the embedder and maybe a model think to who answers."""
        intent, confidence, why = _weighed(found, opinion)
        if mode == "agent":
            intent, confidence, why = "agent", 1.0, "You chose one agent."
        named = opinion.agent if opinion and opinion.intent == "agent" and mode != "agent" else None
        handler = handler_for(intent, confidence, meaning=self._meaning)
        who = await self._specialist(intent, found, team, named) if handler in _WITH_SPECIALIST else None
        told = (intent, confidence)
        scores = dict(found.scores)
        if handler == "plan" and team.has(DEFAULT_AGENT):
            return Route(DEFAULT_AGENT, "plan", *told, "plan", scores=scores, why=why)
        if handler == "direct":
            return Route(team.general, "turn", *told, "direct", scores=scores, why=why)
        if who is None or who == team.general:
            return Route(team.general, "turn", *told, "general", scores=scores, why=why)
        if handler == "composite":
            return Route(team.general, "turn", *told, "composite", who, scores, why)
        return Route(who, "turn", *told, handler, scores=scores, why=why)

    async def _specialist(self, intent: str, found: Classified, team: _Team, named: str | None) -> str | None:
        match intent:
            case "desktop" | "command":
                name = DESKTOP_AGENT if intent == "desktop" else COMMAND_AGENT
                return name if team.has(name) else None
            case "agent":
                if named and team.has(named):
                    return named
                try:
                    return await self._crafts.nearest(found.vector, team.specialists)
                except Problem:
                    return None
            case _:
                return None


_WITH_SPECIALIST = ("agent", "desktop", "command", "composite")


def _is_unsure(found: Classified) -> bool:
    """Whether it is worth a model's word. A direct answer comes from the general agent anyway."""
    return found.confidence <= (FAIRLY_SURE if found.label == "direct" else SURE)


def _weighed(found: Classified, opinion: Opinion | None) -> tuple[str, float, str]:
    """A model that agrees makes sure; one that does not has the word, but is checked by the general agent."""
    told = f"Nearest to examples of {found.label} ({found.confidence:.0%})"
    if opinion is None:
        return found.label, found.confidence, f"{told}."
    if opinion.intent == found.label:
        return found.label, max(found.confidence, 0.9), f"{told}; your model agrees."
    return opinion.intent, 0.7, f"{told}; your model takes it for {opinion.intent}."


def _why_not(resolved: Resolved, routing: str) -> str:
    if resolved.is_offline:
        return "No language model is connected: the offline model answers everything."
    return "Routing is switched off." if routing == "off" else "It is no request in words."
