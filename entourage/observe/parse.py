"""From bytes to a JSON object that every engine and every browser can hold, or a refusal that names what is wrong.

Everything here is linear in the length of the body and never recurses.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any, TypeVar, cast

import msgspec

from entourage.kit.json import decode, without_lone_surrogates
from entourage.observe.refusals import Refused, invalid, unreadable

MAX_BODY_BYTES = 256 * 1024
MAX_DEPTH = 64
MAX_ID_CHARACTERS = 128

T = TypeVar("T")

_SLICE = 8192
_BOM = b"\xef\xbb\xbf"
_BRACKETS = b"[]{}"
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_STEPS = [0] * 256
_STEPS[ord("[")] = _STEPS[ord("{")] = 1
_STEPS[ord("]")] = _STEPS[ord("}")] = -1
_WRONG = re.compile(r"Expected `?(?P<wanted>.*?)`?(?:, got `(?P<got>\w+)`)?(?: - at `\$\.?(?P<path>[^`]*)`)?$")
_MISSING = re.compile(r"Object missing required field `(\w+)`")


def read_object(body: bytes) -> dict[str, Any]:
    """The object in `body`. NUL and lone surrogates in texts become U+FFFD; of a repeated key the last counts.

    Raises Refused: empty_body, bom, invalid_utf8, invalid_json, too_deep, big_int, not_an_object.
    """
    if not body:
        raise unreadable("empty_body", "The body is empty.")
    if not body.isascii():
        _check_text(body)
    body = without_lone_surrogates(body)
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and depth(body) > MAX_DEPTH:
        raise _too_deep()
    try:
        found: object = decode(body)
    except msgspec.ValidationError as error:
        raise invalid("big_int", f"A number is too large: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not body.strip():
            raise unreadable("empty_body", "The body is empty.") from None
        raise unreadable("invalid_json", f"The body is not valid JSON: {error}.") from None
    except RecursionError:
        raise _too_deep() from None
    if type(found) is not dict:
        raise invalid("not_an_object", "The body must be a JSON object.")
    return cast("dict[str, Any]", found)


def depth(body: bytes) -> int:
    """How deep valid JSON nests, counting little further than `MAX_DEPTH`."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = b"".join(body.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    deepest = level = 0
    for start in range(0, len(brackets), _SLICE):
        steps = map(_STEPS.__getitem__, brackets[start : start + _SLICE])
        levels = list(accumulate(steps, initial=level))
        levels.append(deepest)
        deepest, level = max(levels), levels[-2]
        if deepest > MAX_DEPTH:
            break
    return deepest


def shaped(found: Any, kind: type[T]) -> T:
    """`found` as `kind`. Raises Refused with `missing`, `type` or `length` and the field."""
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        raise misshaped(str(error)) from None


def misshaped(message: str) -> Refused:
    """msgspec's message as a refusal that names the field."""
    if missing := _MISSING.match(message):
        return invalid("missing", f"{missing[1]} is missing.", missing[1])
    wrong = _WRONG.match(message)
    if wrong is None:
        return invalid("invalid", message)
    field, wanted = wrong["path"] or None, wrong["wanted"].replace("`", "")
    if wrong["got"]:
        return invalid("type", f"{field or 'the body'} must be {wanted}, not {wrong['got']}.", field)
    return invalid("length" if "length" in wanted else "type", f"{field or 'the body'} must be {wanted}.", field)


def plain(name: str, text: str) -> str:
    """A name without control characters, nor what `read_object` had to put in their place. Raises Refused."""
    if not text.isprintable() or "\ufffd" in text:
        raise invalid("control_char", f"{name} contains control characters.", name)
    return text


def _check_text(body: bytes) -> None:
    if body.startswith(_BOM):
        raise unreadable("bom", "The body begins with a byte order mark; send plain UTF-8.")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise unreadable("invalid_utf8", f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None


def _too_deep() -> Refused:
    return invalid("too_deep", f"The JSON is nested deeper than {MAX_DEPTH}.")
