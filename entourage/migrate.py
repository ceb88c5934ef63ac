"""The schema: brought to the newest revision at start, or by `entourage migrate`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, inspect, text

from entourage.stores.sql import Base, Database
from entourage.stores.sql.owned import EVERYONE

if TYPE_CHECKING:
    from alembic.config import Config

TABLES = (
    "entourage.accounts.tables",
    "entourage.agents.control.tables",
    "entourage.agents.schedules.tables",
    "entourage.agents.planning.tables",
    "entourage.agents.library.tables",
    "entourage.agents.prompts.tables",
    "entourage.agents.remembering.tables",
    "entourage.agents.tables",
    "entourage.alerts.tables",
    "entourage.artifacts.tables",
    "entourage.chats.tables",
    "entourage.llm.tables",
    "entourage.memory.ingest.tables",
    "entourage.memory.tables",
    "entourage.memory.graph.tables",
    "entourage.observe.tables",
    "entourage.sandboxes.tables",
    "entourage.stores.graph.sql.tables",
    "entourage.stores.log.spending",
    "entourage.stores.log.tables",
    "entourage.tools.grants.tables",
    "entourage.tools.mcp.bundles.tables",
    "entourage.tools.mcp.servers.tables",
    "entourage.tools.policy.tables",
    "entourage.tools.services.tables",
    "entourage.workspaces.tables",
)

_LOCK_KEY = 0x656E746F  # any fixed number: replicas that start together take turns


def migrations_folder() -> Path:
    """Beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def head() -> str:
    """The newest revision, by the name of its file."""
    return max(path.name.split("_")[0] for path in (migrations_folder() / "versions").glob("[0-9]*_*.py"))


def metadata() -> MetaData:
    """Every table of every room."""
    for module in TABLES:
        import_module(module)
    return Base.metadata


async def ensure_schema(database: Database) -> None:
    """Upgrade when the database is not at the newest revision; quick when it is."""
    if await revision(database) != head():
        await upgrade(database)


async def revision(database: Database) -> str | None:
    """The database's revision, None for an empty one."""

    def look(connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))

    async with database.read(EVERYONE) as session:
        return await (await session.connection()).run_sync(look)


async def upgrade(database: Database, to: str = "head") -> None:
    """Bring the schema up, in one transaction."""
    from alembic import command

    await _run(database, lambda config: command.upgrade(config, to))


async def downgrade(database: Database, to: str) -> None:
    """Bring the schema down to a revision, or to `base`."""
    from alembic import command

    await _run(database, lambda config: command.downgrade(config, to))


async def check(database: Database) -> None:
    """Raises alembic's CommandError when tables and migrations disagree."""
    from alembic import command

    await _run(database, command.check)


async def _run(database: Database, work: Callable[[Config], None]) -> None:
    config = await asyncio.to_thread(_config)

    def go(connection: Connection) -> None:
        config.attributes["connection"] = connection
        work(config)

    async with database.write(EVERYONE) as session:
        if database.dialect == "postgresql":
            await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
        await (await session.connection()).run_sync(go)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config
