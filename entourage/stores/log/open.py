"""The log store of a database."""

from __future__ import annotations

from entourage.stores.log.base import LogStore
from entourage.stores.sql.database import Database


def open_log_store(database: Database) -> LogStore:
    """The log beside the rows of `database`, on the same engine."""
    if database.dialect == "sqlite":
        from entourage.stores.log.sqlite import SqliteLog

        return SqliteLog(database.path, database.gate, synchronous=database.synchronous)
    from entourage.stores.log.postgres import PostgresLog

    return PostgresLog(database.url)
