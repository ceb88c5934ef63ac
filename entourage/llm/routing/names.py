"""What a model's name means to a person: candidates in order, or a model of the house."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import msgspec

from entourage.kit.errors import NotFound
from entourage.llm.catalogue import Offer, Strategy
from entourage.llm.routing.standing import Standing
from entourage.llm.routing.upstream import Upstream
from entourage.llm.schemas import OFFLINE_MODEL

DEFAULT = "default"
_SHOWN_NAMES = 10


class ModelNotFound(NotFound):
    """The name means nothing to this person."""

    title = "There is no such model"


class Route(msgspec.Struct, frozen=True):
    """Where a name leads. `alias` is set for aliases only; no upstreams means a model of the house."""

    name: str
    alias: str | None
    strategy: Strategy
    upstreams: tuple[Upstream, ...]
    fingerprint: str
    """Changes when the name leads elsewhere; an answer is cached under it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names under which a key may allow it."""
        if self.alias or not self.upstreams:
            return (self.name,)
        first = self.upstreams[0]
        return (first.full_name, first.model)


class Names:
    """Resolves names in the order: inner models, aliases, `provider/model`, listed models, a provider, `default`."""

    def __init__(self, standing: Callable[[str, str], Standing], is_inner: Callable[[str], bool]) -> None:
        self._standing = standing
        self._is_inner = is_inner

    def route(self, offer: Offer, name: str) -> Route:
        """Raises ModelNotFound."""
        if self._is_inner(name):
            return _inner(name)
        found = self._alias(offer, name) or self._full(offer, name) or self._listed(offer, name)
        if found:
            return found
        if name == DEFAULT:
            return self.route(offer, offer.default) if offer.default else _inner(OFFLINE_MODEL)
        raise _unknown(offer, name)

    def _alias(self, offer: Offer, name: str) -> Route | None:
        alias = offer.aliases.get(name)
        if alias is None:
            return None
        upstreams = tuple(
            self._upstream(offer, one.provider_id, one.model, one.weight)
            for one in alias.candidates
            if one.provider_id in offer.providers
        )
        if not upstreams:
            raise ModelNotFound(f"The alias {name!r} has no model left.", hint="Give it one under Models.")
        return _route(name, name, alias.strategy, upstreams)

    def _full(self, offer: Offer, name: str) -> Route | None:
        provider, slash, model = name.partition("/")
        target = offer.named(provider) if slash and model else None
        if target is None:
            return None
        return _route(name, None, "priority", (self._upstream(offer, target.id, model, target.weight),))

    def _listed(self, offer: Offer, name: str) -> Route | None:
        """Every provider that lists it, the heaviest first; equals stay in the order of the offer."""
        targets = [target for target in offer.providers.values() if name in target.models]
        targets.sort(key=lambda target: -target.weight)
        upstreams = tuple(self._upstream(offer, target.id, name, target.weight) for target in targets)
        if upstreams:
            return _route(name, None, "priority", upstreams)
        named = offer.named(name)
        if named and named.models:
            return _route(name, None, "priority", (self._upstream(offer, named.id, named.models[0], named.weight),))
        return None

    def _upstream(self, offer: Offer, provider_id: str, model: str, weight: int) -> Upstream:
        return Upstream(offer.providers[provider_id], model, weight, self._standing(provider_id, model))


def _inner(name: str) -> Route:
    return Route(name, None, "priority", (), name)


def _route(name: str, alias: str | None, strategy: Strategy, upstreams: tuple[Upstream, ...]) -> Route:
    places = "\n".join(f"{one.target.id} {one.target.version} {one.model}" for one in upstreams)
    return Route(name, alias, strategy, upstreams, places)


def _unknown(offer: Offer, name: str) -> ModelNotFound:
    full = (f"{target.name}/{model}" for target in offer.providers.values() for model in target.models)
    known = ", ".join(islice((*offer.aliases, *full, OFFLINE_MODEL), _SHOWN_NAMES))
    return ModelNotFound(
        f"The model {name[:200]!r} does not exist or you have no access to it.", hint=f"Your models: {known}."
    )
