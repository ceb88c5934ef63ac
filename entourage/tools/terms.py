"""What a call may do and how much: what grants and policies of tools come to for one tool and one caller."""

from __future__ import annotations

from typing import Literal

import msgspec

Grant = Literal["allow", "ask", "deny"]


class Bound(msgspec.Struct, frozen=True):
    """How much one policy allows, counted for each person by the policy's id. None: not said."""

    id: str
    per_second: float | None = None
    at_once: int | None = None
    per_day: int | None = None


class Terms(msgspec.Struct, frozen=True):
    """What policies say. `forbidden` is an admin's word, which no other grant outweighs."""

    grant: Grant | None = None
    forbidden: bool = False
    bounds: tuple[Bound, ...] = ()
    cache_seconds: int | None = None
    timeout_seconds: float | None = None


NO_TERMS = Terms()
