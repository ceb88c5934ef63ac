"""An attempt that came to nothing: what the client would see, and whether another candidate may be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from entourage.llm.translate.errors import ErrorKind, kind_of_status
from entourage.wire.failures import AddressRefused, CannotConnect, CutOff, TookTooLong, WireFailed

if TYPE_CHECKING:
    from entourage.llm.money.call import Tokens
    from entourage.wire.reply import Reply

_PASSING = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_CANDIDATES_OWN = frozenset({401, 402, 403, 404})
"""What is wrong with this provider's key, account or list of models, and not with the request."""

_SERVER_ERROR = 500


class Failed(Exception):
    """`message` is in our own words and safe to show. `reply` is the provider's refusal, where it gave one.

    `falls_back`: the next candidate may be asked. `is_passing`: the same candidate may answer a little later.
    `counts`: it tells something of the candidate, and its breaker should know; a request that is wrong does not.
    `tokens`: what the provider counted although its answer is thrown away. `give_anyway` answers with what came all the
    same: for answers that only break the request's contract, when nobody else does better.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 502,
        kind: ErrorKind = "upstream",
        falls_back: bool = True,
        is_passing: bool = True,
        reply: Reply | None = None,
        retry_after: float | None = None,
        tokens: Tokens | None = None,
        give_anyway: Callable[[], None] | None = None,
        counts: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind: ErrorKind = kind
        self.falls_back = falls_back
        self.is_passing = is_passing
        self.reply = reply
        self.retry_after = retry_after
        self.tokens = tokens
        self.give_anyway = give_anyway
        self.counts = counts and falls_back


def of_wire(error: WireFailed) -> Failed:
    """The failure behind a connection that failed."""
    told = f"The provider failed: {error}."
    match error:
        case AddressRefused():
            return Failed(told, status=403, kind="forbidden", is_passing=False)
        case CannotConnect():
            return Failed(told)
        case TookTooLong():
            return Failed(told, status=504, kind="timeout")
        case CutOff():
            return Failed(told)
        case _:
            return Failed(told, is_passing=False)


def of_reply(reply: Reply, provider: str) -> Failed:
    """The failure behind an answer that is no success. Redirects are refusals too: they are never followed."""
    status = reply.status
    if status < 400:
        return Failed(f"The provider {provider!r} answered {status}, which is no answer.", is_passing=False)
    kind = kind_of_status(status)
    passing = status in _PASSING or status >= _SERVER_ERROR
    return Failed(
        f"The provider {provider!r} answered {status}.",
        status=status,
        kind=kind,
        falls_back=passing or status in _CANDIDATES_OWN,
        is_passing=passing,
        reply=reply,
        retry_after=_retry_after(reply),
    )


def _retry_after(reply: Reply) -> float | None:
    """In seconds; None when the provider does not say, or names a date."""
    for name, scale in ((b"retry-after-ms", 0.001), (b"retry-after", 1.0)):
        try:
            return max(0.0, float(reply.header(name))) * scale
        except ValueError:
            continue
    return None
