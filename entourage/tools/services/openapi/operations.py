"""From a document to operations: what each takes, and where every argument goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, cast, get_args

import msgspec

from entourage.kit.errors import Invalid
from entourage.tools.services.openapi.document import Document, Object, as_object, refused
from entourage.tools.services.openapi.shapes import Shapes, is_small

MAX_OPERATIONS = 500
MAX_PARAMETERS = 100
_MAX_TOLD_CHARS = 1_000

Place = Literal["path", "query", "header", "cookie"]
BodyKind = Literal["none", "json", "form", "text"]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

_BODIES: tuple[tuple[str, BodyKind], ...] = (
    ("application/json", "json"),
    ("application/x-www-form-urlencoded", "form"),
    ("text/plain", "text"),
)
_NAME = re.compile(r"[^A-Za-z0-9-]+")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}")
_NOT_FOR_CALLERS = frozenset(
    {"accept", "content-type", "authorization", "host", "content-length", "connection", "transfer-encoding", "cookie"}
)
"""Header parameters that OpenAPI ignores, and those that are not the caller's to set."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter; `argument` is what it is called among the tool's arguments."""

    argument: str
    name: str
    place: Place
    is_list_joined: bool = False
    """Whether a list is one value with commas, not several values."""


class Operation(msgspec.Struct, frozen=True):
    """One operation, as it is kept in the row. `shape` is the JSON schema of its arguments."""

    id: str
    method: str
    path: str
    title: str
    description: str
    shape: dict[str, Any]
    parameters: list[Parameter]
    body: BodyKind = "none"
    media_type: str = ""


class Imported(NamedTuple):
    """What a document holds; `skipped` says which operations could not be taken and why."""

    title: str
    operations: list[Operation]
    skipped: list[str]


def read_operations(document: Document) -> Imported:
    """Every operation of a document. Raises Invalid when there are too many, or when its paths are none."""
    operations: dict[str, Operation] = {}
    skipped: list[str] = []
    for method, path, item, found in _found(document):
        if len(operations) + len(skipped) >= MAX_OPERATIONS:
            raise refused(f"it has more than {MAX_OPERATIONS} operations")
        try:
            operation = _operation(document, method, path, item, found)
        except Invalid as problem:
            skipped.append(
                f"{method.upper()} {path[:200]}: {problem.errors[0]['message'] if problem.errors else problem}"
            )
            continue
        operations[_free(operation.id, operations)] = operation
    named = [msgspec.structs.replace(operation, id=name) for name, operation in operations.items()]
    info = document.resolved(document.root.get("info"))
    return Imported(_line(info.get("title"), 200), named, skipped)


def _found(document: Document) -> Iterator[tuple[str, str, Object, Object]]:
    for path, item in document.paths:
        if not path.startswith("/"):
            continue
        for method in METHODS:
            if isinstance(found := item.get(method), dict):
                yield method, path, item, cast("Object", found)


def _operation(document: Document, method: str, path: str, item: Object, found: Object) -> Operation:
    shapes = Shapes(document)
    properties: Object = {}
    required: list[str] = []
    parameters: list[Parameter] = []
    for given in _parameters(document, item, found):
        parameter = _parameter(given, properties)
        if parameter is None:
            continue
        properties[parameter.argument] = _described(shapes.of(_schema_of(given)), given)
        parameters.append(parameter)
        if given.get("required") is True or parameter.place == "path":
            required.append(parameter.argument)
    _check_path(path, parameters)
    body, media_type = _body(document, found, shapes, properties, required)
    shape = _shape(properties, required, shapes)
    name = _line(found.get("operationId"), 200) or f"{method}_{path}"
    description = _line(found.get("description"), _MAX_TOLD_CHARS)
    title = _line(found.get("summary"), 200)
    return Operation(
        _NAME.sub("_", name).strip("_")[:80] or method,
        method.upper(),
        path,
        title,
        description or title or f"{method.upper()} {path}",
        shape,
        parameters,
        body,
        media_type,
    )


def _parameters(document: Document, item: Object, found: Object) -> list[Object]:
    """Those of the path, replaced by those of the operation that have the same name and place."""
    merged: dict[tuple[object, object], Object] = {}
    for given in (*_list(item.get("parameters")), *_list(found.get("parameters"))):
        parameter = document.resolved(given)
        merged[str(parameter.get("name")), str(parameter.get("in"))] = parameter
    if len(merged) > MAX_PARAMETERS:
        raise refused(f"it has more than {MAX_PARAMETERS} parameters")
    return list(merged.values())


def _parameter(given: Object, taken: Object) -> Parameter | None:
    name, place = given.get("name"), given.get("in")
    if not isinstance(name, str) or place not in get_args(Place) or not name.isprintable() or len(name) > 200:
        raise refused("a parameter has no usable name or place")
    if place == "header" and (name.lower() in _NOT_FOR_CALLERS or not _HEADER.fullmatch(name)):
        return None
    if place == "header" and name.lower().startswith(("x-forwarded-", "proxy-", "sec-", "x-entourage-")):
        return None
    argument = _NAME.sub("_", name) or str(place)
    while argument in taken or argument == "body":
        argument = f"{argument}_{place}"
    joined = given.get("explode") is False or (place in ("path", "header") and given.get("explode") is not True)
    return Parameter(argument, name, cast("Place", place), joined)


def _schema_of(given: Object) -> object:
    """`schema`, or that of the one media type in `content`."""
    if "schema" in given:
        return given["schema"]
    media: list[object] = list(as_object(given.get("content")).values())
    return as_object(media[0]).get("schema", {}) if media else {}


def _described(shape: Any, given: Object) -> Any:
    told = _line(given.get("description"), _MAX_TOLD_CHARS)
    plain = as_object(shape)
    return {**plain, "description": told} if told and plain and "$ref" not in plain else shape


def _check_path(path: str, parameters: list[Parameter]) -> None:
    """Every `{name}` is a parameter: else the address could not be made."""
    wanted = set(re.findall(r"\{([^{}]*)\}", path))
    if missing := wanted - {one.name for one in parameters if one.place == "path"}:
        raise refused(f"the path has no parameter {min(missing)[:50]!r}")
    if ".." in path.split("/") or not path.isprintable() or set(path) & set("?#\\ "):
        raise refused("the path is not usable")


def _body(
    document: Document, found: Object, shapes: Shapes, properties: Object, required: list[str]
) -> tuple[BodyKind, str]:
    body = document.resolved(found.get("requestBody")) if "requestBody" in found else {}
    content = as_object(body.get("content"))
    if not content:
        return "none", ""
    for media_type, kind in _BODIES:
        for given, media in content.items():
            base = given.partition(";")[0].strip().lower()
            if base == media_type or (kind == "json" and base.endswith("+json")):
                shape = shapes.of(document.resolved(media).get("schema", {}))
                properties["body"] = shape if kind != "text" else {"type": "string"}
                if body.get("required") is True:
                    required.append("body")
                return kind, base
    raise refused(f"its body is neither JSON nor a form but {min(content)[:50]}")


def _shape(properties: Object, required: list[str], shapes: Shapes) -> Object:
    shape: Object = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        shape["required"] = required
    if shapes.definitions:
        shape["$defs"] = shapes.definitions
    if is_small(shape):
        return shape
    loose = {name: {"type": "object"} if name == "body" else {} for name in properties}
    return {key: value for key, value in {**shape, "properties": loose}.items() if key != "$defs"}


def _free(name: str, taken: dict[str, Operation]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def _line(value: object, most: int) -> str:
    return " ".join(value.split())[:most] if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
