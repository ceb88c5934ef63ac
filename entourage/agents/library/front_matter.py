"""The YAML between two lines of `---` at the head of a Markdown file: read without trust, written always alike."""

from __future__ import annotations

import re
from typing import Any, cast

from entourage.kit.errors import FieldError, Invalid
from entourage.kit.json import check_body, encode

MAX_BYTES = 1_048_576
MAX_HEAD_BYTES = 65_536
MAX_DEPTH = 20

_OPENING = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def split(text: str) -> tuple[dict[str, Any], str]:
    """The fields of the head, and what stands below it but for the empty line between and the last line break.

    Raises Invalid.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise unreadable(f"it is larger than {MAX_BYTES} bytes")
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        raise unreadable("it does not begin with YAML between two lines of ---")
    ends = "\r\n" if opening[0].endswith("\r\n") else "\n"
    return _fields(text[opening.end() : closing.start()]), text[closing.end() :].removeprefix(ends).removesuffix(ends)


def joined(fields: dict[str, Any], body: str) -> str:
    """The reverse of `split`: the same fields and body give the same bytes."""
    import yaml  # 30 ms, for whoever writes files

    class Dumper(yaml.SafeDumper):
        """Escapes the line breaks that YAML has besides ours; it would fold them when it reads them."""

    def written(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = '"' if _OTHER_BREAKS.search(text) else None
        return cast("Any", dumper).represent_scalar("tag:yaml.org,2002:str", text, style)

    Dumper.add_representer(str, written)
    head = yaml.dump(fields, None, Dumper, sort_keys=False, allow_unicode=True, width=MAX_BYTES)
    return f"---\n{head}---\n\n{body}\n"


def _fields(head: str) -> dict[str, Any]:
    import yaml

    if len(head.encode(errors="replace")) > MAX_HEAD_BYTES:
        raise unreadable(f"its head is larger than {MAX_HEAD_BYTES} bytes")
    try:
        _check_events(head)
        found: object = yaml.load(head, Loader=yaml.CSafeLoader)
        check_body(encode(found), MAX_DEPTH)
    except (yaml.YAMLError, RecursionError, UnicodeError, TypeError, ValueError) as error:
        raise unreadable(f"its head is no YAML: {_first_line(error)}") from None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in cast("dict[object, object]", found)):
        raise unreadable("its head is not a list of names and values")
    return cast("dict[str, Any]", found)


def _check_events(head: str) -> None:
    """No anchors, which can make a small text endless, and no tags, which ask for more than plain values."""
    import yaml

    loader: Any = yaml.CSafeLoader(head)
    try:
        while loader.check_event():
            event: Any = loader.get_event()
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise unreadable("its head holds YAML anchors or aliases")
            if getattr(event, "tag", None):
                raise unreadable(f"its head holds the YAML tag {str(event.tag)[:80]!r}")
    finally:
        loader.dispose()


def unreadable(why: str) -> Invalid:
    """The file is not taken."""
    return Invalid(f"The file is no agent: {why}.", errors=[FieldError(field="text", message=why)])


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
