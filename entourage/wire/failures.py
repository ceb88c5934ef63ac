"""How a request to a provider fails below HTTP."""

from __future__ import annotations


class WireFailed(Exception):
    """The provider gave no whole answer. The text names no key and no body."""


class CannotConnect(WireFailed):
    """There is no connection: nobody listens, the name is unknown, TLS failed, or connecting took too long."""


class AddressRefused(CannotConnect):
    """The name leads to an address where no provider may be."""


class TookTooLong(WireFailed):
    """Nothing came for longer than is waited."""


class CutOff(WireFailed):
    """The connection broke before the answer was whole. `is_silent`: before its first byte."""

    def __init__(self, text: str, *, is_silent: bool) -> None:
        super().__init__(text)
        self.is_silent = is_silent


class Unreadable(WireFailed):
    """What came is no HTTP/1.1, or is compressed in a way nobody asked for."""


class TooBig(WireFailed):
    """The head or the body is larger than is taken."""
