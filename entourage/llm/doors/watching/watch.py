"""What a stream says while it passes: whether content came, what it used, whether it ended well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import msgspec

from entourage.llm.doors.usage import read_told
from entourage.llm.money.call import Tokens
from entourage.llm.money.tokens import Told, most, tokens_of
from entourage.llm.translate.errors import Dialect, ErrorKind, kind_of_words

DONE = b"[DONE]"
ABSENT = msgspec.Raw(b"")
_NULL = msgspec.Raw(b"null")
_LETTERS_A_TOKEN = 4


class ToldError(NamedTuple):
    """An error event of the provider's own."""

    kind: ErrorKind
    message: str
    status: int | None = None


class Watch(ABC):
    """One stream, event by event. `event` raises msgspec.DecodeError for what is no JSON."""

    dialect: Dialect

    __slots__ = ("_told", "error", "has_content", "has_tool", "is_over", "is_usage_only", "letters", "pieces")

    def __init__(self) -> None:
        self.has_content = self.has_tool = self.is_over = False
        self.is_usage_only = False
        """Of the last event: nothing but the usage that chat streams tell when asked to."""
        self.error: ToldError | None = None
        self._told: Told | None = None
        self.letters = self.pieces = 0

    @abstractmethod
    def event(self, payload: bytes) -> None:
        """See the data of one event."""

    def read(self, raw: msgspec.Raw) -> None:
        """Take in what the provider counted; of what is told twice the larger."""
        told = read_told(raw)
        if told:
            self._told = most(self._told, told) if self._told else told

    @property
    def tokens(self) -> Tokens | None:
        """What the provider counted, None while it has told nothing."""
        return tokens_of(self.dialect, self._told) if self._told else None

    @property
    def given_tokens(self) -> int:
        """Output tokens by our own count: a piece is at least one, four letters are about one."""
        return max(self.pieces, self.letters // _LETTERS_A_TOKEN)


class _ErrorBody(msgspec.Struct):
    message: str | None = None
    type: str | None = None
    code: str | int | None = None


_decode_error = msgspec.json.Decoder(_ErrorBody).decode


def is_there(raw: msgspec.Raw) -> bool:
    """Whether a field was given and is not null."""
    return len(raw) > 0 and raw != _NULL


def read_error(raw: msgspec.Raw | bytes) -> ToldError:
    """The provider's words, whatever their form."""
    try:
        body = _decode_error(raw)
    except msgspec.DecodeError:
        return ToldError("upstream", bytes(raw).decode("utf-8", "replace")[:300])
    status = body.code if isinstance(body.code, int) else None
    code = body.code if isinstance(body.code, str) else ""
    kind = kind_of_words(body.type or "") or kind_of_words(code) or "upstream"
    return ToldError(kind, body.message or "the provider told of an error", status)
