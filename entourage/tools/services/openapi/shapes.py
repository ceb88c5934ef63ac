"""Schemas of OpenAPI as the JSON schema of a tool: references kept, and what they lead to brought along."""

from __future__ import annotations

from typing import Any, cast

from entourage.kit.json import encode
from entourage.tools.services.openapi.document import Document, Object, refused

MAX_SHAPE_BYTES = 64 * 1024
"""A tool's schema beyond it is too much for a model: what made it so large becomes an object of any form."""

_MAX_NODES = 5_000
_DROPPED = frozenset(
    {"example", "examples", "xml", "externalDocs", "discriminator", "deprecated", "readOnly", "writeOnly", "nullable"}
)
_NAMED_SCHEMAS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


class Shapes:
    """The schemas of one tool. `definitions` are what its references lead to."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0
        self.definitions: dict[str, Any] = {}

    def of(self, schema: object) -> Any:
        """A schema as JSON Schema 2020-12. Raises Invalid for one without end."""
        if isinstance(schema, bool) or not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise refused("a schema of it is too large")
        found = cast("Object", schema)
        if isinstance(reference := found.get("$ref"), str):
            return self._referred(reference)
        return self._plain(found)

    def _referred(self, reference: str) -> Object:
        name = reference.removeprefix("#/components/schemas/").replace("/", ".").replace("~1", ".").lstrip("#.")
        if name not in self.definitions:
            self.definitions[name] = True  # it may refer to itself
            self.definitions[name] = self.of(self._document.at(reference))
        return {"$ref": f"#/$defs/{name}"}

    def _plain(self, schema: Object) -> Object:
        made: Object = {}
        for key, value in schema.items():
            if key in _DROPPED or key.startswith("x-"):
                continue
            if key in _NAMED_SCHEMAS and isinstance(value, dict):
                made[key] = {name: self.of(inner) for name, inner in cast("Object", value).items()}
            elif key in ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"):
                made[key] = self.of(value)
            elif key in ("allOf", "anyOf", "oneOf", "prefixItems") and isinstance(value, list):
                made[key] = [self.of(inner) for inner in cast("list[object]", value)]
            else:
                made[key] = value
        return _as_of_3_0(schema, made) if self._document.is_3_0 else made


def _as_of_3_0(schema: Object, made: Object) -> Object:
    """`nullable` and the bounds that 3.0 says in its own way."""
    for exclusive, bound in _BOUNDS:
        if made.get(exclusive) is True and bound in made:
            made[exclusive] = made.pop(bound)
        elif isinstance(made.get(exclusive), bool):
            del made[exclusive]
    if schema.get("nullable") is True:
        if isinstance(kind := made.get("type"), str):
            made["type"] = [kind, "null"]
            if isinstance(made.get("enum"), list) and None not in made["enum"]:
                made["enum"] = [*made["enum"], None]
        else:
            made = {"anyOf": [made, {"type": "null"}]}
    return made


def is_small(schema: Object) -> bool:
    """Whether a model can be shown it."""
    return len(encode(schema)) <= MAX_SHAPE_BYTES
