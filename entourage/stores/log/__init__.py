"""The rows of the event log on SQLite or PostgreSQL: one transaction a batch."""

from entourage.stores.log.base import Filter, LogStore, Record, Rider, Rollup, Spend, Stored, Sums
from entourage.stores.log.open import open_log_store

__all__ = ["Filter", "LogStore", "Record", "Rider", "Rollup", "Spend", "Stored", "Sums", "open_log_store"]
