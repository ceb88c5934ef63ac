"""The address of a call within its service: never above its base, never double-encoded, never with a line break."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from entourage.kit.errors import BadRequest
from entourage.tools.services.openapi.operations import Operation, Parameter

MAX_TARGET_BYTES = 16 * 1024

_SAFE = "/:@!$&'()*+,;=-._~"
_STILL_ENCODED = re.compile(r"%(?:2e|2f|5c|25|00|0a|0d|3f|23|3b)", re.IGNORECASE)
"""Escapes that are left after decoding once: whoever decodes twice would see dots, slashes or line breaks."""

_QUERY = re.compile(rb"[!-~]*")


def raw_target(base_path: str, path: str, query: bytes) -> bytes:
    """The target of a path that came percent-decoded (it begins with a slash) and a query as it came.

    Raises BadRequest for what could leave the service's own folder or the request line.
    """
    _check(path)
    if not _QUERY.fullmatch(query):
        raise BadRequest("The query holds characters that no URL has.")
    target = (quote(base_path, safe=_SAFE + "%") + quote(path, safe=_SAFE)).encode()
    return _bounded(target + (b"?" + query if query else b""))


def operation_target(base_path: str, operation: Operation, args: dict[str, Any]) -> tuple[str, bytes]:
    """The path of an operation with its arguments, and the whole target. Raises BadRequest."""
    path = operation.path
    query: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        if parameter.argument not in args or (value := args[parameter.argument]) is None:
            continue
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(_segment(parameter, value), safe="-._~"))
        elif parameter.place == "query":
            query += ((parameter.name, text) for text in texts(parameter, value))
    target = quote(base_path, safe=_SAFE + "%") + quote(path, safe=_SAFE + "%")
    return path, _bounded((target + ("?" + urlencode(query) if query else "")).encode())


def texts(parameter: Parameter, value: Any) -> Iterable[str]:
    """A value of a parameter as it stands in a query or header: several for a list that is not joined."""
    if isinstance(value, list):
        found = [plain(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        return [",".join(found)] if parameter.is_list_joined else found
    return [plain(value)]


def plain(value: Any) -> str:
    """A value as text. Objects have no agreed form outside of JSON. Raises BadRequest."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise BadRequest("A parameter is neither text nor a number.")


def _segment(parameter: Parameter, value: Any) -> str:
    text = ",".join(texts(parameter, value))
    leads = {"..", "."} & set(re.split(r"[/\\;]", text))
    if not text or leads or not text.isprintable() or _STILL_ENCODED.search(text):
        raise BadRequest(f"{parameter.argument} is no part of a path: {text[:80]!r}.")
    return text


def _check(path: str) -> None:
    if "\\" in path or "\ufffd" in path or not path.isprintable() or _STILL_ENCODED.search(path):
        raise BadRequest("The path holds characters that no path of a service has.")
    if ".." in path and ".." in re.split(r"[/;]", path):
        raise BadRequest("The path leads upwards.")
    if path.startswith("//") or "/./" in f"{path}/":
        raise BadRequest("The path has a part that is no name.")


def _bounded(target: bytes) -> bytes:
    if len(target) > MAX_TARGET_BYTES:
        raise BadRequest(f"The address is longer than {MAX_TARGET_BYTES} bytes.")
    return target
