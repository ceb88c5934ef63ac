"""What the rooms of the parser share: where it is, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager

from entourage.kit.errors import Invalid
from entourage.stores.graph.cypher.tokens import Token, refuse
from entourage.stores.graph.cypher.words import LEAVES, RESERVED, WRITES
from entourage.stores.graph.cypher.writer import Writer

MAX_DEPTH = 40


class Reader:
    """Tokens, the place in them, and the writer of what was understood."""

    def __init__(self, query: str, tokens: list[Token], out: Writer) -> None:
        self._query = query
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.out = out
        self.no_pattern: set[int] = set()
        """Places where a pattern was looked for in vain: so no text is read more than twice."""

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    @property
    def place(self) -> int:
        return self._at

    def peek(self, ahead: int = 1) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def step(self) -> Token:
        """Take the next token."""
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def back(self, place: int) -> None:
        self._at = place

    def said(self, start: Token) -> str:
        """The query's own text from `start` to here."""
        return self._query[start.start : self._tokens[self._at - 1].end]

    def is_symbol(self, *symbols: str, ahead: int = 0) -> bool:
        token = self.peek(ahead) if ahead else self.token
        return token.kind == "symbol" and token.text in symbols

    def is_word(self, *words: str, ahead: int = 0) -> bool:
        token = self.peek(ahead) if ahead else self.token
        return token.kind == "name" and token.text.upper() in words

    def word(self, among: Collection[str]) -> str | None:
        """Take the next word, if it is one of these; in capitals."""
        if self.token.kind == "name" and self.token.text.upper() in among:
            return self.step().text.upper()
        return None

    def take_word(self, *words: str) -> bool:
        """Take and write these words, if they come next."""
        if not all(self.is_word(word, ahead=number) for number, word in enumerate(words)):
            return False
        for word in words:
            self.step()
            self.out.put(word)
        return True

    def take(self, symbol: str) -> bool:
        """Take and write a symbol, if it comes next."""
        if not self.is_symbol(symbol):
            return False
        self.step()
        self.out.put(symbol)
        return True

    def need(self, symbol: str) -> None:
        """Take and write a symbol. Raises Invalid."""
        if not self.take(symbol):
            raise self.unexpected(f"{symbol!r}")

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.unexpected(word)

    def has_name(self) -> bool:
        """Whether a name of a variable, label or property comes next."""
        return self.token.kind == "quoted" or (self.token.kind == "name" and self.token.text.upper() not in RESERVED)

    def variable(self) -> None:
        """Take and write a name. Raises Invalid."""
        if not self.has_name():
            raise self.unexpected("a name")
        self.out.name(self.step().text)

    def key(self) -> None:
        """Take and write the name of a property: any word. Raises Invalid."""
        if self.token.kind not in {"name", "quoted"}:
            raise self.unexpected("a name")
        self.out.name(self.step().text)

    @contextmanager
    def deeper(self) -> Generator[None]:
        """One level of nesting. Raises Invalid for too many."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refuse(f"a query nests at most {MAX_DEPTH} levels", self.token.start)
        try:
            yield
        finally:
            self._depth -= 1

    def unexpected(self, wanted: str) -> Invalid:
        """What to say when something else comes next."""
        token = self.token
        word = token.text.upper()
        if token.kind == "name" and word in WRITES:
            return refuse(f"{word} changes the graph, and queries only read it", token.start)
        if token.kind == "name" and word in LEAVES:
            return refuse(f"{word} is not allowed here", token.start)
        here = "the end" if token.kind == "end" else repr(token.text[:40])
        return refuse(f"{wanted} is expected, not {here}", token.start)
