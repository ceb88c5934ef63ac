"""Cypher as tokens. Only what the parser knows becomes one; comments and space are left out."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from entourage.kit.errors import Invalid

Kind: TypeAlias = Literal["name", "quoted", "number", "string", "param", "symbol", "end"]

MAX_QUERY_CHARS = 10_000

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<number>0x[0-9a-fA-F]+|(?:\d+\.\d+|\d+(?!\.\d)|(?<![\d.])\.\d+)(?:[eE][+-]?\d+)?)(?![^\W\d])
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<param>\$(?:\w+|`[^`\\]+`))
    |(?P<quoted>`[^`\\]+`)
    |(?P<name>[^\W\d]\w*)
    |(?P<symbol><>|<=|>=|=~|\.\.|\|\||[()\[\]{},.:;|&!%*/+\-^=<>])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PLAIN = {"\\": "\\", "'": "'", '"': '"', "`": "`", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LAST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class Token(NamedTuple):
    """`text` is the name without its quotes, the value of a string, else what stands there. `start`, `end`: where."""

    kind: Kind
    text: str
    start: int
    end: int


def refuse(why: str, at: int | None = None) -> Invalid:
    """The problem with a query."""
    where = f" (at character {at + 1})" if at is not None else ""
    return Invalid(f"{why}{where}.", errors=[{"field": "query", "message": why}])


def tokens_of(query: str) -> list[Token]:
    """Everything in `query`, and an end. Raises Invalid for what is no token of Cypher."""
    if len(query) > MAX_QUERY_CHARS:
        raise refuse(f"a query has at most {MAX_QUERY_CHARS} characters")
    found: list[Token] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise refuse(f"{query[at]!r} is not understood", at)
        if match.lastgroup != "space":
            found.append(_token(match))
        at = match.end()
    found.append(Token("end", "", len(query), len(query)))
    return found


def _token(match: re.Match[str]) -> Token:
    text, start, end = match[0], match.start(), match.end()
    match match.lastgroup:
        case "string":
            return Token("string", _unescaped(text[1:-1], start), start, end)
        case "param":
            return Token("param", text[1:].strip("`"), start, end)
        case "quoted":
            return Token("quoted", text[1:-1], start, end)
        case "number":
            return Token("number", text, start, end)
        case "name":
            return Token("name", text, start, end)
        case _:
            return Token("symbol", text, start, end)


def _unescaped(text: str, at: int) -> str:
    def one(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits:
            code = int(digits, 16)
            if code == 0 or code > _LAST_CODE or code in _SURROGATES:
                raise refuse(f"{match[0]} is no character", at)
            return chr(code)
        if match[3] not in _PLAIN:
            raise refuse(f"{match[0]!r} is no escape", at)
        return _PLAIN[match[3]]

    return _ESCAPE.sub(one, text)
