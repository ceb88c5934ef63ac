"""Password hashes: argon2id, computed beside the event loop and only a few at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib.hashers.argon2 import Argon2Hasher

CONCURRENCY = 2
"""Hashes computed at once: each takes a core and its memory."""


class Passwords:
    """Hashes and verifies. The default cost is OWASP's for argon2id: 19 MiB, two passes, one lane."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456) -> None:
        self._cost = (time_cost, memory_kib, 1)
        self._pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="passwords")
        self._hasher: Argon2Hasher | None = None
        self._nobody: str | None = None

    def warm_up(self) -> None:
        """Begin to make the hash that unknown people are checked against, so that the first of them waits no longer."""
        self._pool.submit(self._verify, "", None)

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hash, password)

    async def verify(self, password: str, known_hash: str | None) -> bool:
        """Whether it is the password. Without a hash (an unknown person) it takes as long and says no."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._verify, password, known_hash)

    def close(self) -> None:
        """Give the threads back."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _engine(self) -> Argon2Hasher:
        if self._hasher is None:
            from pwdlib.hashers.argon2 import Argon2Hasher

            self._hasher = Argon2Hasher(*self._cost)
        return self._hasher

    def _hash(self, password: str) -> str:
        return self._engine().hash(password)

    def _verify(self, password: str, known_hash: str | None) -> bool:
        if known_hash is None:
            if self._nobody is None:
                self._nobody = self._hash("nobody has this password")
            self._engine().verify(password, self._nobody)
            return False
        return self._engine().verify(password, known_hash)
