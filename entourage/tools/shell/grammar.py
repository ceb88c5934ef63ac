"""From text to a tree: the grammar, and characters that make a command look like another one."""

from __future__ import annotations

import re
import time
import unicodedata
from threading import local
from typing import TYPE_CHECKING

from entourage.tools.shell.verdict import Verdict, ask, deny

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

QUICK_BYTES = 512
PARSE_SECONDS = 0.05
"""Some texts take the parser quadratic time: it is stopped, and a person decides."""

_CONTINUED = re.compile(r"(?<!\\)((?:\\\\)*)\\\n")
"""A backslash before the end of a line takes both away; the grammar would end the word there."""

_INVISIBLE = frozenset({"Cf", "Co", "Cs", "Cn"})


def parsed(text: str) -> Node | None:
    """The tree of a script, None when that takes too long."""
    source = (_CONTINUED.sub(r"\1", text) if "\\\n" in text else text).encode("utf-8", "replace")
    parser = _parser()
    if len(source) <= QUICK_BYTES:
        return parser.parse(source).root_node
    until = time.perf_counter() + PARSE_SECONDS
    try:
        return parser.parse(
            lambda offset, _point: source[offset : offset + 4096],
            progress_callback=lambda _offset, _has_error: time.perf_counter() > until,
        ).root_node
    except ValueError:  # stopped
        parser.reset()
        return None


class _Kept(local):
    """One parser a thread."""

    parser: Parser | None = None


_kept = _Kept()


def _parser() -> Parser:
    if _kept.parser is None:
        import tree_sitter_bash
        from tree_sitter import Language, Parser

        _kept.parser = Parser(Language(tree_sitter_bash.language()))
    return _kept.parser


def hidden_in(text: str) -> Verdict | None:
    """Characters that make a command look like another one."""
    if text.isascii() and text.isprintable():
        return None
    for mark in text:
        if mark in "\n\t" or mark.isprintable():
            continue
        if mark == "\r" and "\r\n" in text:
            return ask("odd-space", "Its lines end as on Windows.")
        if mark.isspace() and mark not in "\r\v\f\x1c\x1d\x1e\x1f":
            return ask("odd-space", f"It holds an unusual space (U+{ord(mark):04X}).")
        if unicodedata.category(mark) in _INVISIBLE or mark < " " or mark == "\x7f":
            return deny("invisible", f"It holds an invisible character (U+{ord(mark):04X}).")
    return None
