"""Rows on SQLite or PostgreSQL, opened as one owner."""

from entourage.stores.sql.base import Base, Json, Owned
from entourage.stores.sql.database import Database, execute_many
from entourage.stores.sql.owned import EVERYONE, Owner
from entourage.stores.sql.prepared import Prepared, Within
from entourage.stores.sql.reading import Reading

__all__ = ["EVERYONE", "Base", "Database", "Json", "Owned", "Owner", "Prepared", "Reading", "Within", "execute_many"]
