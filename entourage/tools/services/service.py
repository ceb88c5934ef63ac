"""Services of a person, and those that admins share: registered, changed, refreshed, removed."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import Secret
from entourage.accounts.vault import Vault, put_secret
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound
from entourage.kit.etag import check_if_match
from entourage.kit.paging import decode_cursor, page_of
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.services.calling.forwarding import Forwarding
from entourage.tools.services.fetching import OpenApiFetcher
from entourage.tools.services.known import KnownServices
from entourage.tools.services.openapi.document import Document
from entourage.tools.services.openapi.operations import Imported, Operation, read_operations
from entourage.tools.services.schemas import OperationOut, ServiceAuth, ServiceIn, ServiceOut, ServicePatch
from entourage.tools.services.shown import inside_shown, operation_shown, service_etag, service_shown
from entourage.tools.services.tables import ServiceRow
from entourage.wire.addresses import check_base_url

MAX_SERVICES = 100

_PLAIN = ("title", "is_shared", "timeout_seconds", "retries", "rps", "quota_per_day", "allow")
"""Fields of a patch that go into the row as they are."""


class ServiceRegistry:
    """Services by owner."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        known: KnownServices,
        forwarding: Forwarding,
        fetcher: OpenApiFetcher,
        *,
        allow_private: bool,
    ) -> None:
        self._database = database
        self._vault = vault
        self._known = known
        self._forwarding = forwarding
        self._fetcher = fetcher
        self._allow_private = allow_private

    async def page(self, owner_id: str, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of services, shared ones included, oldest first; the server's own APIs lead the first page."""
        query = select(ServiceRow).where(or_(ServiceRow.owner_id == owner_id, ServiceRow.is_shared))
        query = query.order_by(ServiceRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(ServiceRow.id > after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        page = page_of(rows, limit, lambda row: (row.id,), lambda row: self._shown(row, owner_id))
        if cursor is None:
            inside = [inside_shown(one, self._forwarding.breaker(one.id)) for one in self._known.inside.values()]
            page["items"] = [*inside, *page["items"]]
        return page

    async def get(self, owner_id: str, service_id: str) -> ServiceOut:
        """One of theirs, a shared one, or one of the server's own. Raises NotFound."""
        if service_id in self._known.inside:
            return inside_shown(self._known.inside[service_id], self._forwarding.breaker(service_id))
        return self._shown(await self._visible(owner_id, service_id), owner_id)

    async def operations(self, owner_id: str, service_id: str) -> list[OperationOut]:
        """The operations of a service one can see. Raises NotFound."""
        if service_id in self._known.inside:
            own = self._known.inside[service_id]
            return [operation_shown(own.name, one) for one in own.operations.values()]
        row = await self._visible(owner_id, service_id)
        return [operation_shown(row.name, one) for one in msgspec.convert(row.operations, list[Operation])]

    async def create(self, owner_id: str, body: ServiceIn, *, is_admin: bool) -> ServiceOut:
        """A new service. Raises Invalid, Forbidden, Conflict, Upstream (its document cannot be fetched)."""
        _check_sharing(body.is_shared, is_admin=is_admin)
        row = ServiceRow(
            **body.model_dump(include={"name", *_PLAIN}),
            base_url=check_base_url(body.base_url, allow_private=self._allow_private),
        )
        await self._describe(row, body.openapi)
        row.title = body.title or row.title or body.name
        try:
            async with self._database.write(owner_id) as session:
                if (await session.scalar(select(func.count()).select_from(ServiceRow)) or 0) >= MAX_SERVICES:
                    raise Conflict(f"There are {MAX_SERVICES} services already.", hint="Remove one that is not used.")
                session.add(row)
                await session.flush()
                await self._authorize(session, owner_id, row, body.auth)
        except IntegrityError:
            raise Conflict(
                f"There is a service named {body.name!r} already.", errors=[{"field": "name", "message": "taken"}]
            ) from None
        self._changed(owner_id, row)
        return self._shown(row, owner_id)

    async def change(
        self, owner_id: str, service_id: str, patch: ServicePatch, if_match: str | None, *, is_admin: bool
    ) -> ServiceOut:
        """Raises NotFound, Stale, Invalid, Forbidden, Upstream."""
        given = patch.model_fields_set
        described = await self._newly_described(owner_id, service_id, patch) if "openapi" in given else None
        async with self._database.write(owner_id) as session:
            row = await _find(session, service_id)
            check_if_match(if_match, service_etag(row.id, row.version))
            was_shared = row.is_shared
            _check_sharing(was_shared or bool(patch.is_shared), is_admin=is_admin)
            for name in given & set(_PLAIN):
                setattr(row, name, getattr(patch, name))
            if patch.base_url is not None:
                self._move(row, check_base_url(patch.base_url, allow_private=self._allow_private), patch)
            if described is not None:
                row.openapi_url, row.operations, row.skipped, row.refreshed_at = described
            if patch.auth is not None:
                await self._authorize(session, owner_id, row, patch.auth)
            row.version += 1
        self._changed(owner_id, row, was_shared=was_shared)
        return self._shown(row, owner_id)

    async def refresh(self, owner_id: str, service_id: str, *, is_admin: bool) -> ServiceOut:
        """Fetch its document again. Raises NotFound, Conflict without an address, Invalid, Upstream, Forbidden."""
        async with self._database.read(owner_id) as session:
            row = await _find(session, service_id)
        if row.openapi_url is None:
            raise Conflict(f"The service {row.name} has no address of a document.", hint="Give it one as openapi.")
        patch = ServicePatch(openapi=row.openapi_url)
        return await self.change(owner_id, service_id, patch, None, is_admin=is_admin)

    async def delete(self, owner_id: str, service_id: str, if_match: str | None) -> None:
        """Remove a service and forget its secret. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, service_id)
            check_if_match(if_match, service_etag(row.id, row.version))
            await session.execute(delete(Secret).where(Secret.name == row.secret_name))
            await session.delete(row)
        self._changed(owner_id, row)

    async def visible(self, owner_id: str, service_id: str) -> str:
        """The name that calls of it are counted under. Raises NotFound."""
        if service_id not in self._known.inside:
            service_id = (await self._visible(owner_id, service_id)).id
        return f"svc:{service_id}"

    async def _visible(self, owner_id: str, service_id: str) -> ServiceRow:
        async with self._database.read(EVERYONE) as session:
            row = await session.get(ServiceRow, service_id)
        if row is None or not (row.owner_id == owner_id or row.is_shared):
            raise _unknown(service_id)
        return row

    async def _newly_described(
        self, owner_id: str, service_id: str, patch: ServicePatch
    ) -> tuple[str | None, list[dict[str, Any]], list[str], int | None]:
        async with self._database.read(owner_id) as session:
            row = await _find(session, service_id)
        sample = ServiceRow(name=row.name, title=row.title, base_url=patch.base_url or row.base_url)
        await self._describe(sample, patch.openapi)
        return sample.openapi_url, sample.operations, sample.skipped, sample.refreshed_at

    async def _describe(self, row: ServiceRow, openapi: dict[str, Any] | str | None) -> None:
        """Take the operations of a document, which is fetched first when only its address is given."""
        row.openapi_url = openapi if isinstance(openapi, str) else None
        row.operations, row.skipped, row.refreshed_at = [], [], None
        if openapi is None:
            return
        if isinstance(openapi, str):
            document = Document.of_text(await self._fetcher.fetch(openapi, row.base_url))
        else:
            document = Document(openapi)
        found: Imported = read_operations(document)
        row.title = row.title or found.title
        row.operations = msgspec.to_builtins(found.operations)
        row.skipped, row.refreshed_at = found.skipped, now_ms()

    async def _authorize(self, session: AsyncSession, owner_id: str, row: ServiceRow, auth: ServiceAuth) -> None:
        row.auth_kind, row.auth_header = auth.kind, auth.header
        if auth.kind == "none":
            await session.execute(delete(Secret).where(Secret.name == row.secret_name))
        elif auth.secret is not None:
            await put_secret(session, self._vault, owner_id, row.secret_name, auth.secret.get_secret_value())

    def _move(self, row: ServiceRow, base_url: str, patch: ServicePatch) -> None:
        """A secret is for the place it was given for: elsewhere it has to be given again."""
        is_elsewhere = base_url.split("/", 3)[:3] != row.base_url.split("/", 3)[:3]
        if is_elsewhere and row.auth_kind != "none" and (patch.auth is None or patch.auth.secret is None):
            message = "give the secret again for a new address"
            raise Invalid(f"Not valid: auth; {message}.", errors=[{"field": "auth.secret", "message": message}])
        row.base_url = base_url

    def _changed(self, owner_id: str, row: ServiceRow, *, was_shared: bool = False) -> None:
        self._known.changed(None if row.is_shared or was_shared else owner_id)
        self._forwarding.forget(row.id)

    def _shown(self, row: ServiceRow, owner_id: str) -> ServiceOut:
        return service_shown(row, owner_id, self._forwarding.breaker(row.id))


async def _find(session: AsyncSession, service_id: str) -> ServiceRow:
    row = await session.get(ServiceRow, service_id)
    if row is None:
        raise _unknown(service_id)
    return row


def _check_sharing(is_shared: bool, *, is_admin: bool) -> None:
    if is_shared and not is_admin:
        raise Forbidden("Only an admin may share a service.")


def _unknown(service_id: str) -> NotFound:
    return NotFound(f"There is no service {service_id}.")
