"""The smallest parts of expressions."""

from __future__ import annotations

from collections.abc import Callable

from entourage.stores.graph.cypher.patterns import Patterns
from entourage.stores.graph.cypher.reader import Reader
from entourage.stores.graph.cypher.tokens import refuse
from entourage.stores.graph.cypher.words import CONSTANTS, FUNCTIONS, LEAVES, QUANTIFIERS, SUBQUERIES


class Atoms:
    """Literals, names, calls, lists, maps, CASE, subqueries."""

    def __init__(
        self,
        reader: Reader,
        patterns: Patterns,
        expression: Callable[[], None],
        pattern_here: Callable[[], bool],
        query: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._patterns = patterns
        self._expression = expression
        self._pattern_here = pattern_here
        self._query = query

    def read(self) -> None:
        """One. Raises Invalid."""
        reader, out = self._reader, self._reader.out
        token = reader.token
        if token.kind == "number":
            out.put(reader.step().text)
        elif token.kind == "string":
            out.text(reader.step().text)
        elif token.kind == "param":
            out.param(reader.step().text, token.start)
        elif reader.take("("):
            self._expression()
            reader.need(")")
        elif reader.is_symbol("["):
            self._list()
        elif reader.is_symbol("{"):
            self._patterns.properties()
        elif not self._word():
            raise reader.unexpected("a value")

    def _word(self) -> bool:
        """What begins with a word."""
        reader = self._reader
        if word := reader.word(CONSTANTS):
            reader.out.put(word)
        elif reader.is_word("CASE"):
            self._case()
        elif reader.is_word(*SUBQUERIES) and reader.is_symbol("{", ahead=1):
            self._subquery()
        elif reader.is_word(*QUANTIFIERS) and reader.is_symbol("(", ahead=1):
            self._quantifier()
        elif reader.is_word("REDUCE") and reader.is_symbol("(", ahead=1):
            self._reduce()
        elif self._is_call():
            self._call()
        elif reader.has_name():
            reader.variable()
        else:
            return False
        return True

    def _is_call(self) -> bool:
        """`name(`, `name.space.name(`"""
        ahead = 0
        while self._reader.peek(ahead).kind in {"name", "quoted"}:
            if self._reader.is_symbol("(", ahead=ahead + 1):
                return True
            if not self._reader.is_symbol(".", ahead=ahead + 1):
                return False
            ahead += 2
        return False

    def _call(self) -> None:
        reader = self._reader
        start = reader.token
        name = reader.step().text
        while reader.is_symbol("."):
            reader.step()
            name += f".{reader.step().text}"
        known = FUNCTIONS.get(name.lower())
        if known is None or name.upper() in LEAVES:
            raise refuse(f"the function {name[:80]} is not allowed here", start.start)
        reader.out.put(known)
        reader.need("(")
        reader.take_word("DISTINCT")
        if not reader.take("*") and not reader.is_symbol(")"):
            self._expressions()
        reader.need(")")

    def _expressions(self) -> None:
        self._expression()
        while self._reader.take(","):
            self._expression()

    def _list(self) -> None:
        """`[1, 2]`, `[x IN list WHERE a | b]`, `[(a)-->(b) WHERE c | d]`"""
        reader = self._reader
        reader.need("[")
        if reader.take("]"):
            return
        if reader.has_name() and reader.is_word("IN", ahead=1):
            self._ranging()
            if reader.take("|"):
                self._expression()
        elif self._begins_pattern():
            self._pattern_list()
        else:
            self._expressions()
        reader.need("]")

    def _begins_pattern(self) -> bool:
        """Read the pattern of `[p = (a)-->(b) | ...]`, if that is what comes next."""
        reader = self._reader
        place, mark = reader.place, reader.out.mark()
        if reader.has_name() and reader.is_symbol("=", ahead=1) and reader.is_symbol("(", ahead=2):
            reader.variable()
            reader.need("=")
        if self._pattern_here() and (reader.is_symbol("|") or reader.is_word("WHERE")):
            return True
        reader.back(place)
        reader.out.back(mark)
        return False

    def _pattern_list(self) -> None:
        reader = self._reader
        if reader.take_word("WHERE"):
            self._expression()
        reader.need("|")
        self._expression()

    def _ranging(self) -> None:
        """`x IN list WHERE a`"""
        reader = self._reader
        reader.variable()
        reader.need_word("IN")
        self._expression()
        if reader.take_word("WHERE"):
            self._expression()

    def _quantifier(self) -> None:
        """`all(x IN list WHERE a)`"""
        reader = self._reader
        reader.out.put(reader.step().text.upper())
        reader.need("(")
        self._ranging()
        reader.need(")")

    def _reduce(self) -> None:
        """`reduce(sum = 0, x IN list | sum + x)`"""
        reader = self._reader
        reader.step()
        reader.out.put("reduce")
        reader.need("(")
        reader.variable()
        reader.need("=")
        self._expression()
        reader.need(",")
        self._ranging()
        reader.need("|")
        self._expression()
        reader.need(")")

    def _case(self) -> None:
        reader = self._reader
        reader.need_word("CASE")
        if not reader.is_word("WHEN"):
            self._expression()
        while reader.take_word("WHEN"):
            self._expressions()
            reader.need_word("THEN")
            self._expression()
        if reader.take_word("ELSE"):
            self._expression()
        reader.need_word("END")

    def _subquery(self) -> None:
        """`EXISTS { ... }`: a query, or a pattern."""
        reader = self._reader
        with reader.deeper():
            reader.out.put(reader.step().text.upper())
            reader.need("{")
            if reader.is_word("MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN"):
                self._query()
            else:
                self._patterns.several()
                if reader.take_word("WHERE"):
                    self._expression()
            reader.need("}")
