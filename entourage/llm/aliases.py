"""Aliases of a person, and those that admins share."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.paging import decode_cursor, page_of
from entourage.llm.alias_schemas import AliasIn, AliasOut, AliasPatch, CandidateIn, CandidateOut
from entourage.llm.catalogue import Catalogue, mine_or_shared
from entourage.llm.service import check_sharing
from entourage.llm.tables import AliasRow, ProviderRow
from entourage.stores.sql import EVERYONE, Database

MAX_ALIASES = 200


class Aliases:
    """Aliases by owner."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of aliases, shared ones included, oldest first."""
        query = select(AliasRow).where(or_(AliasRow.owner_id == owner_id, AliasRow.is_shared))
        query = query.order_by(AliasRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(AliasRow.id > after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
            names = await _provider_names(session, owner_id)
        return page_of(rows, limit, lambda row: (row.id,), lambda row: _shown(row, owner_id, names))

    async def get(self, owner_id: str, alias_id: str) -> AliasOut:
        """One of theirs, or a shared one. Raises NotFound."""
        async with self._database.read(EVERYONE) as session:
            row = await session.get(AliasRow, alias_id)
            if row is None or not (row.owner_id == owner_id or row.is_shared):
                raise _unknown(alias_id)
            return _shown(row, owner_id, await _provider_names(session, owner_id))

    async def create(self, owner_id: str, body: AliasIn, *, is_admin: bool) -> AliasOut:
        """A new alias. Raises Invalid for a provider that is not theirs, Forbidden, Conflict."""
        check_sharing(body.is_shared, is_admin=is_admin)
        await self._check(owner_id, body.candidates, is_shared=body.is_shared)
        row = AliasRow(
            name=body.name, strategy=body.strategy, candidates=_plain(body.candidates), is_shared=body.is_shared
        )
        try:
            async with self._database.write(owner_id) as session:
                if (await session.scalar(select(func.count()).select_from(AliasRow)) or 0) >= MAX_ALIASES:
                    raise Conflict(f"There are {MAX_ALIASES} aliases already.", hint="Delete one that is not used.")
                session.add(row)
        except IntegrityError:
            raise _taken(body.name) from None
        self._catalogue.changed(None if row.is_shared else owner_id)
        return await self.get(owner_id, row.id)

    async def change(
        self, owner_id: str, alias_id: str, patch: AliasPatch, if_match: str | None, *, is_admin: bool
    ) -> AliasOut:
        """Raises NotFound, Stale, Invalid, Forbidden, Conflict."""
        given = patch.model_fields_set
        try:
            async with self._database.write(owner_id) as session:
                row = await _find(session, alias_id)
                check_if_match(if_match, alias_etag(row))
                check_sharing(row.is_shared or bool(patch.is_shared), is_admin=is_admin)
                for name in given & {"name", "strategy", "is_shared"}:
                    setattr(row, name, getattr(patch, name))
                if patch.candidates is not None:
                    row.candidates = _plain(patch.candidates)
                if given & {"candidates", "is_shared"}:
                    wanted = [CandidateIn.model_validate(one) for one in row.candidates]
                    await self._check(owner_id, wanted, is_shared=row.is_shared)
                row.version += 1
        except IntegrityError:
            raise _taken(str(patch.name)) from None
        self._catalogue.changed(None if row.is_shared or "is_shared" in given else owner_id)
        return await self.get(owner_id, alias_id)

    async def delete(self, owner_id: str, alias_id: str, if_match: str | None) -> None:
        """Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, alias_id)
            check_if_match(if_match, alias_etag(row))
            await session.delete(row)
        self._catalogue.changed(None if row.is_shared else owner_id)

    async def _check(self, owner_id: str, candidates: list[CandidateIn], *, is_shared: bool) -> None:
        async with self._database.read(EVERYONE) as session:
            rows = await mine_or_shared(session, ProviderRow, owner_id)
        usable = {row.id for row in rows if row.is_shared or not is_shared}
        for number, candidate in enumerate(candidates):
            if candidate.provider_id not in usable:
                message = "this provider is not shared" if is_shared else "unknown provider"
                field = f"candidates.{number}.provider_id"
                raise Invalid(f"Not valid: {field}; {message}.", errors=[{"field": field, "message": message}])


def alias_etag(row: AliasRow | AliasOut) -> str:
    """The entity tag of an alias."""
    return etag_of("alias", row.id, row.version)


async def _provider_names(session: AsyncSession, owner_id: str) -> dict[str, str]:
    return {row.id: row.name for row in await mine_or_shared(session, ProviderRow, owner_id)}


def _shown(row: AliasRow, owner_id: str, names: dict[str, str]) -> AliasOut:
    candidates = [
        CandidateOut(
            provider_id=one["provider_id"],
            provider=names.get(one["provider_id"]),
            model=one["model"],
            weight=one["weight"],
        )
        for one in row.candidates
    ]
    return AliasOut(
        id=row.id,
        name=row.name,
        strategy=row.strategy,  # pyright: ignore[reportArgumentType]  # checked when it was written
        candidates=candidates,
        is_shared=row.is_shared,
        is_own=row.owner_id == owner_id,
        version=row.version,
        created_at=row.created_at,
    )


def _plain(candidates: list[CandidateIn]) -> list[dict[str, object]]:
    return [one.model_dump() for one in candidates]


async def _find(session: AsyncSession, alias_id: str) -> AliasRow:
    row = await session.get(AliasRow, alias_id)
    if row is None:
        raise _unknown(alias_id)
    return row


def _unknown(alias_id: str) -> NotFound:
    return NotFound(f"There is no alias {alias_id}.")


def _taken(name: str) -> Conflict:
    return Conflict(f"There is an alias named {name!r} already.", errors=[{"field": "name", "message": "taken"}])
