"""From a model's name to a model that answers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from entourage.kit.errors import Invalid
from entourage.llm.catalogue import Catalogue, Offer, Target
from entourage.llm.embeddings import Embedder
from entourage.llm.inside.model import GatewayModel, Model
from entourage.llm.kinds import Kind
from entourage.llm.money.prices import Prices
from entourage.llm.schemas import OFFLINE_MODEL, ModelOut
from entourage.llm.translate.models import hears, reads_documents

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core
    from entourage.llm.offline import OfflineModel

DEFAULT = "default"
"""An alias of the person's default model, like None."""

_SHOWN_NAMES = 10


class Senses(NamedTuple):
    """What of attached files a model takes as they are: pictures, audio, documents."""

    sees: bool
    hears: bool
    reads: bool


BLIND = Senses(sees=False, hears=False, reads=False)


class Resolved(msgspec.Struct, frozen=True):
    """A model ready to run. `id` is its id in `/my/models`; `provider` is None for the offline model.

    Of an alias `provider` and `name` are those of its first candidate; who answered is in the call's usage.
    """

    id: str
    name: str
    model: Model
    provider: str | None = None
    senses: Senses = BLIND

    @property
    def is_offline(self) -> bool:
        return self.provider is None


def _senses(kind: Kind, model: str) -> Senses:
    reads = (kind.is_anthropic or kind.type == "openai") and reads_documents(model)
    return Senses(sees=True, hears=hears(model) and not kind.is_anthropic, reads=reads)


class _Found(NamedTuple):
    """What a name leads to. `target` and `model` are the first of an alias."""

    id: str
    target: Target
    model: str


class Models:
    """Models by owner: those of the person's providers, their aliases, and the offline one.

    Calls go through the gateway (`through`), with its fallbacks, budgets and accounting.
    """

    def __init__(self, catalogue: Catalogue, prices: Prices, *, embedder: Embedder | None = None) -> None:
        self._catalogue = catalogue
        self._prices = prices
        self._embedder = embedder
        self._core: Core | None = None

    @cached_property
    def _offline(self) -> OfflineModel:
        from entourage.llm.offline import OfflineModel  # many patterns, which whoever has a provider never needs

        return OfflineModel(self._embedder)

    def through(self, core: Core) -> None:
        """Call providers through this gateway."""
        self._core = core

    async def list(self, owner_id: str) -> list[ModelOut]:
        """All models, the default first, the offline one last unless nothing else is there."""
        offer = await self._catalogue.of(owner_id)
        default = _default(offer)
        shown = [
            ModelOut(id=f"{target.name}/{name}", provider=target.name, model=name, offline=False, is_default=False)
            for target in offer.providers.values()
            for name in target.models
        ]
        shown += [
            ModelOut(id=name, provider=None, model=name, offline=False, is_default=False) for name in offer.aliases
        ]
        shown.append(ModelOut(id=OFFLINE_MODEL, provider=None, model=OFFLINE_MODEL, offline=True, is_default=False))
        marked = [item.model_copy(update={"is_default": item.id == default}) for item in shown]
        return sorted(marked, key=lambda item: not item.is_default)

    async def resolve(self, owner_id: str, name: str | None = None) -> Resolved:
        """The model `name` means: an alias, an id (`provider/model`), a model or a provider alone, `offline`, None or
        `default`.

        Raises Invalid for a name that means nothing to this person.
        """
        offer = self._catalogue.known(owner_id) or await self._catalogue.of(owner_id)
        wanted = _default(offer) if name is None or name == DEFAULT else name
        if wanted == OFFLINE_MODEL:
            return Resolved(id=OFFLINE_MODEL, name=OFFLINE_MODEL, model=self._offline)
        found = _find(offer, wanted)
        senses = _senses(found.target.kind, found.model)
        return Resolved(found.id, found.model, self._model(owner_id, found), found.target.name, senses)

    def _model(self, owner_id: str, found: _Found) -> GatewayModel:
        if self._core is None:
            raise LookupError("this application has no gateway to call models through")
        target = found.target
        kind = target.kind
        return GatewayModel(
            self._core,
            owner_id,
            found.id,
            found.model,
            "messages" if kind.is_anthropic else "chat",
            target.name,
            is_strict=kind.is_anthropic or kind.type == "openai",
            window_tokens=self._prices.window_tokens(kind.type, target.base_url, found.model),
        )


def _default(offer: Offer) -> str:
    """The id of the person's default model."""
    if offer.default is None or offer.default == OFFLINE_MODEL:
        return OFFLINE_MODEL
    found = _match(offer, offer.default)
    return found.id if found else OFFLINE_MODEL


def _match(offer: Offer, wanted: str) -> _Found | None:
    alias = offer.aliases.get(wanted)
    if alias and alias.candidates:
        first = alias.candidates[0]
        return _Found(wanted, offer.providers[first.provider_id], first.model)
    provider, slash, model = wanted.partition("/")
    # a provider may serve models it does not list, so a full id needs only the provider
    target = offer.named(provider) if slash and model else None
    if target:
        return _Found(wanted, target, model)
    listed = offer.listing(wanted)
    if listed:
        return _Found(f"{listed.name}/{wanted}", listed, wanted)
    named = offer.named(wanted)
    return _Found(f"{named.name}/{named.models[0]}", named, named.models[0]) if named and named.models else None


def _find(offer: Offer, wanted: str) -> _Found:
    found = _match(offer, wanted)
    if found is None:
        listed = [f"{target.name}/{name}" for target in offer.providers.values() for name in target.models]
        known = ", ".join([*[*offer.aliases, *listed][:_SHOWN_NAMES], OFFLINE_MODEL])
        raise Invalid(
            f"There is no model {wanted[:200]!r}.",
            hint=f"Your models: {known}. Connect more under Models.",
            errors=[{"field": "model", "message": "unknown model"}],
        )
    return found
