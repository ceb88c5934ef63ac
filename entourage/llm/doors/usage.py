"""Usage where it stands in a whole answer or in an event."""

from __future__ import annotations

import msgspec

from entourage.llm.money.tokens import Told

_decode = msgspec.json.Decoder(Told).decode


def read_told(raw: bytes | msgspec.Raw) -> Told | None:
    """None for what is no usage as anybody documents it."""
    try:
        return _decode(raw)
    except msgspec.DecodeError:
        return None
