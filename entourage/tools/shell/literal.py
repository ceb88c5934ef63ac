"""Commands that say literally what they run: plain words, quotes without expansion, and the operators between them.

The grammar finds the commands; every word is then compared with what a shell takes literally, and every byte between
words must be a space. What is left out by either is refused, so nothing runs that was not seen.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from entourage.tools.shell.grammar import hidden_in, parsed

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_CHARACTERS = 4_096
MAX_COMMANDS = 20

Argv: TypeAlias = tuple[str, ...]

_PLAIN = r"(?:[\w@%+=:,./^-]|(?<=[\w/^@.~])~)+"
_PIECE = rf"""{_PLAIN}|"[^"$`\\!]*"|'[^']*'"""
_WORD = re.compile(f"(?:{_PIECE})+")
_PLAIN_WORD = re.compile(_PLAIN)
_QUOTED = re.compile(r"""(["'])(.*?)\1""")
_SAFE = re.compile(r"[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*")
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters that count as printable and show nothing."""

_WORDS = frozenset({"word", "number", "string", "raw_string", "concatenation"})
_CONTAINERS = frozenset({"list", "pipeline"})
_OPERATORS = frozenset({"&&", "||", ";", "|"})
_NAMED = {
    "command_substitution": "a substitution",
    "process_substitution": "a substitution",
    "simple_expansion": "a variable",
    "expansion": "a variable",
    "variable_assignment": "an assignment",
    "file_redirect": "a redirection",
    "redirected_statement": "a redirection",
    "heredoc_redirect": "a redirection",
    "herestring_redirect": "a redirection",
    "ansi_c_string": "a $'...' string",
    "brace_expression": "a brace expansion",
    "subshell": "a subshell",
    "comment": "a comment",
    "function_definition": "a function",
    "&": "a command in the background",
}


class Refused(Exception):
    """The text is not literal. The message says what of it is not, for a person and a model."""


class Literal(NamedTuple):
    """Commands in their order, and the operators between them (one less)."""

    commands: tuple[Argv, ...]
    operators: tuple[str, ...]

    def quoted(self) -> str:
        """The text to run: rebuilt from the words, so that any shell reads exactly these."""
        texts = [" ".join(map(quoted_word, argv)) for argv in self.commands]
        joined = (f" {operator} {text}" for operator, text in zip(self.operators, texts[1:], strict=True))
        return texts[0] + "".join(joined)


def literal(text: str) -> Literal:
    """The commands of a text. Raises Refused for every text of which anything is not literal."""
    text = text.strip(" \n")
    if not text:
        raise Refused("There is no command.")
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"It is longer than {MAX_CHARACTERS} characters.")
    if not (text.isascii() and text.isprintable()):
        _refuse_odd(text)
    root = parsed(text)
    if root is None or root.type != "program" or root.has_error:
        raise Refused("It could not be read as a whole.")
    return _Reading(text.encode()).program(root)


def quoted_word(word: str) -> str:
    """The word as any shell reads it literally (`=ls` and `~` mean something to some)."""
    return word if _SAFE.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"


def _refuse_odd(text: str) -> None:
    """Characters that are not what they seem: controls, invisible ones, look-alikes of others."""
    if hidden := hidden_in(text):
        raise Refused(hidden.reason)
    if not text.isprintable():
        raise Refused("It holds a line break or another control character.")
    if _BLANK.search(text):
        raise Refused("It holds an invisible character.")
    if unicodedata.normalize("NFKC", text) != unicodedata.normalize("NFC", text):
        raise Refused("It holds characters that look like others.")


class _Reading:
    """Walks one tree from left to right; `_end` is where the last thing that was understood ended."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._end = 0
        self._commands: list[Argv] = []
        self._operators: list[str] = []

    def program(self, root: Node) -> Literal:
        self._several(root)
        if len(self._operators) == len(self._commands) and self._operators[-1] == ";":
            self._operators.pop()
        if self._source[self._end :].strip(b" ") or len(self._operators) != len(self._commands) - 1:
            raise Refused("A part of it could not be read.")
        return Literal(tuple(self._commands), tuple(self._operators))

    def _several(self, node: Node) -> None:
        for child in node.children:
            kind = child.type
            if kind == "command":
                self._command(child)
            elif kind in _CONTAINERS:
                self._several(child)
            elif kind in _OPERATORS:
                self._operator(child, kind)
            else:
                raise Refused(_told(kind))

    def _command(self, node: Node) -> None:
        if len(self._operators) != len(self._commands) or len(self._commands) >= MAX_COMMANDS:
            raise Refused("Its commands could not be told apart.")
        name, *rest = node.children
        if name.type != "command_name":
            raise Refused(_told(name.type))
        first = self._taken(name)
        if not _PLAIN_WORD.fullmatch(first):
            raise Refused("The name of a program is not written plainly.")
        words = [first]
        for child in rest:
            if child.type not in _WORDS:
                raise Refused(_told(child.type))
            words.append(self._word(child))
        self._commands.append(tuple(words))

    def _operator(self, node: Node, kind: str) -> None:
        if self._taken(node) != kind or len(self._operators) != len(self._commands) - 1:
            raise Refused(_told(kind))
        self._operators.append(kind)

    def _word(self, node: Node) -> str:
        if node.start_byte == self._end:
            raise Refused("Two words of it cannot be told apart.")
        text = self._taken(node)
        if not _WORD.fullmatch(text):
            raise Refused(f"{text[:80]} is not a literal word.")
        return _QUOTED.sub(r"\2", text) if '"' in text or "'" in text else text

    def _taken(self, node: Node) -> str:
        """The node's text; between it and what came before there is nothing but spaces."""
        start = node.start_byte
        if self._source[self._end : start].strip(b" "):
            raise Refused("A part of it could not be read.")
        self._end = node.end_byte
        return self._source[start : self._end].decode()


def _told(kind: str) -> str:
    what = _NAMED.get(kind, f"`{kind.replace('_', ' ')}`")
    return f"It holds {what}; only literal commands run without being asked for."
