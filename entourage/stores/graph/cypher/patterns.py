"""Patterns. Every node of one is given the owner's label: this is what keeps a query inside the owner's part.

Edges never lead from one owner to another, so from nodes of the owner only nodes of the owner are reached.
"""

from __future__ import annotations

from collections.abc import Callable

from entourage.kit.errors import Invalid
from entourage.stores.graph.base import MAX_HOPS
from entourage.stores.graph.cypher.reader import Reader
from entourage.stores.graph.cypher.tokens import refuse
from entourage.stores.graph.cypher.words import SHORTEST


class TooFar(Invalid):
    """A pattern that is one, but reaches too far."""


class Patterns:
    """Reads patterns; `expression` reads what stands in them."""

    def __init__(self, reader: Reader, expression: Callable[[], None]) -> None:
        self._reader = reader
        self._expression = expression

    def several(self) -> None:
        """Patterns of a MATCH."""
        self.path()
        while self._reader.take(","):
            self.path()

    def path(self) -> None:
        """A pattern, perhaps with a name."""
        reader = self._reader
        if reader.has_name() and reader.is_symbol("=", ahead=1):
            reader.variable()
            reader.need("=")
        if not self.shortest():
            self.chain()

    def shortest(self) -> bool:
        """`shortestPath(...)`, if it comes next."""
        reader = self._reader
        if not (reader.is_word(*SHORTEST) and reader.is_symbol("(", ahead=1)):
            return False
        reader.out.put(SHORTEST[reader.step().text.upper()])
        reader.need("(")
        self.chain()
        reader.need(")")
        return True

    def chain(self, *, least: int = 0) -> None:
        """Nodes and at least so many edges between them. Raises Invalid."""
        self._node()
        edges = 0
        while self.edge_follows():
            self._edge()
            self._node()
            edges += 1
        if edges < least:
            raise self._reader.unexpected("an edge")

    def edge_follows(self) -> bool:
        """Whether what comes next may be the beginning of an edge."""
        reader = self._reader
        if reader.is_symbol("<"):
            return reader.is_symbol("-", ahead=1)
        return reader.is_symbol("-") and reader.is_symbol("-", "[", ahead=1)

    def labels(self) -> None:
        """`:A:B`, `:A|B&!C`; written as one expression."""
        reader = self._reader
        reader.out.put("(")
        self._any_of()
        while reader.is_symbol(":"):
            reader.step()
            reader.out.put("&")
            self._any_of()
        reader.out.put(")")

    def properties(self) -> None:
        """`{a: 1}`"""
        reader = self._reader
        reader.need("{")
        if not reader.take("}"):
            self._pair()
            while reader.take(","):
                self._pair()
            reader.need("}")

    def _pair(self) -> None:
        self._reader.key()
        self._reader.need(":")
        self._expression()

    def _node(self) -> None:
        reader = self._reader
        reader.need("(")
        if reader.has_name():
            reader.variable()
        reader.out.put(":", reader.out.owner)
        if reader.is_symbol(":"):
            reader.step()
            reader.out.put("&")
            self.labels()
        if reader.is_symbol("{"):
            self.properties()
        if reader.take_word("WHERE"):
            self._expression()
        reader.need(")")

    def _edge(self) -> None:
        reader = self._reader
        left = reader.is_symbol("<")
        if left:
            reader.step()
        self._dash()
        reader.out.put("<-[" if left else "-[")
        if reader.is_symbol("["):
            reader.step()
            self._inside()
            if not reader.is_symbol("]"):
                raise reader.unexpected("']'")
            reader.step()
        self._dash()
        right = reader.is_symbol(">")
        if right:
            reader.step()
        reader.out.put("]->" if right else "]-")

    def _dash(self) -> None:
        if not self._reader.is_symbol("-"):
            raise self._reader.unexpected("'-'")
        self._reader.step()

    def _inside(self) -> None:
        reader = self._reader
        if reader.has_name():
            reader.variable()
        if reader.is_symbol(":"):
            reader.step()
            reader.out.put(":")
            self._any_of()
        if reader.is_symbol("*"):
            self._hops()
        if reader.is_symbol("{"):
            self.properties()
        if reader.take_word("WHERE"):
            self._expression()

    def _hops(self) -> None:
        """`*`, `*2`, `*1..3`: never further than `MAX_HOPS`."""
        reader = self._reader
        star = reader.step()
        least = self._number()
        is_range = reader.is_symbol("..")
        if is_range:
            reader.step()
        most = self._number() if is_range else least
        if (most or 0) > MAX_HOPS or (least or 0) > MAX_HOPS:
            raise TooFar(f"A pattern reaches at most {MAX_HOPS} edges far (at character {star.start + 1}).")
        reader.out.put(f"*{'' if least is None else least}..{MAX_HOPS if most is None else most}")

    def _number(self) -> int | None:
        if self._reader.token.kind != "number":
            return None
        text = self._reader.step().text
        if not text.isascii() or not text.isdigit():
            raise refuse(f"{text[:40]!r} is no number of edges")
        return int(text)

    def _any_of(self) -> None:
        reader = self._reader
        with reader.deeper():
            self._all_of()
            while reader.is_symbol("|"):
                reader.step()
                reader.out.put("|")
                if reader.is_symbol(":"):  # an older way to write it
                    reader.step()
                self._all_of()

    def _all_of(self) -> None:
        reader = self._reader
        while True:
            while reader.take("!"):
                pass
            if reader.take("("):
                self._any_of()
                reader.need(")")
            elif not reader.take("%"):
                reader.variable()
            if not reader.take("&"):
                return
