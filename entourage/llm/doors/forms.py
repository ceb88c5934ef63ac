"""Bodies that are forms (RFC 7578): only the field `model` is read, and only it may be changed."""

from __future__ import annotations

import re
from typing import NamedTuple

from entourage.kit.errors import BadRequest
from entourage.llm.doors.asked import Body

_BOUNDARY = re.compile(rb'boundary="?([A-Za-z0-9\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'content-disposition:[^\r\n]*;\s*name="?([^";\r\n]+)"?', re.IGNORECASE)
_READ = frozenset({b"model", b"stream"})
_LONGEST_FIELD = 1000


class Form(NamedTuple):
    """A form with the place of its model's name."""

    raw: bytes
    start: int
    end: int

    def with_model(self, model: str) -> bytes:
        """The form with another model's name."""
        return b"%b%b%b" % (self.raw[: self.start], model.encode(), self.raw[self.end :])


def read_form(raw: bytes, content_type: bytes) -> tuple[Form, Body]:
    """Raises BadRequest for what is no form, or one without exactly one `model`."""
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith(b"multipart/form-data") or found is None:
        raise BadRequest("This door takes multipart/form-data.")
    fields: dict[bytes, tuple[int, int]] = {}
    for name, start, end in _parts(raw, b"--" + found[1].strip()):
        if name in _READ:
            if name in fields:
                raise BadRequest(f"The form names its {name.decode()} twice.")
            fields[name] = (start, end)
    if b"model" not in fields:
        raise BadRequest("you must provide a model parameter")
    values = {name: _text(raw[start:end]) for name, (start, end) in fields.items()}
    return Form(raw, *fields[b"model"]), Body(values[b"model"], values.get(b"stream", "").lower() in {"true", "1"})


def _parts(raw: bytes, mark: bytes) -> list[tuple[bytes, int, int]]:
    """Name, start and end of the value of each part."""
    parts: list[tuple[bytes, int, int]] = []
    place = 0 if raw.startswith(mark) else raw.find(b"\r\n" + mark) + 2
    while place >= 0 and raw[place : place + len(mark)] == mark:
        head = place + len(mark)
        start = raw.find(b"\r\n\r\n", head)
        end = raw.find(b"\r\n" + mark, head)
        if start < 0 or end < 0:
            break
        if start + 4 <= end and (name := _NAME.search(raw, head, start + 2)):
            parts.append((name[1], start + 4, end))
        place = end + 2
    return parts


def _text(value: bytes) -> str:
    if len(value) > _LONGEST_FIELD:
        raise BadRequest("A field of the form is too long.")
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        raise BadRequest("A field of the form is not UTF-8.") from None
