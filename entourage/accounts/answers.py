"""Kept answers of POSTs with an `Idempotency-Key` (see `idempotency.py` for the rules)."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from entourage.accounts.tables import IdempotentAnswer
from entourage.accounts.vault import Vault
from entourage.kit import json
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database

KEEP_MS = 24 * 3600 * 1000
LOCK_MS = 60_000

Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers, body."""


class AnswerStore:
    """Rows of answers; each owner has their own."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def begin(self, owner_id: str, key_hash: str, request_hash: str) -> Answer | str:
        """The answer of the first time, or the name of the attempt that may run now.

        Raises Conflict while another attempt runs, Invalid when the key was used for another request.
        """
        now, attempt = now_ms(), new_id()
        fresh = IdempotentAnswer(
            owner_id=owner_id,
            key_hash=key_hash,
            request_hash=request_hash,
            attempt=attempt,
            locked_until=now + LOCK_MS,
            expires_at=now + KEEP_MS,
        )
        over = or_(
            IdempotentAnswer.expires_at <= now,
            IdempotentAnswer.status.is_(None) & (IdempotentAnswer.locked_until <= now),
        )
        try:
            async with self._database.write(owner_id) as session:
                await session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.key_hash == key_hash, over))
                row = await session.scalar(select(IdempotentAnswer).where(IdempotentAnswer.key_hash == key_hash))
                if row is None:
                    session.add(fresh)
                    await session.flush()
                    return attempt
        except IntegrityError:
            raise _running() from None
        return self._replay(row, request_hash)

    def _replay(self, row: IdempotentAnswer, request_hash: str) -> Answer:
        if row.request_hash != request_hash:
            message = "this key was used for another request"
            raise Invalid(
                "The Idempotency-Key was used for another request.",
                hint="Use a new key for each new request.",
                errors=[{"field": "Idempotency-Key", "message": message}],
            )
        if row.status is None or row.answer is None:
            raise _running()
        headers, body = json.decode(self._vault.unseal(row.answer))
        return row.status, [(name, value) for name, value in headers], base64.b64decode(body)

    async def finish(self, owner_id: str, key_hash: str, attempt: str, answer: Answer) -> None:
        """Keep the answer of an attempt."""
        status, headers, body = answer
        sealed = self._vault.seal(json.encode([headers, base64.b64encode(body).decode()]))
        await self._change(owner_id, key_hash, attempt, status=status, answer=sealed)

    async def keep_alive(self, owner_id: str, key_hash: str, attempt: str) -> None:
        """Hold the lock of an attempt until cancelled."""
        while True:
            await asyncio.sleep(LOCK_MS / 3000)
            await self._change(owner_id, key_hash, attempt, locked_until=now_ms() + LOCK_MS)

    async def give_up(self, owner_id: str, key_hash: str, attempt: str) -> None:
        """Forget an attempt that failed, so that the key may be used again."""
        async with self._database.write(owner_id) as session:
            await session.execute(
                delete(IdempotentAnswer).where(
                    IdempotentAnswer.key_hash == key_hash, IdempotentAnswer.attempt == attempt
                )
            )

    async def purge(self) -> None:
        """Remove answers that are too old."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.expires_at <= now_ms()))

    async def _change(self, owner_id: str, key_hash: str, attempt: str, **values: Any) -> None:
        async with self._database.write(owner_id) as session:
            await session.execute(
                update(IdempotentAnswer)
                .where(IdempotentAnswer.key_hash == key_hash, IdempotentAnswer.attempt == attempt)
                .values(**values)
            )


def _running() -> Conflict:
    problem = Conflict("The first request with this Idempotency-Key is still running.", hint="Wait and send it again.")
    problem.headers = {"Retry-After": "1"}
    return problem
