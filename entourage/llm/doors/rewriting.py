"""The two changes that a body may need on its way: the provider's own name of the model, and asking for usage.

Both touch as few bytes as can be; everything else goes on as it came.
"""

from __future__ import annotations

import re

import msgspec

from entourage.kit.errors import BadRequest

_MODEL = re.compile(rb'("model"\s*:\s*)"(?:[^"\\]|\\.)*"')
_STREAM_OPTIONS = re.compile(rb'"stream_options"\s*:\s*\{')
_ASK = b'"include_usage":true'


class _Named(msgspec.Struct):
    model: str


class _Options(msgspec.Struct):
    include_usage: bool | None = None


class _Streaming(msgspec.Struct):
    stream_options: _Options | None = None


_named = msgspec.json.Decoder(_Named).decode
_streaming = msgspec.json.Decoder(_Streaming).decode
_options = msgspec.json.Decoder(_Options | None).decode


def with_model(body: bytes, asked: str, model: str) -> bytes:
    """The body with another value of its own `model`, and of no other field of that name further in."""
    if asked == model:
        return body
    value = msgspec.json.encode(model)
    for match in _MODEL.finditer(body):
        changed = b"%b%b%b%b" % (body[: match.start()], match[1], value, body[match.end() :])
        try:
            if _named(changed).model == model:
                return changed
        except msgspec.DecodeError:
            continue
    raise BadRequest("The model's name cannot be found in the body.", hint="Write the key `model` without escapes.")


def asks_for_usage(options: msgspec.Raw) -> bool | None:
    """What a chat request says of `stream_options.include_usage`; None when it says nothing."""
    if not len(options):
        return None
    try:
        given = _options(options)
    except msgspec.DecodeError:
        return False  # whatever it is, the provider may tell what is wrong with it
    return given.include_usage if given else None


def with_usage_asked(body: bytes, options: msgspec.Raw) -> bytes:
    """The body of a chat stream that asks for usage; call it only when the body says nothing about that."""
    if not len(options):
        start = body.index(b"{") + 1
        return b'%b"stream_options":{%b},%b' % (body[:start], _ASK, body[start:])
    for match in _STREAM_OPTIONS.finditer(body):
        rest = body[match.end() :]
        comma = b"" if rest.lstrip()[:1] == b"}" else b","
        changed = b"%b%b%b%b" % (body[: match.end()], _ASK, comma, rest)
        try:
            if (told := _streaming(changed).stream_options) and told.include_usage:
                return changed
        except msgspec.DecodeError:
            continue
    return body
