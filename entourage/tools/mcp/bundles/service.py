"""Virtual servers of a person, and those that admins share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.errors import Conflict, Forbidden, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.mcp.bundles.schemas import BundleIn, BundleOut, BundlePatch
from entourage.tools.mcp.bundles.tables import BundleRow

MAX_BUNDLES = 100


class Bundles:
    """Virtual servers by owner. `on_change` listeners are told whose changed (None: everybody's)."""

    def __init__(self, database: Database, base_url: str) -> None:
        self._database = database
        self._base_url = base_url
        self._listeners: list[Callable[[str | None], None]] = []

    def on_change(self, listener: Callable[[str | None], None]) -> None:
        """Call `listener` after each change of a bundle."""
        self._listeners.append(listener)

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page of bundles, shared ones included, oldest first."""
        query = select(BundleRow).where(or_(BundleRow.owner_id == owner_id, BundleRow.is_shared))
        query = query.order_by(BundleRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(BundleRow.id > after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), lambda row: self._shown(row, owner_id))

    async def get(self, owner_id: str, bundle_id: str) -> BundleOut:
        """One of theirs, or a shared one. Raises NotFound."""
        async with self._database.read(EVERYONE) as session:
            row = await session.get(BundleRow, bundle_id)
        if row is None or not (row.owner_id == owner_id or row.is_shared):
            raise unknown(bundle_id)
        return self._shown(row, owner_id)

    async def named(self, owner_id: str, name: str) -> BundleRow | None:
        """The person's own bundle of this name, else a shared one."""
        query = select(BundleRow).where(BundleRow.name == name)
        query = query.where(or_(BundleRow.owner_id == owner_id, BundleRow.is_shared))
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query.order_by(BundleRow.id))).all()
        return next((row for row in rows if row.owner_id == owner_id), rows[0] if rows else None)

    async def create(self, owner_id: str, body: BundleIn, *, is_admin: bool) -> BundleOut:
        """A new bundle. Raises Forbidden, Conflict."""
        _check_sharing(body.is_shared, is_admin=is_admin)
        row = BundleRow(**body.model_dump())
        try:
            async with self._database.write(owner_id) as session:
                if (await session.scalar(select(func.count()).select_from(BundleRow)) or 0) >= MAX_BUNDLES:
                    raise Conflict(f"There are {MAX_BUNDLES} bundles already.", hint="Delete one that is not used.")
                session.add(row)
        except IntegrityError:
            raise _taken(body.name) from None
        self._tell(row)
        return self._shown(row, owner_id)

    async def change(
        self, owner_id: str, bundle_id: str, patch: BundlePatch, if_match: str | None, *, is_admin: bool
    ) -> BundleOut:
        """It holds from the next request on. Raises NotFound, Stale, Forbidden, Conflict."""
        try:
            async with self._database.write(owner_id) as session:
                row = await find(session, bundle_id)
                check_if_match(if_match, bundle_etag(row))
                _check_sharing(row.is_shared or bool(patch.is_shared), is_admin=is_admin)
                was_shared = row.is_shared
                for name in patch.model_fields_set:
                    setattr(row, name, getattr(patch, name))
                row.version += 1
        except IntegrityError:
            raise _taken(str(patch.name)) from None
        self._tell(row, was_shared=was_shared)
        return self._shown(row, owner_id)

    async def delete(self, owner_id: str, bundle_id: str, if_match: str | None) -> None:
        """Delete a bundle; its tokens end at once. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await find(session, bundle_id)
            check_if_match(if_match, bundle_etag(row))
            await session.delete(row)
        self._tell(row)

    def _tell(self, row: BundleRow, *, was_shared: bool = False) -> None:
        for listener in self._listeners:
            listener(None if row.is_shared or was_shared else row.owner_id)

    def _shown(self, row: BundleRow, owner_id: str) -> BundleOut:
        return BundleOut(
            id=row.id,
            name=row.name,
            title=row.title,
            tools=row.tools,
            resources=row.resources,
            prompts=row.prompts,
            agent=row.agent,
            search=row.search,  # pyright: ignore[reportArgumentType]  # checked when it was written
            is_shared=row.is_shared,
            is_own=row.owner_id == owner_id,
            url=f"{self._base_url}/mcp/b/{row.name}",
            version=row.version,
            created_at=row.created_at,
        )


def bundle_etag(row: BundleRow | BundleOut) -> str:
    """The entity tag of a bundle."""
    return etag_of("mcp-bundle", row.id, row.version)


async def find(session: AsyncSession, bundle_id: str) -> BundleRow:
    """A bundle of the person the session is of. Raises NotFound."""
    row = await session.get(BundleRow, bundle_id)
    if row is None:
        raise unknown(bundle_id)
    return row


def unknown(bundle_id: str) -> NotFound:
    return NotFound(f"There is no bundle {bundle_id}.")


def _check_sharing(is_shared: bool, *, is_admin: bool) -> None:
    if is_shared and not is_admin:
        raise Forbidden("Only an admin may share this with everyone.")


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a bundle named {name!r} already.", errors=[{"field": "name", "message": "taken"}])
