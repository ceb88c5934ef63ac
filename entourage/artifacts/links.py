"""Links to content that work for an hour without a token: an image or a frame cannot send one."""

from __future__ import annotations

import time
from typing import Literal, NamedTuple, cast

from entourage.accounts.master_key import MasterKeyError
from entourage.accounts.vault import Vault
from entourage.kit.errors import NotFound

LIFE_SECONDS = 3600
PATH = "/artifact-content"

Part = Literal["content", "thumbnail"]

_MARK = "artifact"


class Target(NamedTuple):
    """What a link leads to."""

    owner_id: str
    artifact_id: str
    version: int
    part: Part = "content"


class Links:
    """Makes and reads links. They are sealed by the vault, so every replica reads them and nobody else makes one."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def link(self, target: Target) -> str:
        """A path that works for an hour."""
        ends = int(time.time()) + LIFE_SECONDS
        body = f"{_MARK} {target.owner_id} {target.artifact_id} {target.version} {ends} {target.part}"
        return f"{PATH}/{self._vault.seal(body.encode()).decode()}"

    def read(self, token: str) -> Target:
        """Where a link leads. Raises NotFound when it is not ours or too old."""
        try:
            sealed = self._vault.unseal(token.encode()).decode()
            mark, owner_id, artifact_id, version, ends, part = sealed.split(" ")
        except (MasterKeyError, ValueError):  # sealed by nobody we know, or for something else
            raise _expired() from None
        if mark != _MARK or int(ends) < time.time():
            raise _expired()
        return Target(owner_id, artifact_id, int(version), cast("Part", part))


def _expired() -> NotFound:
    return NotFound("This link has expired.", hint="Open the artifact again.")
