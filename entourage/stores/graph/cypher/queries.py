"""Whole queries, clause by clause."""

from __future__ import annotations

from entourage.stores.graph.cypher.expressions import Expressions
from entourage.stores.graph.cypher.reader import Reader
from entourage.stores.graph.cypher.tokens import Token
from entourage.stores.graph.cypher.writer import MAX_NAME_CHARS

_DIRECTIONS = frozenset({"ASC", "DESC", "ASCENDING", "DESCENDING"})


class Queries:
    """Reads MATCH, WITH, UNWIND, RETURN and UNION; everything else is refused."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._expressions = Expressions(reader, self._inner)

    def whole(self) -> None:
        """A query that returns something, up to the end. Raises Invalid."""
        reader = self._reader
        self._union(returns=True)
        if reader.is_symbol(";"):
            reader.step()
        if reader.token.kind != "end":
            raise reader.unexpected("the end of the query")

    def _inner(self) -> None:
        self._union(returns=False)

    def _union(self, *, returns: bool) -> None:
        reader = self._reader
        self._single(returns=returns)
        while reader.take_word("UNION"):
            if not reader.take_word("ALL"):
                reader.take_word("DISTINCT")
            self._single(returns=returns)

    def _single(self, *, returns: bool) -> None:
        reader = self._reader
        count = 0
        while self._clause():
            count += 1
        if reader.take_word("RETURN"):
            self._projection(is_return=True)
        elif returns or not count:
            raise reader.unexpected("MATCH, UNWIND, WITH or RETURN" if not count else "another clause or RETURN")

    def _clause(self) -> bool:
        reader = self._reader
        if reader.take_word("OPTIONAL", "MATCH") or reader.take_word("MATCH"):
            self._expressions.patterns.several()
            self._where()
        elif reader.take_word("WITH"):
            self._projection(is_return=False)
            self._where()
        elif reader.take_word("UNWIND"):
            self._expressions.read()
            reader.need_word("AS")
            reader.variable()
        else:
            return False
        return True

    def _where(self) -> None:
        if self._reader.take_word("WHERE"):
            self._expressions.read()

    def _projection(self, *, is_return: bool) -> None:
        reader = self._reader
        reader.take_word("DISTINCT")
        if not reader.take("*"):
            self._item(is_return=is_return)
        while reader.take(","):
            self._item(is_return=is_return)
        if reader.take_word("ORDER", "BY"):
            self._order()
        if reader.take_word("SKIP") or reader.take_word("OFFSET"):
            self._expressions.read()
        if reader.take_word("LIMIT"):
            self._expressions.read()

    def _item(self, *, is_return: bool) -> None:
        """An expression and its name; a column without one is called as it was written."""
        reader = self._reader
        start, place = reader.token, reader.place
        self._expressions.read()
        if reader.take_word("AS"):
            reader.variable()
        elif is_return and not (reader.place == place + 1 and start.kind in {"name", "quoted"}):
            reader.out.put("AS")
            reader.out.name(self._column(start))

    def _column(self, start: Token) -> str:
        said = self._reader.said(start).replace("`", "").replace("\\", "").replace("\x00", "")
        return said[:MAX_NAME_CHARS]

    def _order(self) -> None:
        reader = self._reader
        while True:
            self._expressions.read()
            if word := reader.word(_DIRECTIONS):
                reader.out.put(word)
            if not reader.take(","):
                return
