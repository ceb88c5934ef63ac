"""How owners' ids become the engine's, so that nobody can name a point of somebody else."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from entourage.kit.errors import Invalid

OWNER, ID = "owner", "id"
"""Keys the store adds to every payload: whose it is, and its id as the owner knows it."""

OWN_KEYS = frozenset((OWNER, ID))


def point_id(owner_id: str, id: str) -> str:
    """The id of a point in the engine. Two owners' points never meet, whatever ids they choose.

    Raises Invalid when `id` is no UUID.
    """
    try:
        parsed = UUID(id)
    except ValueError:
        raise Invalid(f"{id[:80]!r} is no UUID") from None
    return str(UUID(bytes=blake2b(owner_id.encode() + b"\0" + parsed.bytes, digest_size=16).digest()))
