"""Declaring servers over the API: made, changed, removed; whoever may, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.mcp.servers.entries import entry_named, secrets_of, spec_of
from entourage.tools.mcp.servers.file import check_complete
from entourage.tools.mcp.servers.reading import SPEC_FIELDS, definition_of_row, plain_spec
from entourage.tools.mcp.servers.schemas import ServerIn, ServerPatch, Spec
from entourage.tools.mcp.servers.sensitive import set_apart
from entourage.tools.mcp.servers.tables import McpServerRow
from entourage.wire.addresses import check_base_url

if TYPE_CHECKING:
    from entourage.accounts.vault import Vault
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.pins import Pins
    from entourage.tools.mcp.servers.registry import Registry

MAX_SERVERS = 100

_PLAIN = ("name", "title", "balancing", "is_shared", "enabled", "idle_seconds", "timeout_seconds")
_ONLY_ADMINS = "Only an admin may declare a server that is started on this machine."


class Servers:
    """Servers by owner. `packages` is where ready-made ones were fetched to."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        registry: Registry,
        pins: Pins,
        *,
        allow_private: bool,
        packages: Path | None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._registry = registry
        self._pins = pins
        self._allow_private = allow_private
        self._packages = packages

    async def create(self, owner_id: str, body: ServerIn, *, is_admin: bool) -> Definition:
        """A new server. Raises Invalid, Forbidden, Conflict, NotFound for an entry nobody knows."""
        spec, secrets = self._spec(body)
        row = McpServerRow(
            name=body.name,
            title=spec.title or body.name,
            transport=spec.kind,
            spec=plain_spec(spec),
            balancing=spec.balancing,
            overrides=_overrides(spec),
            entry=body.entry,
            is_shared=body.is_shared,
            enabled=spec.enabled,
            may_be_private=False,
            idle_seconds=spec.idle_seconds,
            timeout_seconds=spec.timeout_seconds,
        )
        secrets |= self._prepared(row, owner_id, is_admin=is_admin)
        self._check_name(owner_id, body.name)
        try:
            async with self._database.write(owner_id) as session:
                if (await session.scalar(select(func.count()).select_from(McpServerRow)) or 0) >= MAX_SERVERS:
                    raise Conflict(f"There are {MAX_SERVERS} MCP servers already.", hint="Delete one that is not used.")
                session.add(row)
        except IntegrityError:
            raise _taken(body.name) from None
        await self._keep(owner_id, secrets)
        return self._declared(row)

    async def change(
        self, owner_id: str, server_id: str, patch: ServerPatch, if_match: str | None, *, is_admin: bool
    ) -> Definition:
        """Raises NotFound, Stale, Invalid, Forbidden, Conflict."""
        self._check_own(owner_id, server_id)
        given = patch.model_dump(exclude_unset=True)
        if "name" in given:
            self._check_name(owner_id, given["name"], but=server_id)
        try:
            async with self._database.write(owner_id) as session:
                row = await _find(session, server_id)
                check_if_match(if_match, server_etag(definition_of_row(row)))
                was_started_here = row.transport == "stdio"
                for name in _PLAIN:
                    if name in given:
                        setattr(row, name, given[name])
                if "overrides" in given:
                    row.overrides = given["overrides"]
                row.spec = {**row.spec, **{key: given[key] for key in SPEC_FIELDS if key in given}}
                if given.keys() & {"transport", "command", "url", "replicas"}:
                    row.transport = Spec.model_validate({"transport": given.get("transport"), **row.spec}).kind
                if was_started_here and not is_admin:
                    raise Forbidden(_ONLY_ADMINS)
                secrets = self._prepared(row, owner_id, is_admin=is_admin)
                row.version += 1
        except IntegrityError:
            raise _taken(str(patch.name)) from None
        await self._keep(owner_id, secrets)
        return self._declared(row)

    async def delete(self, owner_id: str, server_id: str, if_match: str | None) -> None:
        """Remove a server, and what was accepted of it. Raises NotFound, Stale, Forbidden."""
        self._check_own(owner_id, server_id)
        async with self._database.write(owner_id) as session:
            row = await _find(session, server_id)
            check_if_match(if_match, server_etag(definition_of_row(row)))
            await session.delete(row)
        await self._pins.forget(definition_of_row(row))
        self._registry.withdrawn(server_id)

    async def rows(self, definitions: Sequence[Definition]) -> dict[str, McpServerRow]:
        """The rows of these servers by id, whoever they belong to; those of the file have none."""
        wanted = [one.id for one in definitions if one.owner_id is not None]
        if not wanted:
            return {}
        async with self._database.read(EVERYONE) as session:
            found = await session.scalars(select(McpServerRow).where(McpServerRow.id.in_(wanted)))
            return {row.id: row for row in found}

    def _spec(self, body: ServerIn) -> tuple[Spec, dict[str, str]]:
        """What is declared, made of the entry where one is named, and the secrets that came with it."""
        if body.entry is None:
            if body.values:
                raise Invalid("Values are for ready-made servers: name the entry they are for.")
            return body, dict(body.secrets)
        entry = entry_named(body.entry)
        made = spec_of(entry, body.values, self._packages)
        said = body.model_dump(include=set(Spec.model_fields), exclude_unset=True)
        return Spec.model_validate({**made, **said}), {**body.secrets, **secrets_of(entry, body.values)}

    def _prepared(self, row: McpServerRow, owner_id: str, *, is_admin: bool) -> dict[str, str]:
        """Check what the row says; secrets in it are taken out and given back. Raises Invalid, Forbidden."""
        if not is_admin and row.transport == "stdio":
            raise Forbidden(_ONLY_ADMINS)
        if not is_admin and row.is_shared:
            raise Forbidden("Only an admin may share this with everyone.")
        row.may_be_private = is_admin or self._allow_private
        row.owner_id = owner_id
        row.id = row.id or new_id()
        row.version = row.version or 1
        spec = Spec.model_validate(row.spec).model_dump(include=set(SPEC_FIELDS), exclude_none=True)
        secrets = set_apart(row.name, spec)
        row.spec = spec
        definition = definition_of_row(row)
        check_complete(definition)
        for replica in definition.replicas:
            if replica.url:
                _check_url(replica.url, allow_private=row.may_be_private)
        return secrets

    def _check_name(self, owner_id: str, name: str, but: str = "") -> None:
        known = self._registry.visible(owner_id).get(name)
        if known is not None and known.id != but:
            raise _taken(name)

    def _check_own(self, owner_id: str, server_id: str) -> None:
        definition = self._registry.by_id(owner_id, server_id)
        if definition.owner_id is None:
            raise Forbidden(f"{definition.name} is declared in the file of servers.", hint="Change it there.")
        if definition.owner_id != owner_id:
            raise Forbidden(f"{definition.name} is shared by somebody else, who alone may change it.")

    async def _keep(self, owner_id: str, secrets: dict[str, str]) -> None:
        for name, value in secrets.items():
            await self._vault.put_own(owner_id, name, value)

    def _declared(self, row: McpServerRow) -> Definition:
        definition = definition_of_row(row)
        self._registry.declared(definition)
        return definition


