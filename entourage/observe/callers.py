"""Who sends: keys are looked up at most every few seconds, and at once after one was revoked."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from entourage.accounts.identity import Identities
from entourage.accounts.standing import Standings
from entourage.kit.clock import now_ms
from entourage.kit.errors import Unauthorized
from entourage.observe.refusals import not_yours

FRESH_SECONDS = 5.0
"""How long what was looked up is taken as it is. Later it is looked up again while the old answer still holds."""

HOLDS_SECONDS = 30.0
"""How long another server's revocation may go unseen at most."""

MAX_KEPT = 4096


class Caller(NamedTuple):
    """The owner of a key that may send, and the application it is for (None: any)."""

    owner_id: str
    app: str | None


class _Kept(NamedTuple):
    caller: Caller
    looked_at: float
    expires_at: int | None


class Callers:
    """From a token to a `Caller`. However many ask for one token at once, it is looked up once."""

    def __init__(self, identities: Identities, standings: Standings) -> None:
        self._identities = identities
        self._kept: dict[str, _Kept] = {}
        self._looking: dict[str, asyncio.Task[Caller]] = {}
        standings.on_forget(self._forget)

    def known(self, token: str) -> Caller | None:
        """The caller if the token was looked up lately; what is old is looked up again meanwhile."""
        kept = self._kept.get(token)
        if kept and (kept.expires_at is None or kept.expires_at > now_ms()):
            age = time.monotonic() - kept.looked_at
            if age < FRESH_SECONDS:
                return kept.caller
            if age < HOLDS_SECONDS:
                self._look(token)
                return kept.caller
        return None

    async def of_token(self, token: str) -> Caller:
        """The caller. Raises Unauthorized, and Refused when the token may not send."""
        return self.known(token) or await asyncio.shield(self._look(token))

    def _look(self, token: str) -> asyncio.Task[Caller]:
        looking = self._looking.get(token)
        if looking is None:
            looking = self._looking[token] = asyncio.create_task(self._look_up(token))
            looking.add_done_callback(lambda task: self._looked(token, task))
        return looking

    def _looked(self, token: str, task: asyncio.Task[Caller]) -> None:
        if self._looking.get(token) is task:
            del self._looking[token]
        if not task.cancelled() and task.exception():
            self._kept.pop(token, None)

    async def _look_up(self, token: str) -> Caller:
        if not token:
            raise Unauthorized("There is no key.", hint="Send `Authorization: Bearer <ingest key>`.")
        started = time.monotonic()
        identity = await self._identities.of_token(token)
        if not identity.scopes & {"ingest", "write"}:
            raise not_yours("This key may not send events: it has neither the scope 'ingest' nor 'write'.")
        caller = Caller(identity.user_id, identity.app)
        if self._looking.get(token) is asyncio.current_task():  # else what was read may have been revoked meanwhile
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[token] = _Kept(caller, started, identity.expires_at)
        return caller

    def _forget(self) -> None:
        self._kept.clear()
        self._looking.clear()
