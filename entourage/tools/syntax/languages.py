"""Languages whose grammar is here, and what their trees call things. A grammar is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tree_sitter import Language


class Grammar(msgspec.Struct, frozen=True):
    """Node types of one language: definitions by what they are called here, imports, and calls."""

    module: str
    definitions: Mapping[str, str]
    imports: frozenset[str]
    calls: frozenset[str]
    factory: str = "language"
    values: frozenset[str] = msgspec.field(default_factory=frozenset[str])
    """Node types that make a definition of the variable they are assigned to."""


_JAVASCRIPT = {
    "class_declaration": "class",
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "method_definition": "method",
    "variable_declarator": "function",
}
_TYPESCRIPT = {
    **_JAVASCRIPT,
    "abstract_class_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
    "internal_module": "namespace",
}
_IMPORTS = frozenset({"import_statement"})
_CALLS = frozenset({"call_expression", "new_expression"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})

GRAMMARS: Mapping[str, Grammar] = {
    "python": Grammar(
        "tree_sitter_python",
        {"function_definition": "function", "class_definition": "class"},
        frozenset({"import_statement", "import_from_statement", "future_import_statement"}),
        frozenset({"call"}),
    ),
    "javascript": Grammar("tree_sitter_javascript", _JAVASCRIPT, _IMPORTS, _CALLS, values=_FUNCTIONS),
    "typescript": Grammar("tree_sitter_typescript", _TYPESCRIPT, _IMPORTS, _CALLS, "language_typescript", _FUNCTIONS),
    "tsx": Grammar("tree_sitter_typescript", _TYPESCRIPT, _IMPORTS, _CALLS, "language_tsx", _FUNCTIONS),
    "go": Grammar(
        "tree_sitter_go",
        {"function_declaration": "function", "method_declaration": "method", "type_spec": "type"},
        frozenset({"import_spec"}),
        frozenset({"call_expression"}),
    ),
    "rust": Grammar(
        "tree_sitter_rust",
        {
            "function_item": "function",
            "struct_item": "struct",
            "enum_item": "enum",
            "trait_item": "trait",
            "impl_item": "impl",
            "mod_item": "module",
            "type_item": "type",
            "macro_definition": "macro",
        },
        frozenset({"use_declaration"}),
        frozenset({"call_expression", "macro_invocation"}),
    ),
    "bash": Grammar("tree_sitter_bash", {"function_definition": "function"}, frozenset(), frozenset({"command"})),
}

_ENDINGS = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".go": "go",
    ".rs": "rust",
    ".sh": "bash",
    ".bash": "bash",
}


def language_of(path: str) -> str | None:
    """The language of a file by its name."""
    return _ENDINGS.get(PurePosixPath(path).suffix.lower())


@cache
def loaded(name: str) -> Language:
    """The grammar itself."""
    from tree_sitter import Language

    grammar = GRAMMARS[name]
    pointer: object = getattr(import_module(grammar.module), grammar.factory)()
    return Language(pointer)
