"""Words of a command as far as they are known before it runs: quotes, braces, variables, constant substitutions."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_EXPANSIONS = 64
MAX_PROGRAMS = 20
MAX_BRACED = 500
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_IN_QUOTES = re.compile(r'\\([$`"\\\n])')
_CONTINUED = "\\\n"
_PLAIN = frozenset({"word", "number", "string_content", "regex", "extglob_pattern", "variable_name"})
_BRACED = frozenset({"concatenation", "word", "brace_expression", "command_name"})
_GLOB = frozenset("*?[")


@dataclass(slots=True)  # not frozen: that would take thrice the time to make one, and this is the hottest path
class Word:
    """One word; never changed. `text` lacks what is not known; `is_known` says that nothing is lacking."""

    text: str
    is_known: bool = True
    made_by: frozenset[str] = frozenset()
    """The programs that run to make it."""
    is_pattern: bool = False

    @property
    def has_command(self) -> bool:
        """Whether a command runs to make it."""
        return bool(self.made_by)

    def __add__(self, other: Word) -> Word:
        return Word(
            self.text + other.text,
            self.is_known and other.is_known,
            self.made_by | other.made_by if other.made_by else self.made_by,
            self.is_pattern or other.is_pattern,
        )


Variables = dict[str, Word]
Output = Callable[["Node"], "str | None"]
"""What a substitution prints, where that is a constant."""

NOTHING = Word("")


class Reader:
    """Reads words. `variables` are those that this script set; `output` folds constant substitutions."""

    def __init__(self, variables: Variables, output: Output) -> None:
        self._variables = variables
        self._output = output

    def words(self, node: Node) -> list[Word]:
        """The word or words that a node stands for: braces and unquoted variables may make several, or none."""
        if node.type == "command_name" and node.named_child_count == 1:
            return self.words(node.named_children[0])
        word = self.one(node)
        if node.type in ("simple_expansion", "command_substitution") and word.is_known:
            return [Word(piece, True, word.made_by, word.is_pattern) for piece in word.text.split()]
        return _expanded(word) if node.type in _BRACED else [word]

    def adjacent(self, nodes: list[Node]) -> list[Word]:
        """Words made of nodes that stand side by side, for what is no proper command."""
        made: list[Word] = []
        end = -1
        for node in nodes:
            word = self.one(node)
            if node.start_byte == end and made:
                made[-1] += word
            else:
                made.append(word)
            end = node.end_byte
        return [each for word in made for each in _expanded(word) if each.text]

    def one(self, node: Node) -> Word:
        """The node as one word."""
        kind = node.type
        if kind in _PLAIN:
            return _plain(text_of(node))
        read = _READERS.get(kind)
        return read(self, node) if read else Word("", is_known=False)

    def joined(self, node: Node) -> Word:
        """The pieces of a concatenation or a string, put together."""
        whole = NOTHING
        for child in node.children:
            whole += self.one(child)
        return whole

    def quoted(self, node: Node) -> Word:
        """A double-quoted string: what is between its pieces is text, too."""
        whole, end = NOTHING, node.start_byte + 1
        source = node.text or b""
        for child in node.named_children:
            whole += _between(source, end - node.start_byte, child.start_byte - node.start_byte)
            whole += _between(child.text or b"", 0, None) if child.type == "string_content" else self.one(child)
            end = child.end_byte
        whole += _between(source, end - node.start_byte, len(source) - 1)
        return Word(whole.text, whole.is_known, whole.made_by)

    def variable(self, node: Node) -> Word:
        """`$NAME` or `${NAME...}`; positional parameters of a command line are empty."""
        names = [child for child in node.named_children if child.type in ("variable_name", "special_variable_name")]
        if not names:
            return Word("", is_known=False)
        name = text_of(names[0])
        if len(node.named_children) > 1 or (node.type == "expansion" and node.child_count > 3):
            return self._default(node, name)
        if name == "HOME":
            return Word("~")
        if name in ("@", "*") or name.isdigit():
            return self._variables.get("@", NOTHING)
        return self._variables.get(name, Word("", is_known=False))

    def _default(self, node: Node, name: str) -> Word:
        """`${NAME:-default}` of a variable that was not set here; any other operator is beyond us."""
        operators = {child.type for child in node.children}
        if name not in self._variables and operators & {":-", "-", ":=", "="} and len(node.named_children) == 2:
            found = self.one(node.named_children[1])
            return Word(found.text, is_known=False, made_by=found.made_by)
        return Word("", is_known=False)

    def substituted(self, node: Node) -> Word:
        """What a command prints, if it is a constant."""
        output = self._output(node)
        return Word(output or "", output is not None, programs_in(node))


def _expanded(word: Word) -> list[Word]:
    if "{" not in word.text:
        return [word]
    return [Word(text, word.is_known, word.made_by, word.is_pattern) for text in braces(word.text)]


def _between(source: bytes, start: int, end: int | None) -> Word:
    text = source[start:end].decode(errors="replace").replace(_CONTINUED, "")
    return Word(_IN_QUOTES.sub(r"\1", text))


def _plain(text: str) -> Word:
    bare = _ESCAPED.sub(r"\1", text.replace(_CONTINUED, "")) if "\\" in text else text
    return Word(bare, is_pattern=not _GLOB.isdisjoint(text))


def _raw(_reader: Reader, node: Node) -> Word:
    return Word(text_of(node)[1:-1])


def _ansi(_reader: Reader, node: Node) -> Word:
    text = text_of(node)[2:-1]
    try:
        return Word(codecs.decode(text.encode("latin-1", "backslashreplace"), "unicode_escape"))
    except (UnicodeDecodeError, ValueError):
        return Word("", is_known=False)


def _unnamed(_reader: Reader, node: Node) -> Word:
    return _plain(text_of(node))


_READERS: dict[str, Callable[[Reader, Node], Word]] = {
    "raw_string": _raw,
    "ansi_c_string": _ansi,
    "string": Reader.quoted,
    "translated_string": lambda reader, node: reader.one(node.named_children[-1]),
    "command_name": Reader.joined,
    "concatenation": Reader.joined,
    "simple_expansion": Reader.variable,
    "expansion": Reader.variable,
    "command_substitution": Reader.substituted,
    "process_substitution": lambda _reader, node: Word("/dev/fd/63", True, programs_in(node)),
    "brace_expression": _unnamed,
    "special_character": _unnamed,
    **dict.fromkeys(("{", "}", ",", "[", "]", "==", "=", "!", "%", "#", ":", "@", "+", "?", "*", "-", "/"), _unnamed),
}


def programs_in(node: Node) -> frozenset[str]:
    """The names of the commands inside a substitution."""
    found, todo = {"?"}, [node]
    while todo and len(found) < MAX_PROGRAMS:
        child = todo.pop()
        if child.type == "command_name":
            found.add(text_of(child).rpartition("/")[2])
        todo += child.named_children
    return frozenset(found)


def text_of(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode(errors="replace")


def braces(text: str) -> list[str]:
    """Brace expansion: `{a,b}c` is `ac bc`. What would make too many words is left as it is."""
    if len(text) > MAX_BRACED:
        return [text]
    parts: list[list[str]] = [[""]]
    position = 0
    while position < len(text):
        end = _closing(text, position) if text[position] == "{" else -1
        options = _options(text[position + 1 : end]) if end > 0 else []
        if len(options) > 1:
            parts.append([made for option in options for made in braces(option)])
            position = end + 1
        else:
            parts.append([text[position]])
            position += 1
        if sum(len(part) > 1 for part in parts) > 4:
            return [text]
    count = 1
    for part in parts:
        count *= len(part)
    return ["".join(combination) for combination in product(*parts)] if count <= MAX_EXPANSIONS else [text]


def _closing(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return -1


def _options(inner: str) -> list[str]:
    options, depth, start = [""], 0, 0
    for position, mark in enumerate(inner):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if mark == "," and depth == 0:
            options[-1] = inner[start:position]
            options.append("")
            start = position + 1
    options[-1] = inner[start:]
    return options
