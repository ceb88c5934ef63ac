"""Arguments that modern clients repeat in `Mcp-Param-*` headers (`x-mcp-header` in a tool's schema).

Who routes or limits by such a header must be able to trust it: it has to say what the body says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from entourage.tools.mcp.front.heads import decoded
from entourage.tools.mcp.links.errors import HEADER_MISMATCH, McpError

_KEY = "x-mcp-header"
_TYPES = frozenset({"string", "integer", "boolean"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_WHOLE = re.compile(r"-?[0-9]{1,40}(\.0+)?").fullmatch
_MOST_DEPTH = 16

_Path: TypeAlias = tuple[str, ...]


class ParamHeader(NamedTuple):
    """An argument by its path, and the rest of its header's name in lower case."""

    path: tuple[str, ...]
    name: str
    type: str


def param_headers(schema: Mapping[str, Any]) -> tuple[ParamHeader, ...]:
    """The declared headers; none when a declaration is wrong, for then clients send none."""
    found: list[ParamHeader] = []
    for path, prop in _properties(schema, ()):
        if (name := prop.get(_KEY)) is None:
            continue
        kind = prop.get("type")
        if not (isinstance(name, str) and _TOKEN(name) and kind in _TYPES):
            return ()
        found.append(ParamHeader(path, name.lower(), str(kind)))
    return tuple(found) if len({one.name for one in found}) == len(found) else ()


def check_params(declared: tuple[ParamHeader, ...], args: Mapping[str, Any], told: Mapping[str, str]) -> None:
    """Raises McpError (-32020) for a header that is missing, too much, broken or different."""
    for one in declared:
        value, raw = _value(args, one.path), told.get(one.name)
        shown = _shown(value)
        if shown is None:
            if raw is not None:
                raise _mismatch(one, "is sent, but the body has no such argument")
        elif raw is None:
            raise _mismatch(one, "is missing")
        elif (text := decoded(raw)) is None:
            raise _mismatch(one, "is not valid base64")
        elif text != shown and not _same_number(one, value, text):
            raise _mismatch(one, "differs from the body")


def _properties(schema: Mapping[str, Any], path: _Path) -> Iterator[tuple[_Path, Mapping[str, Any]]]:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or len(path) >= _MOST_DEPTH:
        return
    for name, prop in cast("dict[str, Any]", properties).items():
        if isinstance(prop, dict):
            found = cast("dict[str, Any]", prop)
            yield (*path, name), found
            yield from _properties(found, (*path, name))


def _value(args: Mapping[str, Any], path: tuple[str, ...]) -> object:
    node: object = args
    for key in path:
        if not isinstance(node, dict):
            return None
        node = cast("dict[str, object]", node).get(key)
    return node


def _shown(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _same_number(one: ParamHeader, value: object, text: str) -> bool:
    if one.type != "integer" or isinstance(value, bool) or not isinstance(value, int | float) or not _WHOLE(text):
        return False
    return value == int(text.partition(".")[0])


def _mismatch(one: ParamHeader, what: str) -> McpError:
    return McpError(HEADER_MISMATCH, f"The header Mcp-Param-{one.name} of {'.'.join(one.path)!r} {what}.")
