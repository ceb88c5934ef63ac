"""Expressions. Nothing of their values matters here, only that everything in them is known, and patterns are found."""

from __future__ import annotations

from collections.abc import Callable

from entourage.kit.errors import Invalid
from entourage.stores.graph.cypher.atoms import Atoms
from entourage.stores.graph.cypher.patterns import Patterns
from entourage.stores.graph.cypher.reader import Reader

_BINARY_SYMBOLS = ("=", "<>", "<", "<=", ">", ">=", "=~", "+", "-", "*", "/", "%", "^", "||")
_BINARY_WORDS = frozenset({"AND", "OR", "XOR", "IN", "CONTAINS"})


class Expressions:
    """Reads expressions; `query` reads what stands in `EXISTS { ... }`."""

    def __init__(self, reader: Reader, query: Callable[[], None]) -> None:
        self._reader = reader
        self.patterns = Patterns(reader, self.read)
        self._atoms = Atoms(reader, self.patterns, self.read, self._pattern_here, query)

    def read(self) -> None:
        """One expression. Raises Invalid."""
        with self._reader.deeper():
            self._operand()
            while self._operator():
                self._operand()

    def several(self) -> None:
        """Expressions with commas between."""
        self.read()
        while self._reader.take(","):
            self.read()

    def _operator(self) -> bool:
        reader = self._reader
        if reader.is_symbol(*_BINARY_SYMBOLS):
            reader.out.put(reader.step().text)
            return True
        if word := reader.word(_BINARY_WORDS):
            reader.out.put(word)
            return True
        return reader.take_word("STARTS", "WITH") or reader.take_word("ENDS", "WITH")

    def _operand(self) -> None:
        reader = self._reader
        while reader.take_word("NOT") or reader.take("-") or reader.take("+"):
            pass
        if not self._pattern_here():
            is_bracketed = reader.is_symbol("(")
            self._atoms.read()
            if is_bracketed and self.patterns.edge_follows():
                # the engine might take it for a pattern that was not given the owner's label
                raise reader.unexpected("an operator")
        while self._postfix():
            pass

    def _pattern_here(self) -> bool:
        """Read a pattern with an edge, if that is what comes next."""
        reader = self._reader
        if self.patterns.shortest():
            return True
        place = reader.place
        if not reader.is_symbol("(") or place in reader.no_pattern:
            return False
        mark = reader.out.mark()
        try:
            with reader.deeper():
                self.patterns.chain(least=1)
        except Invalid as error:
            if type(error) is not Invalid:
                raise
            reader.back(place)
            reader.out.back(mark)
            reader.no_pattern.add(place)
            return False
        return True

    def _postfix(self) -> bool:
        reader = self._reader
        if reader.take("."):
            reader.key()
            return True
        if reader.take("["):
            self._index()
            return True
        if reader.is_symbol(":"):
            reader.step()
            reader.out.put(":")
            self.patterns.labels()
            return True
        if reader.is_symbol("{"):
            self._projection()
            return True
        return reader.take_word("IS", "NULL") or reader.take_word("IS", "NOT", "NULL")

    def _index(self) -> None:
        """`[1]`, `[1..2]`, `[..2]`, `[1..]`"""
        reader = self._reader
        if not reader.is_symbol(".."):
            self.read()
        if reader.take("..") and not reader.is_symbol("]"):
            self.read()
        reader.need("]")

    def _projection(self) -> None:
        """`n {.name, .*, other, more: 1}`"""
        reader = self._reader
        reader.need("{")
        if reader.take("}"):
            return
        self._projected()
        while reader.take(","):
            self._projected()
        reader.need("}")

    def _projected(self) -> None:
        reader = self._reader
        if reader.take("."):
            if not reader.take("*"):
                reader.key()
            return
        reader.key()
        if reader.take(":"):
            self.read()
