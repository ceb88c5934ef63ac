"""Providers of a person, and those that admins share: made, changed, tested, removed. Keys go to the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import Secret
from entourage.accounts.vault import Vault, put_secret
from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.paging import decode_cursor, page_of
from entourage.llm.catalogue import Catalogue, mine_or_shared
from entourage.llm.kinds import KINDS
from entourage.llm.schemas import OwnPrices, ProviderIn, ProviderOut, ProviderPatch, ProviderTest
from entourage.llm.tables import ProviderRow
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database
from entourage.wire.addresses import check_base_url

if TYPE_CHECKING:
    import httpx2

MAX_PROVIDERS = 50

_PLAIN = ("name", "type", "models", "weight", "billing", "is_shared")
"""Fields of a patch that go into the row as they are."""


def dialect_of(provider_type: str) -> str:
    """`openai` or `anthropic`: which of the two SDKs speaks to a provider."""
    return "anthropic" if KINDS[provider_type].is_anthropic else "openai"


class Providers:
    """Providers by owner. `client` is the one HTTP client they are all called through."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        settings: Settings,
        catalogue: Catalogue,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._vault = vault
        self._allow_private = settings.allow_private_providers
        self.timeouts = timeouts or Timeouts()
        self._client: httpx2.AsyncClient | None = None

    @property
    def client(self) -> httpx2.AsyncClient:
        """The one HTTP client of all providers, made when the first of them is called."""
        if self._client is None:
            from entourage.llm.http import provider_client

            self._client = provider_client(self.timeouts, allow_private=self._allow_private)
        return self._client

    async def close(self) -> None:
        """Ends all connections."""
        if self._client:
            await self._client.aclose()

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of providers, those of others that are shared included, oldest first."""
        query = select(ProviderRow).where(or_(ProviderRow.owner_id == owner_id, ProviderRow.is_shared))
        query = query.order_by(ProviderRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(ProviderRow.id > after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), lambda row: shown(row, owner_id))

    async def rows(self, owner_id: str) -> list[ProviderRow]:
        """All providers the person may use, the default one first, their own before shared ones."""
        async with self._database.read(EVERYONE) as session:
            return await mine_or_shared(session, ProviderRow, owner_id)

    async def get(self, owner_id: str, provider_id: str) -> ProviderRow:
        """One of theirs, or a shared one. Raises NotFound."""
        async with self._database.read(EVERYONE) as session:
            row = await session.get(ProviderRow, provider_id)
        if row is None or not (row.owner_id == owner_id or row.is_shared):
            raise _unknown(provider_id)
        return row

    async def key_of(self, owner_id: str, row: ProviderRow) -> str | None:
        """The API key, for the server's own calls only."""
        del owner_id  # a shared provider's key is that of whoever shares it
        return await self._vault.get(row.owner_id, row.secret_name) if row.has_key else None

    async def create(self, owner_id: str, body: ProviderIn, *, is_admin: bool = False) -> ProviderRow:
        """A new provider; the first of a person becomes the default. Raises Invalid, Forbidden, Conflict."""
        check_sharing(body.is_shared, is_admin=is_admin)
        row = ProviderRow(
            name=body.name,
            type=body.type,
            base_url=self._base_url(body.type, body.base_url),
            models=body.models,
            weight=body.weight,
            billing=body.billing,
            prices=_plain(body.prices),
            is_shared=body.is_shared,
        )
        try:
            async with self._database.write(owner_id) as session:
                count = await session.scalar(select(func.count()).select_from(ProviderRow)) or 0
                if count >= MAX_PROVIDERS:
                    raise Conflict(f"There are {MAX_PROVIDERS} providers already.", hint="Delete one that is not used.")
                session.add(row)
                await session.flush()
                await self._keep_key(session, owner_id, row, body.api_key.get_secret_value() if body.api_key else None)
                if body.is_default or count == 0:
                    await _make_default(session, row)
        except IntegrityError:
            raise _taken(body.name) from None
        self._catalogue.changed(None if row.is_shared else owner_id)
        return row

    async def change(
        self, owner_id: str, provider_id: str, patch: ProviderPatch, if_match: str | None, *, is_admin: bool = False
    ) -> ProviderRow:
        """Raises NotFound, Stale, Invalid, Forbidden, Conflict."""
        given = patch.model_fields_set
        try:
            async with self._database.write(owner_id) as session:
                row = await _find(session, provider_id)
                check_if_match(if_match, provider_etag(row))
                check_sharing(row.is_shared or bool(patch.is_shared), is_admin=is_admin)
                for name in given.intersection(_PLAIN):
                    setattr(row, name, getattr(patch, name))
                if patch.prices is not None:
                    row.prices = _plain(patch.prices)
                if given & {"type", "base_url"}:
                    url = patch.base_url if "base_url" in given else None if "type" in given else row.base_url
                    row.base_url = self._base_url(row.type, url)
                if "api_key" in given:
                    key = patch.api_key.get_secret_value() if patch.api_key else None
                    await self._keep_key(session, owner_id, row, key)
                if given & {"type", "base_url", "api_key"}:
                    row.status, row.last_error = "unknown", None
                if patch.is_default is not None:
                    await (_make_default(session, row) if patch.is_default else _make_plain(session, row))
                row.version += 1
        except IntegrityError:
            raise _taken(str(patch.name)) from None
        self._catalogue.changed(None if row.is_shared or "is_shared" in given else owner_id)
        return row

    async def delete(self, owner_id: str, provider_id: str, if_match: str | None) -> None:
        """Remove a provider and its key; the oldest other one becomes the default. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, provider_id)
            check_if_match(if_match, provider_etag(row))
            await self._keep_key(session, owner_id, row, None)
            await session.delete(row)
            await session.flush()
            if row.is_default and (heir := await session.scalar(select(ProviderRow).order_by(ProviderRow.id).limit(1))):
                await _make_default(session, heir)
        self._catalogue.changed(None if row.is_shared else owner_id)

    async def test(self, owner_id: str, provider_id: str) -> ProviderTest:
        """Ask it for its models and remember how it went; fills an empty list of models. Raises NotFound.

        A shared provider of somebody else's is asked, but nothing is written into it.
        """
        row = await self.get(owner_id, provider_id)
        key = await self.key_of(owner_id, row)
        from entourage.llm.probing import probe

        told = await probe(self.client, dialect_of(row.type), row.base_url, key, row.name)
        changes: dict[str, object] = {"status": "ok" if told.ok else "failing", "last_error": told.error}
        if told.ok and not row.models:
            changes["models"] = told.models
        async with self._database.write(owner_id) as session:
            await session.execute(update(ProviderRow).where(ProviderRow.id == provider_id).values(**changes))
        self._catalogue.changed(None if row.is_shared else owner_id)
        return told

    def _base_url(self, provider_type: str, given: str | None) -> str:
        kind = KINDS[provider_type]
        url = given or kind.base_url
        if url is None and not kind.needs_base_url:
            return ""
        if url is None:
            raise Invalid(
                f"A provider of type {provider_type!r} needs a base_url.",
                hint="For the OpenAI dialect it usually ends with /v1.",
                errors=[{"field": "base_url", "message": "needed for this type"}],
            )
        return check_base_url(url, allow_private=self._allow_private)

    async def _keep_key(self, session: AsyncSession, owner_id: str, row: ProviderRow, key: str | None) -> None:
        row.has_key = bool(key and key.strip())
        if key and row.has_key:
            await put_secret(session, self._vault, owner_id, row.secret_name, key.strip())
        else:
            await session.execute(delete(Secret).where(Secret.name == row.secret_name))


def provider_etag(row: ProviderRow) -> str:
    """The entity tag of a provider."""
    return etag_of("provider", row.id, row.version)


def shown(row: ProviderRow, owner_id: str) -> ProviderOut:
    """The provider as this person is shown it."""
    out = ProviderOut.model_validate(row)
    return out if row.owner_id == owner_id else out.model_copy(update={"is_own": False, "is_default": False})


def check_sharing(is_shared: bool, *, is_admin: bool) -> None:
    """Raises Forbidden when somebody who is no admin shares something or changes what is shared."""
    if is_shared and not is_admin:
        raise Forbidden("Only an admin may share this with everyone.")


def _plain(prices: OwnPrices) -> dict[str, dict[str, str]]:
    return {model: price.model_dump(exclude_none=True) for model, price in prices.items()}


async def _find(session: AsyncSession, provider_id: str) -> ProviderRow:
    row = await session.get(ProviderRow, provider_id)
    if row is None:
        raise _unknown(provider_id)
    return row


def _unknown(provider_id: str) -> NotFound:
    return NotFound(f"There is no provider {provider_id}.")


async def _make_default(session: AsyncSession, row: ProviderRow) -> None:
    await session.execute(update(ProviderRow).where(ProviderRow.id != row.id).values(is_default=False))
    row.is_default = True


async def _make_plain(_: AsyncSession, row: ProviderRow) -> None:
    row.is_default = False


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a provider named {name!r} already.", errors=[{"field": "name", "message": "taken"}])
