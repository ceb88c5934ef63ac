"""Work that only one of several replicas should do."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text

from entourage.stores.sql.database import Database
from entourage.stores.sql.owned import EVERYONE


@asynccontextmanager
async def sole(database: Database, name: str) -> AsyncGenerator[bool]:
    """Whether this process may do the work called `name` inside the block: True for one at a time.

    On PostgreSQL an advisory lock that goes with its transaction, however the process ends; an embedded database has
    one process anyway.
    """
    if database.dialect != "postgresql":
        yield True
        return
    async with database.read(EVERYONE) as session:
        key = zlib.crc32(name.encode())
        yield bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))
