"""Databases with our schema, copied from one that was migrated: migrations take longer than most tests."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema, migrations_folder
from entourage.stores.sql import Database

_making = asyncio.Lock()
_embedded: list[bytes] = []
_LOCK_KEY = 0x74657374  # any fixed number: workers that start together take turns


async def put_schema(data_dir: Path) -> None:
    """An embedded database in this folder, unless there is one."""
    path = data_dir / "entourage.db"
    if path.exists():
        return
    async with _making:
        if not _embedded:
            _embedded.append(await _migrated())
    _write(path, _embedded[0])


async def open_database(url: str | None, data_dir: Path) -> Database:
    """A database with our schema: of `url`, else in this folder."""
    if url is None:
        await put_schema(data_dir)
    database = Database(url, data_dir)
    await ensure_schema(database)
    return database


@asynccontextmanager
async def fresh_postgres(url: str, *, empty: bool = False) -> AsyncIterator[str]:
    """A database of its own on the server behind `url`, with our schema unless `empty`."""
    name = f"test_{new_id().replace('-', '')}"
    admin = await asyncpg.connect(url)
    template = "template1" if empty else await _template(admin, url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield _named(url, name)
    finally:
        await _drop(admin, name)
        await admin.close()


async def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(None, Path(folder))
        await ensure_schema(database)
        await database.close()  # the last connection brings the log into the file
        return database.path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


async def _template(admin: asyncpg.Connection, url: str) -> str:
    """The database that others are copied from: whoever needs it first makes it, and it is kept for the next run."""
    name = f"entourage_tests_{_migrations_hash()}"
    async with _turns(admin):
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn", name):
            for (old,) in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'entourage_tests_%'"):
                await admin.execute(f"DROP DATABASE {old} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template1")
            database = Database(_named(url, name), Path())
            await ensure_schema(database)
            await database.close()
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    return name


@asynccontextmanager
async def _turns(admin: asyncpg.Connection) -> AsyncIterator[None]:
    await admin.execute(f"SELECT pg_advisory_lock({_LOCK_KEY})")
    try:
        yield
    finally:
        await admin.execute(f"SELECT pg_advisory_unlock({_LOCK_KEY})")


@cache
def _migrations_hash() -> str:
    files = sorted((migrations_folder() / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def _drop(admin: asyncpg.Connection, name: str) -> None:
    """Autovacuum may be in there for a moment, and it is not ours to send away."""
    async with asyncio.timeout(30):
        while True:
            try:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectInUseError):
                await asyncio.sleep(0.1)
            else:
                return
