"""Policies by owner, and rulings by them."""

from __future__ import annotations

import asyncio
import time

from entourage.accounts.races import with_second_try
from entourage.kit.clock import now_ms
from entourage.kit.etag import check_if_match, etag_of
from entourage.stores.sql import Database
from entourage.tools.policy.evaluate import ToolUse, command_of, evaluate
from entourage.tools.policy.rules import Policy, PolicyIn, Ruling
from entourage.tools.policy.tables import PolicyRow

KEPT_SECONDS = 5.0
"""How long another replica's change may go unseen."""

MAX_KEPT = 10_000
BESIDE_FROM_CHARACTERS = 500
"""Longer commands are judged in a thread: some take tens of milliseconds."""


class Policies:
    """Reads and changes policies; what is ruled by is kept in memory for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[Policy, float]] = {}

    async def get(self, owner_id: str) -> Policy:
        """A person's policy, the defaults for one who chose nothing."""
        async with self._database.read(owner_id) as session:
            row = await session.get(PolicyRow, owner_id)
        policy = _shown(row)
        self._keep(owner_id, policy)
        return policy

    async def put(self, owner_id: str, chosen: PolicyIn, if_match: str | None) -> Policy:
        """Replace a person's policy. Raises Stale."""
        return await with_second_try(lambda: self._put(owner_id, chosen, if_match))

    async def rule(self, owner_id: str, use: ToolUse) -> Ruling:
        """What the person's policy says of this call."""
        kept = self._kept.get(owner_id)
        policy = kept[0] if kept and kept[1] > time.monotonic() else await self.get(owner_id)
        if len(command_of(use) or "") < BESIDE_FROM_CHARACTERS:
            return evaluate(policy, use)
        return await asyncio.to_thread(evaluate, policy, use)

    async def _put(self, owner_id: str, chosen: PolicyIn, if_match: str | None) -> Policy:
        async with self._database.write(owner_id) as session:
            row = await session.get(PolicyRow, owner_id, with_for_update=True)
            check_if_match(if_match, tag(owner_id, row.version if row else 0))
            if row is None:
                row = PolicyRow(owner_id=owner_id, version=0)
                session.add(row)
            row.chosen = chosen.model_dump(mode="json")
            row.version += 1
            row.updated_ms = now_ms()
        policy = _shown(row)
        self._keep(owner_id, policy)
        return policy

    def _keep(self, owner_id: str, policy: Policy) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[owner_id] = (policy, time.monotonic() + KEPT_SECONDS)


def tag(owner_id: str, version: int) -> str:
    """The entity tag of a policy."""
    return etag_of("policy", owner_id, version)


def _shown(row: PolicyRow | None) -> Policy:
    if row is None:
        return Policy.model_validate({})
    return Policy.model_validate({**row.chosen, "version": row.version, "updated_at": row.updated_ms})
