"""Rows on SQLite or PostgreSQL, opened as one owner."""

from entourage.stores.sql.base import Base, Json, Owned
from entourage.stores.sql.database import Database, execute_many
from entourage.stores.sql.owned import EVERYONE, Owner
from entourage.stores.sql.prepared import Prepared, Within, listed
from entourage.stores.sql.transactions import Reading, Writing

__all__ = [
    "EVERYONE",
    "Base",
    "Database",
    "Json",
    "Owned",
    "Owner",
    "Prepared",
    "Reading",
    "Within",
    "Writing",
    "execute_many",
    "listed",
]
