"""Rows on SQLite or PostgreSQL, opened as one owner."""

from entourage.stores.sql.base import Base, Json, Owned
from entourage.stores.sql.database import EVERYONE, Database, Owner, execute_many

__all__ = ["EVERYONE", "Base", "Database", "Json", "Owned", "Owner", "execute_many"]
