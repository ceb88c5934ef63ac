"""What the modern era repeats in headers, so that what lies between can route on it: method, name, chosen arguments."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

ParamHeaders: TypeAlias = dict[tuple[str, ...], str]
"""From the path of an argument to the token its tool's schema wants it repeated under."""

MARK = b"x-mcp-header"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?|").fullmatch
_SENTINEL = re.compile(r"=\?base64\?.*\?=").fullmatch
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


def header_value(text: str) -> str:
    """Text that survives a header: as it is, or in base64 between marks."""
    if _PLAIN(text) and not _SENTINEL(text):
        return text
    return f"=?base64?{base64.b64encode(text.encode(errors='replace')).decode()}?="


def modern_headers(
    method: str, params: Mapping[str, Any] | None, declared: Mapping[str, ParamHeaders]
) -> Iterator[tuple[str, str]]:
    """`Mcp-Method`, `Mcp-Name` and the `Mcp-Param-*` that the called tool declares."""
    yield "Mcp-Method", method
    key = _NAMED.get(method)
    name = params.get(key) if params and key else None
    if not isinstance(name, str):
        return
    yield "Mcp-Name", header_value(name)
    if method == "tools/call" and params and (wanted := declared.get(name)):
        for path, token in wanted.items():
            if (value := _rendered(_at(params.get("arguments"), path))) is not None:
                yield f"Mcp-Param-{token}", header_value(value)


def declared_headers(tools: object) -> dict[str, ParamHeaders]:
    """What the tools of a list declare. Only properties reached through `properties` alone may."""
    found: dict[str, ParamHeaders] = {}
    for tool in cast("list[dict[str, Any]]", tools) if isinstance(tools, list) else []:
        if headers := dict(_declared(tool.get("inputSchema"), ())):
            found[str(tool.get("name"))] = headers
    return found


def _declared(schema: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(schema, dict) or len(path) > 16:
        return
    node = cast("dict[str, Any]", schema)
    token = node.get("x-mcp-header")
    if path and isinstance(token, str) and _TOKEN(token):
        yield path, token
    properties = node.get("properties")
    if isinstance(properties, dict):
        for name, inner in cast("dict[str, Any]", properties).items():
            yield from _declared(inner, (*path, name))


def _at(node: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(node, dict):
            return None
        node = cast("dict[str, object]", node).get(key)
    return node


def _rendered(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
