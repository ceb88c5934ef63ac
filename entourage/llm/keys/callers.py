"""Who calls the gateway: from a token to a caller, looked up every few seconds and at once after a revocation."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select, update

from entourage.accounts.hashes import token_hash
from entourage.accounts.identity import VIRTUAL_KEY_MARK, Identities
from entourage.accounts.standing import USED_EVERY_MS, Standings
from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, Unauthorized
from entourage.llm.kept import Kept
from entourage.llm.money.call import GATEWAY, Spender
from entourage.llm.tables import GatewayKeyRow
from entourage.stores.sql import EVERYONE, Database


class GatewayCaller(NamedTuple):
    """The owner of a token that may call models. `models` None: any. `expires_at` in epoch ms."""

    owner_id: str
    key_id: str | None
    models: frozenset[str] | None
    requests_per_minute: int
    tokens_per_minute: int | None
    expires_at: int | None

    def may_call(self, *names: str | None) -> bool:
        """Whether the key allows a model under one of its names (as asked, `provider/model`, the model alone)."""
        return self.models is None or any(name in self.models for name in names)

    def spender(
        self,
        *,
        agent: str | None = None,
        session_id: str | None = None,
        workspace: str | None = None,
        source: str = GATEWAY,
    ) -> Spender:
        """Who pays for a call of this caller's."""
        return Spender(
            owner_id=self.owner_id,
            key_id=self.key_id,
            agent=agent,
            session_id=session_id,
            workspace=workspace,
            source=source,
            requests_per_minute=self.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute,
        )


class Callers:
    """Callers by token: a virtual key, a personal key with the scope `write`, or the access token of a session."""

    def __init__(
        self, database: Database, identities: Identities, standings: Standings, requests_per_minute: int
    ) -> None:
        self._database = database
        self._identities = identities
        self._standings = standings
        self._requests_per_minute = requests_per_minute
        self._kept: Kept[GatewayCaller] = Kept(self._look_up)
        standings.on_forget(self._kept.drop)

    def known(self, token: str) -> GatewayCaller | None:
        """The caller if it is at hand; else ask `of_token`."""
        caller = self._kept.known(token)
        return None if caller is None or _is_over(caller) else caller

    async def of_token(self, token: str) -> GatewayCaller:
        """The caller. Raises Unauthorized, and Forbidden when the token may not call models."""
        caller = await self._kept.of(token)
        if _is_over(caller):
            raise _unknown()
        return caller

    def forget(self) -> None:
        """Call it after a virtual key has been revoked or changed."""
        self._kept.drop()

    async def _look_up(self, token: str) -> GatewayCaller:
        if not token:
            raise Unauthorized("There is no key.", hint="Send `Authorization: Bearer <key>` or `x-api-key`.")
        if token.startswith(VIRTUAL_KEY_MARK):
            return await self._of_virtual_key(token)
        identity = await self._identities.of_token(token)
        if "write" not in identity.scopes:
            raise Forbidden(
                "This key may not call models.", hint="Make a gateway key, or a key with the scope 'write'."
            )
        return GatewayCaller(
            identity.user_id, identity.key_id, None, self._requests_per_minute, None, identity.expires_at
        )

    async def _of_virtual_key(self, token: str) -> GatewayCaller:
        async with self._database.read(EVERYONE) as session:
            row = await session.scalar(select(GatewayKeyRow).where(GatewayKeyRow.key_hash == token_hash(token)))
        person = await self._standings.of_person(row.owner_id) if row and row.revoked_at is None else None
        if row is None or person is None or not person.is_active:
            raise _unknown()
        await self._mark_used(row)
        models = None if row.models is None else frozenset(row.models)
        return GatewayCaller(
            row.owner_id, row.id, models, row.requests_per_minute, row.tokens_per_minute, row.expires_at
        )

    async def _mark_used(self, row: GatewayKeyRow) -> None:
        now = now_ms()
        if (row.last_used_at or 0) >= now - USED_EVERY_MS:
            return
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(GatewayKeyRow).where(GatewayKeyRow.id == row.id).values(last_used_at=now))


def _is_over(caller: GatewayCaller) -> bool:
    return caller.expires_at is not None and caller.expires_at <= now_ms()


def _unknown() -> Unauthorized:
    return Unauthorized("The key is unknown, expired or revoked.", hint="Make a new gateway key.")
