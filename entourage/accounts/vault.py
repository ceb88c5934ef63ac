"""Secrets at rest: encrypted by a master key, write-only for people, read back only by the server's own code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.master_key import (
    MasterKeyError,
    file_stamp,
    key_file,
    load_master_keys,
    new_key,
    parse_keys,
    write_keys,
)
from entourage.accounts.races import with_second_try
from entourage.accounts.tables import IdempotentAnswer, Secret, SigningKey
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database

NAMESPACE_MARK = ":"
"""Names with it, such as `provider:<id>`, belong to features of the server and are not shown among a person's own."""

MAX_SECRETS = 200
"""Secrets of a person's own."""

_BATCH_ROWS = 200

OnSecret: TypeAlias = Callable[[str, str], None]

_OWN = ~Secret.name.contains(NAMESPACE_MARK, autoescape=True)

_ENCRYPTED: tuple[tuple[Any, Any], ...] = (
    (Secret, Secret.value),
    (SigningKey, SigningKey.secret),
    (IdempotentAnswer, IdempotentAnswer.answer),
)


class Vault:
    """Encrypts with the newest key and reads with all of them. Values never reach logs, answers or events."""

    def __init__(self, database: Database, settings: Settings, keys: list[str]) -> None:
        self._database = database
        self._listeners: list[OnSecret] = []
        from_outside = settings.master_key is not None or settings.master_key_command
        self._file = None if from_outside else key_file(settings)
        self._stamp = self._file and file_stamp(self._file)
        self._use(keys)

    def __repr__(self) -> str:
        return "Vault(...)"

    def on_change(self, listener: OnSecret) -> None:
        """Have `listener` told of the owner and the name of every value that was put or deleted here."""
        self._listeners.append(listener)

    def _changed(self, owner_id: str, name: str) -> None:
        for listener in self._listeners:
            listener(owner_id, name)

    def _use(self, keys: list[str]) -> None:
        self._keys = keys
        self._cipher = MultiFernet([Fernet(key) for key in keys])

    def _follow_file(self) -> None:
        """Take up keys that another process (the command line) put into the file meanwhile."""
        if self._file is None or (stamp := file_stamp(self._file)) in {self._stamp, None}:
            return
        self._use(parse_keys(self._file.read_text(), str(self._file)))
        self._stamp = stamp

    def seal(self, value: bytes) -> bytes:
        """Encrypt."""
        self._follow_file()
        return self._cipher.encrypt(value)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt. Raises MasterKeyError when none of the keys fits."""
        self._follow_file()
        try:
            return self._cipher.decrypt(sealed)
        except InvalidToken:
            raise MasterKeyError(
                "The master key does not fit what the vault holds.",
                hint="Give back the key it was written with (ENTOURAGE_MASTER_KEY takes several, newest first, "
                "separated by commas; the default is the file master.key in the data folder).",
            ) from None

    async def get(self, owner_id: str, name: str) -> str | None:
        """The value, or None. Raises MasterKeyError."""
        async with self._database.read(owner_id) as session:
            sealed = await session.scalar(select(Secret.value).where(Secret.name == name))
        return None if sealed is None else self.unseal(sealed).decode()

    async def put(self, owner_id: str, name: str, value: str) -> None:
        """Keep or replace a value."""

        async def work() -> None:
            async with self._database.write(owner_id) as session:
                await put_secret(session, self, owner_id, name, value)

        await with_second_try(work)
        self._changed(owner_id, name)

    async def put_own(self, owner_id: str, name: str, value: str) -> None:
        """Keep or replace a value of the person's own. Raises Conflict for too many."""
        others = select(func.count(Secret.name)).where(_OWN, Secret.name != name)
        async with self._database.read(owner_id) as session:
            if (await session.scalar(others) or 0) >= MAX_SECRETS:
                raise Conflict(f"There are {MAX_SECRETS} secrets already.", hint="Delete one that is not used.")
        await self.put(owner_id, name, value)

    async def delete(self, owner_id: str, name: str) -> bool:
        """Forget a value; False when there was none."""
        async with self._database.write(owner_id) as session:
            gone = await session.execute(delete(Secret).where(Secret.name == name).returning(Secret.name))
            was_there = gone.first() is not None
        self._changed(owner_id, name)
        return was_there

    async def names(self, owner_id: str, *, prefix: str | None = None) -> list[tuple[str, int]]:
        """Names and when each was last written: a person's own, or with `prefix` those of a feature."""
        mine = _OWN if prefix is None else Secret.name.startswith(prefix, autoescape=True)
        async with self._database.read(owner_id) as session:
            rows = await session.execute(select(Secret.name, Secret.updated_at).where(mine).order_by(Secret.name))
            return [(name, updated_at) for name, updated_at in rows]

    async def rotate(self) -> int:
        """Make a new master key, encrypt everything again while the server runs, and count the values.

        The key before stays second in the file until the next rotation: another process may have been writing with it
        in that very moment. Rotate twice to be rid of a key. Raises Conflict when the keys come from outside: then put
        the new key first there, restart, and call `reseal`.
        """
        if self._file is None:
            raise Conflict(
                "The master key comes from outside the server.",
                hint="Put a new key before the old one there, restart, and encrypt again with `reseal`.",
            )
        self._follow_file()
        older = self._keys
        await asyncio.to_thread(write_keys, self._file, [new_key(), *older])
        count = await self.reseal()
        await asyncio.to_thread(write_keys, self._file, [self._keys[0], older[0]])
        return count

    async def reseal(self) -> int:
        """Encrypt everything again with the newest key, a few rows a transaction. Raises MasterKeyError."""
        self._follow_file()
        count = 0
        for table, column in _ENCRYPTED:
            count += await self._reseal_table(table, column)
        return count

    async def _reseal_table(self, table: Any, column: Any) -> int:
        keys = list(table.__mapper__.primary_key)
        async with self._database.read(EVERYONE) as session:
            found = [tuple(row) for row in await session.execute(select(*keys).where(column.is_not(None)))]
        for start in range(0, len(found), _BATCH_ROWS):
            async with self._database.write(EVERYONE) as session:
                for key in found[start : start + _BATCH_ROWS]:
                    row = await session.get(table, key, with_for_update=True)
                    if row is not None and (sealed := getattr(row, column.key)) is not None:
                        setattr(row, column.key, self._again(sealed))
        return len(found)

    def _again(self, sealed: bytes) -> bytes:
        try:
            return self._cipher.rotate(sealed)
        except InvalidToken:
            return self.seal(self.unseal(sealed))  # raises the error that names the way out

    async def check(self) -> None:
        """Open one value of each kind. Raises MasterKeyError when the keys are the wrong ones."""
        async with self._database.read(EVERYONE) as session:
            for _, column in _ENCRYPTED:
                sealed = await session.scalar(select(column).where(column.is_not(None)).limit(1))
                if sealed is not None:
                    self.unseal(sealed)


async def put_secret(session: AsyncSession, vault: Vault, owner_id: str, name: str, value: str) -> None:
    """Keep a value inside a transaction of the caller, beside the row that refers to it."""
    sealed = vault.seal(value.encode())
    row = await session.get(Secret, (owner_id, name))
    if row is None:
        session.add(Secret(owner_id=owner_id, name=name, value=sealed, updated_at=now_ms()))
    else:
        row.value, row.updated_at = sealed, now_ms()
    await session.flush()


async def open_vault(database: Database, settings: Settings) -> Vault:
    """The vault with the keys the settings name, tried on what it holds. Raises MasterKeyError."""
    vault = Vault(database, settings, await load_master_keys(settings))
    await vault.check()
    return vault
