"""Which agent of a team a job is for: by what its role, its instructions' first lines and its examples are near to."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, defaultdict
from collections.abc import Sequence

from entourage.agents.routing.examples import crafts
from entourage.agents.schemas import Agent
from entourage.llm.embeddings import Vector, similarity
from entourage.llm.intents import IntentClassifier, nearness

MOST_REMEMBERED = 2_000
FIRST_LINES_CHARS = 300
MOST_EXAMPLES = 8
EXAMPLE_CHARS = 300
_NEAREST = 3

_EXAMPLES = re.compile(r"^#*\s*(?:\*\*)?examples?(?:\*\*)?:?\s*$", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(.+)$")


class Crafts:
    """Compares requests with agents. Vectors are kept for each version of each agent."""

    def __init__(self, classifier: IntentClassifier) -> None:
        self._classifier = classifier
        self._known: OrderedDict[tuple[str, int], list[Vector]] = OrderedDict()

    async def nearest(self, asked: Vector, team: Sequence[Agent]) -> str | None:
        """The name of the agent that is nearest; None of an empty team. Raises Unavailable."""
        if not team:
            return None
        await self._learn(team)
        shown = {agent.id: self._known[agent.id, agent.version] for agent in team}
        of_defaults = await self._examples()
        return await asyncio.to_thread(_best, asked, team, shown, of_defaults)

    async def _examples(self) -> dict[str, list[Vector]]:
        vectors = (await self._classifier.prototypes()).by_label["agent"]
        found: dict[str, list[Vector]] = defaultdict(list)
        for agent, vector in zip(crafts(), vectors, strict=True):
            if agent is not None:
                found[agent].append(vector)
        return found

    async def _learn(self, team: Sequence[Agent]) -> None:
        """Embed what is said of agents that are new or were changed."""
        new = [agent for agent in team if (agent.id, agent.version) not in self._known]
        texts = [told_of(agent) for agent in new]
        vectors = iter(await self._classifier.centred([text for told in texts for text in told]))
        for agent, told in zip(new, texts, strict=True):
            self._known[agent.id, agent.version] = [next(vectors) for _ in told]
        for agent in team:
            self._known.move_to_end((agent.id, agent.version))
        while len(self._known) > max(MOST_REMEMBERED, len(team)):
            self._known.popitem(last=False)


def told_of(agent: Agent) -> list[str]:
    """What says whom an agent is for: role, first lines of its instructions, the items under `Examples`."""
    first = " ".join(agent.instructions[: FIRST_LINES_CHARS * 2].split())[:FIRST_LINES_CHARS]
    told = [agent.role, *_examples_in(agent.instructions)]
    return [text for text in [*told, first if not agent.is_default else ""] if text.strip()] or [agent.name]


def _examples_in(instructions: str) -> list[str]:
    found: list[str] = []
    is_list = False
    for line in instructions.splitlines():
        item = _ITEM.match(line)
        if _EXAMPLES.match(line):
            is_list = True
        elif is_list and item:
            found.append(item[1][:EXAMPLE_CHARS])
        elif line.strip():
            is_list = False
    return found[:MOST_EXAMPLES]


def _best(
    asked: Vector, team: Sequence[Agent], shown: dict[str, list[Vector]], of_defaults: dict[str, list[Vector]]
) -> str:
    def score(agent: Agent) -> float:
        said = max(similarity(asked, vector) for vector in shown[agent.id])
        examples = of_defaults.get(agent.name, []) if agent.is_default else []
        return max(said, nearness(asked, examples, _NEAREST)) if examples else said

    return max(team, key=score).name
