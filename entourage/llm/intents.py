"""Which of a few classes a request belongs to, by nearness to labelled examples."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Callable, Mapping, Sequence

import msgspec

from entourage.llm.embeddings import Embedder, Vector, normalised, similarity

# spreads the scores over 0..1: measured so that right answers lie above 0.6 and wrong ones below
_TEMPERATURE = 0.05
_NEAREST = 7


class Classified(msgspec.Struct, frozen=True):
    """The class of a request, how sure that is (0..1), the same for every class, and where the request lies."""

    label: str
    confidence: float
    scores: Mapping[str, float]
    vector: Vector


class Prototypes(msgspec.Struct, frozen=True):
    """The examples' vectors by label, without `centre`, what they all share."""

    centre: Vector
    by_label: Mapping[str, Sequence[Vector]]


class IntentClassifier:
    """Scores each class by its examples nearest to the request, once what all examples share is taken away.

    What they share is mostly "is a request"; without it the nearest examples beat the class centroids. The examples
    are embedded at the first question, unless `kept` has their vectors for this embedder.
    """

    def __init__(
        self,
        embedder: Embedder,
        examples: Mapping[str, Sequence[str]],
        kept: Callable[[str], Prototypes | None] = lambda _model: None,
    ) -> None:
        self._embedder = embedder
        self._examples = examples
        self._kept = kept
        self._prototypes: Prototypes | None = None
        self._building = asyncio.Lock()

    @property
    def is_warm(self) -> bool:
        """Whether the examples' vectors are at hand."""
        return self._prototypes is not None

    async def classify(self, text: str) -> Classified:
        """The nearest class; its confidence is the softmax over all classes. Raises Unavailable with the embedder."""
        known = await self.prototypes()
        [vector] = await self.centred([text])
        return await asyncio.to_thread(_classified, known, vector)

    async def centred(self, texts: Sequence[str]) -> list[Vector]:
        """Where texts lie among the examples. Raises Unavailable."""
        known = await self.prototypes()
        # `query` on both sides: as passages the examples got 24 to 27 of 30 right, as queries 29
        vectors = await self._embedder.embed([calmed(text) for text in texts], "query")
        return [without(known.centre, vector) for vector in vectors]

    async def prototypes(self) -> Prototypes:
        """The examples' vectors. Raises Unavailable."""
        if self._prototypes is None:
            async with self._building:
                if self._prototypes is None:
                    kept = await asyncio.to_thread(self._kept, self._embedder.model)
                    self._prototypes = kept or await prototypes_of(self._embedder, self._examples)
        return self._prototypes


async def prototypes_of(embedder: Embedder, examples: Mapping[str, Sequence[str]]) -> Prototypes:
    """Embeds the examples. Raises Unavailable."""
    texts = [calmed(text) for known in examples.values() for text in known]
    vectors = await embedder.embed(texts, "query")
    return await asyncio.to_thread(_prototypes, examples, vectors)


def calmed(text: str) -> str:
    """A text that is SHOUTED in small letters: capitals say nothing of what is wanted, yet move its vector far."""
    capitals = sum(map(str.isupper, text))
    return text.lower() if capitals > sum(map(str.islower, text)) else text


def without(centre: Vector, vector: Vector) -> Vector:
    """The vector without what all share, of length 1."""
    return normalised([a - b for a, b in zip(vector, centre, strict=True)])


def nearness(asked: Vector, examples: Sequence[Vector], nearest: int = _NEAREST) -> float:
    """The mean cosine to the nearest of the examples."""
    found = sorted((similarity(asked, example) for example in examples), reverse=True)[:nearest]
    return sum(found) / len(found)


def _prototypes(examples: Mapping[str, Sequence[str]], vectors: Sequence[Vector]) -> Prototypes:
    centre = array("f", [sum(column) / len(vectors) for column in zip(*vectors, strict=True)])
    each = iter(without(centre, vector) for vector in vectors)
    return Prototypes(centre, {label: [next(each) for _ in known] for label, known in examples.items()})


def _classified(known: Prototypes, vector: Vector) -> Classified:
    scores = _softmax({label: nearness(vector, examples) for label, examples in known.by_label.items()})
    label = max(scores, key=scores.__getitem__)
    return Classified(label, scores[label], scores, vector)


def _softmax(near: Mapping[str, float]) -> dict[str, float]:
    top = max(near.values())
    weights = {label: math.exp((value - top) / _TEMPERATURE) for label, value in near.items()}
    whole = sum(weights.values())
    return {label: weight / whole for label, weight in weights.items()}
