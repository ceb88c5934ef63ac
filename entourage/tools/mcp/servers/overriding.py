"""Tools as they are shown: with the names, descriptions and arguments that somebody gave them instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from entourage.tools.mcp.servers.definition import Override


class ShownTool(msgspec.Struct, frozen=True):
    """A definition as clients see it, the server's own name of it, and arguments that are filled in."""

    own_name: str
    definition: dict[str, Any]
    arguments: Mapping[str, Any]


def shown(tools: Sequence[Mapping[str, Any]], overrides: Mapping[str, Override]) -> Iterator[ShownTool]:
    """The tools that are not hidden. Where two would have one name, the first keeps it."""
    taken: set[str] = set()
    for tool in tools:
        own = str(tool["name"])
        override = overrides.get(own)
        if override is None:
            one = ShownTool(own, dict(tool), {})
        elif override.hidden:
            continue
        else:
            one = ShownTool(own, _overridden(tool, override), override.arguments)
        if one.definition["name"] not in taken:
            taken.add(one.definition["name"])
            yield one


def _overridden(tool: Mapping[str, Any], override: Override) -> dict[str, Any]:
    changed = dict(tool)
    if override.name is not None:
        changed["name"] = override.name
    if override.description is not None:
        changed["description"] = override.description
    if override.arguments:
        changed["inputSchema"] = _with_defaults(tool.get("inputSchema") or {}, override.arguments)
    return changed


def _with_defaults(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in need not be given."""
    properties = dict(schema.get("properties") or {})
    for name, value in arguments.items():
        known = properties.get(name)
        properties[name] = {**(known if isinstance(known, dict) else {}), "default": value}
    wanted: list[str] = schema.get("required") or []
    required = [name for name in wanted if name not in arguments]
    return {**schema, "properties": properties, "required": required}
