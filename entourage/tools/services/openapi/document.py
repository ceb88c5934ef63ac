"""An OpenAPI document, bounded, and its references followed inside of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from entourage.kit.errors import FieldError, Invalid
from entourage.kit.json import check_body, decode, encode

MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_REFERENCES = 20
"""How many references may lead to one another before something stands there."""

Object: TypeAlias = dict[str, Any]


class Document:
    """A document whose version is known and whose size is bounded. Raises Invalid for any other."""

    def __init__(self, root: object) -> None:
        self.root = _checked(root)
        self.is_3_0 = str(self.root["openapi"]).startswith("3.0")

    @classmethod
    def of_text(cls, text: bytes) -> Document:
        """From JSON or YAML text. Raises Invalid, BadRequest."""
        if len(text) > MAX_DOCUMENT_BYTES:
            raise refused(f"it is larger than {MAX_DOCUMENT_BYTES} bytes")
        if text.lstrip()[:1] != b"{":
            return cls(_of_yaml(text))
        check_body(text, MAX_DEPTH)
        return cls(decode(text))

    @property
    def paths(self) -> Iterator[tuple[str, Object]]:
        """Paths and what can be done there."""
        for path, item in as_object(self.root.get("paths")).items():
            yield path, self.resolved(item)

    def resolved(self, value: object) -> Object:
        """The object itself, behind any references; empty when there is none. Raises Invalid for a way that is none."""
        for _ in range(MAX_REFERENCES):
            found = as_object(value)
            reference = found.get("$ref")
            if not isinstance(reference, str):
                return found
            value = self.at(reference)
        raise refused("its references lead in a circle")

    def at(self, reference: str) -> object:
        """What stands at `#/...`. Raises Invalid for references to elsewhere: nothing is fetched."""
        if not reference.startswith("#/"):
            raise refused(f"the reference {reference[:100]!r} leads outside of it")
        found: object = self.root
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = as_object(found).get(key) if not isinstance(found, list) else None
            if found is None:
                raise refused(f"the reference {reference[:100]!r} leads nowhere")
        return found


def refused(why: str) -> Invalid:
    """The document is not taken."""
    return Invalid(f"The OpenAPI document is not usable: {why}.", errors=[FieldError(field="openapi", message=why)])


def _of_yaml(text: bytes) -> object:
    """YAML without anchors, which can make a small text endless."""
    import yaml  # 30 ms, for the first such document

    try:
        loader: Any = yaml.CSafeLoader(text)
        while loader.check_event():
            if isinstance(loader.get_event(), yaml.AliasEvent):
                raise refused("it holds YAML aliases")
        found: object = yaml.load(text, Loader=yaml.CSafeLoader)
        check_body(encode(found), MAX_DEPTH)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, TypeError, ValueError):
        raise refused("it is neither JSON nor YAML") from None
    return found


def _checked(root: object) -> Object:
    found = as_object(root)
    version = found.get("openapi")
    if not isinstance(version, str) or not version.startswith(("3.0.", "3.1.")):
        raise refused("it is not of OpenAPI 3.0 or 3.1")
    if len(encode(found)) > MAX_DOCUMENT_BYTES:
        raise refused(f"it is larger than {MAX_DOCUMENT_BYTES} bytes")
    return found


def as_object(value: object) -> Object:
    """The value if it is an object, else an empty one."""
    return cast("Object", value) if isinstance(value, Mapping) else {}
