"""What opens the data doors of one sandbox: access tokens, and signatures of file addresses.

Tokens are made of the sandbox's id by a key of this process, since live sandboxes do not outlive it. They carry their
owner's id, for the doors name the sandbox alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from entourage.kit.errors import Unauthorized

Operation: TypeAlias = Literal["read", "write"]
_TOKEN_CHARS = 48


class Place(NamedTuple):
    """A sandbox, and whose it is."""

    owner_id: str
    sandbox_id: str


class Signed(NamedTuple):
    """What is signed in a file's address: `expires` is epoch seconds, or None for the sandbox's whole life."""

    path: str
    operation: Operation
    username: str
    expires: int | None


class Tokens:
    """Makes and checks the tokens of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, place: Place) -> str:
        """The token of a sandbox, always the same."""
        mark = hmac.new(self._key, f"{place.owner_id} {place.sandbox_id}".encode(), hashlib.sha256).hexdigest()
        return f"{place.owner_id}.{mark[:_TOKEN_CHARS]}"

    def check(self, token: str | None, sandbox_id: str) -> Place:
        """The sandbox that a token opens. Raises Unauthorized for any other."""
        place = Place((token or "").partition(".")[0], sandbox_id)
        if not hmac.compare_digest(self.token(place).encode(), (token or "").encode()):
            raise Unauthorized("The access token does not fit this sandbox.", hint="Connect to it again.")
        return place

    def signed(self, signature: str, signed: Signed, places: Iterable[Place]) -> Place:
        """The one of `places` that the address was signed for; it names none. Raises Unauthorized."""
        if signed.expires is not None and signed.expires < time.time():
            raise Unauthorized("This address has expired.", hint="Sign a new one.")
        for place in places:
            if hmac.compare_digest(sign(signed, self.token(place)).encode(), signature.encode()):
                return place
        raise Unauthorized("The signature does not fit any running sandbox.")


def sign(signed: Signed, token: str) -> str:
    """E2B's signature, version 1: a hash of what is signed and of the sandbox's token."""
    parts = [signed.path, signed.operation, signed.username, token]
    raw = ":".join(parts if signed.expires is None else [*parts, str(signed.expires)])
    digest = hashlib.sha256(raw.encode()).digest()
    return f"v1_{base64.b64encode(digest).rstrip(b'=').decode()}"
