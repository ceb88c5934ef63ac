"""`entourage migrate`."""

from __future__ import annotations

import asyncio

from entourage import migrate
from entourage.commands.setup import errors, fail
from entourage.settings import Settings
from entourage.stores.sql import Database


def run_migrate(settings: Settings, to: str, *, check_only: bool) -> int:
    """Bring the schema to a revision, or only check it; the exit code."""
    return asyncio.run(_migrate(settings, to, check_only=check_only))


async def _migrate(settings: Settings, to: str, *, check_only: bool) -> int:
    from alembic.util import CommandError

    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url, settings.data_dir, pool_size=2)
    try:
        before = await migrate.revision(database)
        if check_only:
            await migrate.check(database)
            errors.print(f"The schema is right (revision {before}).")
            return 0
        await (
            migrate.downgrade(database, to) if to == "base" or to < (before or "") else migrate.upgrade(database, to)
        )
        errors.print(f"{before or 'empty'} -> {await migrate.revision(database) or 'empty'}")
    except CommandError as error:
        return fail(str(error), "Run `entourage migrate` to bring the schema up.")
    finally:
        await database.close()
    return 0
