"""Bytes as text: by their mark, as UTF-8 or UTF-16, else as the old code page that makes the most sense of them."""

from __future__ import annotations

import codecs
import re

from entourage.memory.ingest.readers.parts import Unreadable, clean

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 65_536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROL = 0.02
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_CYRILLIC_SHARE = 0.3
_HIGH_BYTES_OF_UTF16 = 0.9
_LOW_NULS_OF_UTF16 = 0.05


def is_text(data: bytes) -> bool:
    """Whether the bytes are text in some encoding."""
    head = data[:_LOOKED_AT]
    if _marked(head) or _utf16(head):
        return True
    return len(_CONTROL.findall(head)) <= _MOST_CONTROL * len(head)


def decoded(data: bytes) -> str:
    """The text. Raises Unreadable for bytes that are none."""
    if not is_text(data):
        raise Unreadable("unsupported", "It is a binary file of a kind that is not read here.")
    encoding = _marked(data) or _utf16(data[:_LOOKED_AT])
    if encoding:
        return clean(data.decode(encoding, "replace"))
    try:
        return clean(data.decode())
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 or _mostly_utf8(data):
            return clean(data.decode(errors="replace"))
    return clean(data.decode(_code_page(data[:_LOOKED_AT]), "replace"))


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte is that of a block of letters."""
    half = len(head) // 2
    if half < 2 or b"\0" not in head:
        return None
    for name, high, low in (("utf-16-le", head[1::2], head[0::2]), ("utf-16-be", head[0::2], head[1::2])):
        # Latin and Cyrillic letters, spaces and figures
        if high.count(0) + high.count(4) > _HIGH_BYTES_OF_UTF16 * half and low.count(0) < _LOW_NULS_OF_UTF16 * half:
            return name
    return None


def _mostly_utf8(data: bytes) -> bool:
    """A few broken bytes in what is UTF-8 otherwise."""
    head = data[:_LOOKED_AT]
    broken = head.decode(errors="replace").count("\ufffd")
    return broken * 20 < len(_HIGH.findall(head))


def _code_page(head: bytes) -> str:
    """Texts in which many letters are not ASCII are Cyrillic; the wrong code page of the two swaps the cases."""
    letters = len(_LETTER.findall(head)) or 1
    if len(_HIGH.findall(head)) / letters < _CYRILLIC_SHARE:
        return "cp1252"
    return max(("cp1251", "koi8-r", "cp866"), key=lambda name: _russian(head.decode(name, "replace")))


def _russian(text: str) -> int:
    return sum(text.count(letter) for letter in "оеаинтсрвл")
