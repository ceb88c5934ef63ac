"""From rows and from the file to definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entourage.kit.ids import derived_id
from entourage.tools.mcp.servers.definition import Definition, Override, Replica
from entourage.tools.mcp.servers.schemas import OverrideIn, Spec

if TYPE_CHECKING:
    from entourage.tools.mcp.servers.tables import McpServerRow

SPEC_FIELDS = ("command", "args", "env", "folders", "network", "url", "headers", "replicas")
"""What a row keeps in its `spec`."""


def definition_of_row(row: McpServerRow) -> Definition:
    """The definition in a row."""
    return Definition(
        id=row.id,
        name=row.name,
        title=row.title or row.name,
        owner_id=row.owner_id,
        transport=row.transport,  # pyright: ignore[reportArgumentType]  what was validated when it was written
        replicas=_replicas(row.spec),
        balancing=row.balancing,  # pyright: ignore[reportArgumentType]
        is_shared=row.is_shared,
        enabled=row.enabled,
        idle_seconds=row.idle_seconds,
        timeout_seconds=row.timeout_seconds,
        overrides=_overrides({name: OverrideIn.model_validate(one) for name, one in row.overrides.items()}),
        may_be_private=row.may_be_private,
        version=row.version,
    )


def definition_of_file(name: str, spec: Spec, *, is_shared: bool = True) -> Definition:
    """The definition of an entry of the file; its id is always that of its name."""
    return Definition(
        id=derived_id("mcp-file", name),
        name=name,
        title=spec.title or name,
        owner_id=None,
        transport=spec.kind,
        replicas=_replicas(plain_spec(spec)),
        balancing=spec.balancing,
        is_shared=is_shared,
        enabled=spec.enabled,
        idle_seconds=spec.idle_seconds,
        timeout_seconds=spec.timeout_seconds,
        overrides=_overrides(spec.overrides),
        may_be_private=True,
    )


def plain_spec(spec: Spec) -> dict[str, Any]:
    """What is kept of it in a row."""
    return spec.model_dump(include=set(SPEC_FIELDS), exclude_none=True)


def _replicas(spec: Mapping[str, Any]) -> tuple[Replica, ...]:
    """Each replica has of its own what it says, and of the server the rest."""
    found: list[Mapping[str, Any]] = spec.get("replicas") or [{}]
    return tuple(_replica({**spec, **one}) for one in found)


def _replica(spec: Mapping[str, Any]) -> Replica:
    folders = ((str(one["path"]), bool(one.get("writable"))) for one in spec.get("folders") or ())
    return Replica(
        weight=int(spec.get("weight") or 1),
        command=spec.get("command") or "",
        args=tuple(spec.get("args") or ()),
        env=dict(spec.get("env") or {}),
        folders=tuple(folders),
        has_network=bool(spec.get("network", True)),
        url=spec.get("url") or "",
        headers=dict(spec.get("headers") or {}),
    )


def _overrides(given: Mapping[str, OverrideIn]) -> dict[str, Override]:
    return {tool: Override(one.name, one.description, one.arguments, one.hidden) for tool, one in given.items()}
