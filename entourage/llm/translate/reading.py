"""Reading bodies into typed structs, with refusals that name the field."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from entourage.llm.translate.errors import Untranslatable
from entourage.llm.translate.neutral import Json

T = TypeVar("T")

_PATH = re.compile(r"^(?P<why>.*?)(?: - at `\$?(?:\.)?(?P<path>[^`]*)`)?$", re.DOTALL)


def read(body: bytes, kind: type[T]) -> T:
    """Decode a caller's body. Raises Untranslatable with the path of what is wrong or unknown."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refusal_of(error) from None


def convert(value: object, kind: Any, path: str) -> Any:
    """One part of a body, whose own path is `path`. Raises Untranslatable."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise refusal_of(error, path) from None


def refusal_of(error: Exception, under: str = "") -> Untranslatable:
    """msgspec's words as field and reason."""
    found = _PATH.match(str(error))
    path = (found["path"] or "") if found else ""
    field = f"{under}.{path}".strip(".").replace(".[", "[") or "body"
    why = found["why"] if found else str(error)
    if why.startswith("Invalid value "):
        why = f"{why.removeprefix('Invalid value ')} is not known here, or has no counterpart at this provider"
    return Untranslatable(field, why)


def refuse_if(given: bool, field: str, why: str) -> None:
    """Raises Untranslatable when a field is used that has no counterpart."""
    if given:
        raise Untranslatable(field, why)


def arguments_object(text: str, field: str) -> Json:
    """A call's arguments as an object; none at all are an empty one. Raises Untranslatable."""
    if not text.strip():
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError):
        raise Untranslatable(field, "the arguments are no JSON object") from None
