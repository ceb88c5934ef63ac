"""What a person can call: providers with their keys, aliases, the default. Kept for seconds, dropped at changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, TypeVar, cast

import msgspec
from msgspec.structs import replace
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.vault import Vault
from entourage.llm.kept import Kept
from entourage.llm.kinds import KINDS, Kind
from entourage.llm.money.prices import own_price
from entourage.llm.money.table import Price
from entourage.llm.schemas import OFFLINE_MODEL
from entourage.llm.tables import AliasRow, ProviderRow
from entourage.stores.sql import EVERYONE, Database

R = TypeVar("R", ProviderRow, AliasRow)

Billing: TypeAlias = Literal["own", "pooled", "free"]
Strategy: TypeAlias = Literal["priority", "weighted", "latency", "cost", "ab"]


@dataclass(frozen=True, slots=True)
class Target:
    """A provider one can call. `owner_id` is whose it is: an admin's, when it is shared."""

    id: str
    owner_id: str
    name: str
    kind: Kind
    base_url: str
    key: str | None = field(repr=False)
    models: tuple[str, ...] = ()
    weight: int = 100
    billing: Billing = "own"
    prices: dict[str, Price] = field(default_factory=dict[str, Price])
    """The owner's own prices by model, in place of those of the table."""
    is_default: bool = False
    version: int = 1


class Candidate(NamedTuple):
    """One of the models behind an alias."""

    provider_id: str
    model: str
    weight: int


class Alias(msgspec.Struct, frozen=True):
    """A name for several models, and how one of them is chosen."""

    id: str
    name: str
    strategy: Strategy
    candidates: tuple[Candidate, ...]


class Offer(msgspec.Struct, frozen=True):
    """Everything of one person, the shared things included. A person's own thing hides a shared one of its name."""

    providers: dict[str, Target]
    """By id, the default one first."""
    aliases: dict[str, Alias]
    default: str | None
    """What `default` means: a name as a caller would give it; None when only the offline model is there."""
    routes: dict[str, object] = msgspec.field(default_factory=dict[str, object])
    """Where names lead, as the gateway has found out; it is forgotten with the offer."""

    def named(self, name: str) -> Target | None:
        """The provider of this name, the person's own before a shared one."""
        return next((target for target in self.providers.values() if target.name == name), None)

    def listing(self, model: str) -> Target | None:
        """The first provider that lists this model."""
        return next((target for target in self.providers.values() if model in target.models), None)

    def has(self, name: str) -> bool:
        """Whether `name` means something here: an alias, `provider/model`, a listed model or the offline one."""
        provider, slash, _ = name.partition("/")
        is_full = bool(slash) and self.named(provider) is not None
        return name == OFFLINE_MODEL or name in self.aliases or is_full or self.listing(name) is not None


class Catalogue:
    """Offers by owner."""

    def __init__(self, database: Database, vault: Vault, preferences: PreferenceStore) -> None:
        self._database = database
        self._vault = vault
        self._preferences = preferences
        self._kept: Kept[Offer] = Kept(self._load)
        preferences.on_change(self.changed)

    def known(self, owner_id: str) -> Offer | None:
        """The offer if it is at hand; else ask `of`."""
        return self._kept.known(owner_id)

    def last(self, owner_id: str) -> Offer | None:
        """The offer as it was last seen, for accounting."""
        return self._kept.last(owner_id)

    async def of(self, owner_id: str) -> Offer:
        """The person's offer."""
        return await self._kept.of(owner_id)

    def changed(self, owner_id: str | None = None) -> None:
        """Call it after a change of this person's things has been committed; without one after a shared thing's."""
        self._kept.drop(owner_id)

    async def _load(self, owner_id: str) -> Offer:
        async with self._database.read(EVERYONE) as session:
            provider_rows = await mine_or_shared(session, ProviderRow, owner_id)
            alias_rows = await mine_or_shared(session, AliasRow, owner_id)
        providers = {row.id: await self._target(row) for row in provider_rows}
        aliases = dict[str, Alias]()
        for row in alias_rows:
            aliases.setdefault(row.name, _alias(row, providers))
        preferred = (await self._preferences.get(owner_id))[0].ai.default_model
        offer = Offer(providers, aliases, preferred)
        return offer if preferred and offer.has(preferred) else replace(offer, default=_first_model(offer))

    async def _target(self, row: ProviderRow) -> Target:
        key = await self._vault.get(row.owner_id, row.secret_name) if row.has_key else None
        return Target(
            id=row.id,
            owner_id=row.owner_id,
            name=row.name,
            kind=KINDS[row.type],
            base_url=row.base_url,
            key=key,
            models=tuple(row.models),
            weight=row.weight,
            billing=cast("Billing", row.billing),
            prices={model: own_price(amounts) for model, amounts in row.prices.items()},
            is_default=row.is_default,
            version=row.version,
        )


async def mine_or_shared(session: AsyncSession, table: type[R], owner_id: str) -> list[R]:
    """The person's own rows, the default provider first, then those that are shared. The session sees everybody's."""
    rows = await session.scalars(select(table).where(or_(table.owner_id == owner_id, table.is_shared)))
    return sorted(rows, key=lambda row: (row.owner_id != owner_id, not getattr(row, "is_default", False), row.id))


def _alias(row: AliasRow, providers: dict[str, Target]) -> Alias:
    """The alias with those of its candidates that this person may call."""
    candidates = (Candidate(one["provider_id"], one["model"], one["weight"]) for one in row.candidates)
    mine = tuple(one for one in candidates if one.provider_id in providers)
    return Alias(row.id, row.name, cast("Strategy", row.strategy), mine)


def _first_model(offer: Offer) -> str | None:
    chosen = next((target for target in offer.providers.values() if target.models), None)
    return f"{chosen.name}/{chosen.models[0]}" if chosen else None
