"""What stands in a source file: definitions, imports, calls, and where it cannot be read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from entourage.tools.syntax.languages import GRAMMARS, Grammar, loaded

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_NODES = 400_000
MAX_FOUND = 2_000
MAX_NAME_CHARS = 120
_NAMES = ("name", "type")
_CALLED = ("function", "constructor", "macro", "name")


class Definition(msgspec.Struct, frozen=True):
    """A function, class or the like; lines from 1, `depth` as it is nested."""

    kind: str
    name: str
    first_line: int
    last_line: int
    depth: int


class Outline(msgspec.Struct):
    """All that was found; `is_cut` when there was more than is told."""

    language: str
    definitions: list[Definition] = msgspec.field(default_factory=list[Definition])
    imports: list[tuple[int, str]] = msgspec.field(default_factory=list[tuple[int, str]])
    calls: Counter[str] = msgspec.field(default_factory=Counter[str])
    errors: list[tuple[int, int, str]] = msgspec.field(default_factory=list[tuple[int, int, str]])
    """Line and column from 1, and what is wrong."""
    is_cut: bool = False

    def structured(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "language": self.language,
            "definitions": [
                {"kind": one.kind, "name": one.name, "lines": [one.first_line, one.last_line], "depth": one.depth}
                for one in self.definitions
            ],
            "imports": [{"line": line, "text": text} for line, text in self.imports],
            "calls": dict(self.calls.most_common(MAX_FOUND)),
            "errors": [{"line": line, "column": column, "problem": what} for line, column, what in self.errors],
            "is_cut": self.is_cut,
        }


def outline(source: bytes, language: str) -> Outline:
    """The outline of a text in one of `GRAMMARS`. Takes time linear in its size; run it beside the loop."""
    from tree_sitter import Parser

    found = Outline(language)
    _walk(Parser(loaded(language)).parse(source).root_node, GRAMMARS[language], found)
    return found


def _walk(root: Node, grammar: Grammar, found: Outline) -> None:
    """Depth first without recursion: hostile files are nested as deep as they like."""
    todo: list[tuple[Node, int]] = [(root, 0)]
    seen = 0
    while todo:
        node, depth = todo.pop()
        seen += 1
        if seen > MAX_NODES or len(found.definitions) > MAX_FOUND:
            found.is_cut = True
            return
        if node.is_error or node.is_missing:
            _error(node, found)
        inner = depth + _look(node, depth, grammar, found)
        if node.named_child_count or node.has_error:
            todo += [(child, inner) for child in reversed(node.children)]


def _look(node: Node, depth: int, grammar: Grammar, found: Outline) -> int:
    """Note what this node is; 1 when what is inside it is nested in a definition."""
    kind = node.type
    if kind in grammar.definitions and _is_definition(node, grammar):
        first, last = node.start_point.row + 1, node.end_point.row + 1
        found.definitions.append(Definition(_kind(node, grammar, depth), _named(node, _NAMES), first, last, depth))
        return 1
    if kind in grammar.imports and len(found.imports) < MAX_FOUND:
        found.imports.append((node.start_point.row + 1, _short(node)))
    elif kind in grammar.calls and len(found.calls) < MAX_FOUND:
        found.calls[_named(node, _CALLED)] += 1
    return 0


def _is_definition(node: Node, grammar: Grammar) -> bool:
    if node.type != "variable_declarator":
        return True
    value = node.child_by_field_name("value")
    return value is not None and value.type in grammar.values


def _kind(node: Node, grammar: Grammar, depth: int) -> str:
    kind = grammar.definitions[node.type]
    above = node.parent.parent if node.parent else None
    in_class = depth > 0 and above is not None and (above.type.startswith("class") or _is_decorated(above))
    return "method" if kind == "function" and in_class else kind


def _is_decorated(node: Node) -> bool:
    """A decorator stands between a method and its class."""
    above = node.parent
    return node.type == "block" and above is not None and above.type.startswith("class")


def _named(node: Node, fields: tuple[str, ...]) -> str:
    for name in fields:
        if (child := node.child_by_field_name(name)) is not None:
            return _short(child)
    return _short(node)


def _short(node: Node) -> str:
    text = " ".join((node.text or b"")[: 4 * MAX_NAME_CHARS].decode(errors="replace").split())
    return text if len(text) <= MAX_NAME_CHARS else text[: MAX_NAME_CHARS - 1] + "…"


def _error(node: Node, found: Outline) -> None:
    if len(found.errors) < MAX_FOUND:
        what = f"missing {node.type}" if node.is_missing else f"cannot be read: {_short(node)}"
        found.errors.append((node.start_point.row + 1, node.start_point.column + 1, what))