def server_etag(definition: Definition) -> str:
    """The entity tag of a server."""
    return etag_of("mcp-server", definition.id, definition.version)


def _check_url(url: str, *, allow_private: bool) -> None:
    """Secrets may stand in the path and the query, never in the name of the host."""
    whole = url.split("?", 1)[0].split("#", 1)[0]
    host = whole.split("://", 1)[-1].split("/", 1)[0]
    if "${" in host or "#" in url:
        raise Invalid(
            "The URL is not usable: its host must be a plain name, and it must have no fragment.",
            errors=[{"field": "url", "message": "the host must be a plain name"}],
        )
    try:
        check_base_url(whole.replace("${", "").replace("}", ""), allow_private=allow_private)
    except Invalid as error:
        message = error.errors[0]["message"] if error.errors else error.detail
        raise Invalid(f"The URL is not usable: {message}.", errors=[{"field": "url", "message": message}]) from None


def _overrides(spec: Spec) -> dict[str, Any]:
    return {tool: one.model_dump(exclude_defaults=True) for tool, one in spec.overrides.items()}


async def _find(session: AsyncSession, server_id: str) -> McpServerRow:
    row = await session.get(McpServerRow, server_id)
    if row is None:
        raise NotFound(f"There is no MCP server {server_id}.")
    return row


def _taken(name: str) -> Conflict:
    return Conflict(f"There is an MCP server named {name!r} already.", errors=[{"field": "name", "message": "taken"}])
