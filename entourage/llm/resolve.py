"""From a model's name to a model that answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entourage.accounts.preferences import PreferenceStore
from entourage.kit.errors import Invalid, Problem
from entourage.llm.embeddings import Embedder
from entourage.llm.prices import cost_usd
from entourage.llm.schemas import OFFLINE_MODEL, ModelOut
from entourage.llm.sdk import RUNTIME, Imports, make_client, make_model, modules_of
from entourage.llm.service import Providers
from entourage.llm.tables import ProviderRow

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI
    from pydantic_ai.models import Model
    from pydantic_ai.usage import RequestUsage

    from entourage.llm.offline import OfflineModel

DEFAULT = "default"
"""An alias of the person's default model, like None."""

_MOST_CLIENTS = 500
_SDK_RETRIES = 0
# the run loop tries again itself, and knows what was recorded


@dataclass(frozen=True)
class Resolved:
    """A model ready to run. `id` is its id in `/my/models`; `provider` is None for the offline model."""

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


class Models:
    """Models by owner: those of the person's providers, and the offline one."""

    def __init__(
        self,
        providers: Providers,
        preferences: PreferenceStore,
        *,
        embedder: Embedder | None = None,
        retries: int = _SDK_RETRIES,
    ) -> None:
        self._providers = providers
        self._preferences = preferences
        self._embedder = embedder
        self._offline: OfflineModel | None = None
        self._retries = retries
        self._imports = Imports()
        self._clients: OrderedDict[tuple[str, int], AsyncOpenAI | AsyncAnthropic] = OrderedDict()

    async def list(self, owner_id: str) -> list[ModelOut]:
        """All models, the default first, the offline one last unless nothing else is there."""
        rows = await self._providers.rows(owner_id)
        default = await self._default(owner_id, rows)
        shown = [
            ModelOut(id=f"{row.name}/{name}", provider=row.name, model=name, offline=False, is_default=False)
            for row in rows
            for name in row.models
        ]
        shown.append(ModelOut(id=OFFLINE_MODEL, provider=None, model=OFFLINE_MODEL, offline=True, is_default=False))
        marked = [item.model_copy(update={"is_default": item.id == default}) for item in shown]
        return sorted(marked, key=lambda item: not item.is_default)

    async def resolve(self, owner_id: str, name: str | None = None) -> Resolved:
        """The model `name` means: an id (`provider/model`), a model or a provider alone, `offline`, None or `default`.

        Raises Invalid for a name that means nothing to this person. The first model of a dialect takes a
        second or two, unless `warm` was called before.
        """
        rows = await self._providers.rows(owner_id)
        wanted = await self._default(owner_id, rows) if name is None or name == DEFAULT else name
        if wanted == OFFLINE_MODEL:
            await self.ready()
            return Resolved(id=OFFLINE_MODEL, name=OFFLINE_MODEL, model=self._offline_model())
        row, model_name = _find(rows, wanted)
        await self._imports.need(*RUNTIME, *modules_of(row.type))
        client = await self._client(owner_id, row)
        return Resolved(
            id=f"{row.name}/{model_name}",
            name=model_name,
            model=make_model(row, model_name, client),
            provider=row.name,
            provider_id=row.id,
            provider_type=row.type,
            base_url=row.base_url,
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

    async def _default(self, owner_id: str, rows: Sequence[ProviderRow]) -> str:
        """The model the person prefers, else the first of the default provider, else the offline one."""
        preferred = (await self._preferences.get(owner_id))[0].ai.default_model
        if preferred == OFFLINE_MODEL:
            return OFFLINE_MODEL
        if preferred and (found := _match(rows, preferred)):
            return f"{found[0].name}/{found[1]}"
        chosen = next((row for row in rows if row.is_default and row.models), None)
        return f"{chosen.name}/{chosen.models[0]}" if chosen else OFFLINE_MODEL

    async def _client(self, owner_id: str, row: ProviderRow) -> AsyncOpenAI | AsyncAnthropic:
        """The SDK's client of a provider in its present state."""
        key = (row.id, row.version)
        client = self._clients.get(key)
        if client is None:
            secret = await self._providers.key_of(owner_id, row)
            client = make_client(self._providers, row, secret, self._retries)
            self._clients[key] = client
            while len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        else:
            self._clients.move_to_end(key)
        return client


def _match(rows: Sequence[ProviderRow], wanted: str) -> tuple[ProviderRow, str] | None:
    provider, slash, model = wanted.partition("/")
    for row in rows:
        # a provider may serve models it does not list, so a full id needs only the provider
        if slash and row.name == provider and model:
            return row, model
    listed = next((row for row in rows if wanted in row.models), None)
    if listed:
        return listed, wanted
    named = next((row for row in rows if row.name == wanted and row.models), None)
    return (named, named.models[0]) if named else None


def _find(rows: Sequence[ProviderRow], wanted: str) -> tuple[ProviderRow, str]:
    found = _match(rows, wanted)
    if found is None:
        listed = [f"{row.name}/{name}" for row in rows for name in row.models]
        known = ", ".join([*listed[:10], OFFLINE_MODEL])
        raise Invalid(
            f"There is no model {wanted[:200]!r}.",
            hint=f"Your models: {known}. Connect more under Models.",
            errors=[{"field": "model", "message": "unknown model"}],
        )
    return found
