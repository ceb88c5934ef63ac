"""From a model's name to a model that answers."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from entourage.kit.errors import Invalid, Problem
from entourage.llm.catalogue import Catalogue, Offer, Target
from entourage.llm.embeddings import Embedder
from entourage.llm.prices import cost_usd
from entourage.llm.schemas import OFFLINE_MODEL, ModelOut
from entourage.llm.sdk import RUNTIME, Imports, make_client, make_model, modules_of, sdk_of

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI
    from pydantic_ai.models import Model
    from pydantic_ai.usage import RequestUsage

    from entourage.llm.doors.core import Core
    from entourage.llm.offline import OfflineModel

DEFAULT = "default"
"""An alias of the person's default model, like None."""

_MOST_CLIENTS = 500
_SHOWN_NAMES = 10


@dataclass(frozen=True)
class Resolved:
    """A model ready to run. `id` is its id in `/my/models`; `provider` is None for the offline model.

    Of an alias `provider` and `name` are those of its first candidate; who answered is in the call's usage.
    """

    id: str
    name: str
    model: Model[Any]
    provider: str | None = None
    provider_id: str | None = None
    provider_type: str = OFFLINE_MODEL
    base_url: str = ""

    @property
    def is_offline(self) -> bool:
        return self.provider is None

    def cost_usd(self, usage: RequestUsage) -> Decimal | None:
        """What a call with this usage cost; None when the price is not known."""
        return cost_usd(self.provider_type, self.base_url, self.name, usage)


class _Found(NamedTuple):
    """What a name leads to. `target` and `model` are the first of an alias."""

    id: str
    target: Target
    model: str


class Models:
    """Models by owner: those of the person's providers, their aliases, and the offline one.

    Calls go through the gateway (`through`), with its fallbacks, budgets and accounting.
    """

    def __init__(self, catalogue: Catalogue, *, embedder: Embedder | None = None) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._offline: OfflineModel | None = None
        self._imports = Imports()
        self._core: Core | None = None
        self._http: httpx2.AsyncClient | None = None
        self._clients: OrderedDict[tuple[str, str, str], AsyncOpenAI | AsyncAnthropic] = OrderedDict()

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

        Raises Invalid for a name that means nothing to this person. The first model of a dialect takes a
        second or two, unless `warm` was called before.
        """
        offer = await self._catalogue.of(owner_id)
        wanted = _default(offer) if name is None or name == DEFAULT else name
        if wanted == OFFLINE_MODEL:
            await self.ready()
            return Resolved(id=OFFLINE_MODEL, name=OFFLINE_MODEL, model=self._offline_model())
        found = _find(offer, wanted)
        await self._imports.need(*RUNTIME, *modules_of(found.target))
        return Resolved(
            id=found.id,
            name=found.model,
            model=make_model(found.target, found.model, self._client(owner_id, found)),
            provider=found.target.name,
            provider_id=found.target.id,
            provider_type=found.target.kind.type,
            base_url=found.target.base_url,
        )

    async def warm(self, owner_id: str) -> None:
        """Import what the person's next run will need, so that it does not wait for that. Never raises a Problem."""
        with suppress(Problem):
            await self.resolve(owner_id)

    async def ready(self) -> None:
        """Wait until pydantic-ai is imported; whoever imports parts of it afterwards finds it whole."""
        await self._imports.need(*RUNTIME)

    def _offline_model(self) -> OfflineModel:
        from entourage.llm.offline import OfflineModel

        self._offline = self._offline or OfflineModel(self._embedder)
        return self._offline

    def _client(self, owner_id: str, found: _Found) -> AsyncOpenAI | AsyncAnthropic:
        """The SDK's client for one name of one person."""
        from entourage.llm.inside.transport import inside_client, route_headers

        key = (owner_id, found.id, sdk_of(found.target))
        client = self._clients.get(key)
        if client is None:
            if self._core is None:
                raise LookupError("this application has no gateway to call models through")
            self._http = self._http or inside_client(self._core)
            client = self._clients[key] = make_client(found.target, self._http, route_headers(owner_id, found.id))
            while len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        else:
            self._clients.move_to_end(key)
        return client


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
