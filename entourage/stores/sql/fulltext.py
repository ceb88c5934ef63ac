"""Full text over one text column of a table: FTS5 on SQLite, tsvector on PostgreSQL. Words match by their beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Text, func, literal_column, text
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

HIT_START, HIT_END = "\ue000", "\ue001"
"""Private-use characters around each hit in a snippet."""

MAX_WORDS = 12
COLUMN = "text_search"

_WORD = re.compile(r"\w+", re.UNICODE)


def words(query: str) -> list[str]:
    """The words of a query, without operators of any engine."""
    return [word.lower() for word in _WORD.findall(query)][:MAX_WORDS]


def create(dialect: str, table: str, column: str, key: str) -> Iterable[str]:
    """Statements that index `table.column`; `key` is the table's integer primary key."""
    if dialect == "sqlite":
        index = f"{table}_fts"
        row = f"INSERT INTO {index}(rowid, {column}) VALUES (new.{key}, new.{column});"
        gone = f"INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.{key}, old.{column});"
        yield (
            f"CREATE VIRTUAL TABLE {index} USING fts5({column}, content='{table}', content_rowid='{key}', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        yield f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {row} END"
        yield f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {gone} END"
        yield f"CREATE TRIGGER {index}_update AFTER UPDATE OF {column} ON {table} BEGIN {gone} {row} END"
    else:
        yield (
            f"ALTER TABLE {table} ADD COLUMN {COLUMN} tsvector "
            f"GENERATED ALWAYS AS (to_tsvector('simple', {column})) STORED"
        )
        yield f"CREATE INDEX ix_{table}_{COLUMN} ON {table} USING gin ({COLUMN})"


def drop(dialect: str, table: str) -> Iterable[str]:
    """Undo `create`."""
    if dialect == "sqlite":
        for trigger in ("insert", "delete", "update"):
            yield f"DROP TRIGGER IF EXISTS {table}_fts_{trigger}"
        yield f"DROP TABLE IF EXISTS {table}_fts"
    else:
        yield f"DROP INDEX IF EXISTS ix_{table}_{COLUMN}"
        yield f"ALTER TABLE {table} DROP COLUMN IF EXISTS {COLUMN}"


def matching(
    dialect: str, query: Select[*tuple[Any, ...]], table: str, column: str, key: Any, found: list[str]
) -> Select[*tuple[Any, ...]]:
    """`query` narrowed to rows in which all words occur, with a `snippet` column added."""
    if dialect == "sqlite":
        index = f"{table}_fts"
        snippet = literal_column(f"snippet({index}, 0, '{HIT_START}', '{HIT_END}', '…', 16)", Text()).label("snippet")
        term = " ".join(f'"{word}"*' for word in found)
        hits = sql_table(index, sql_column("rowid"))
        joined = query.add_columns(snippet).join(hits, hits.c.rowid == key)
        return joined.where(text(f"{index} MATCH :term").bindparams(term=term))
    options = f"StartSel={HIT_START}, StopSel={HIT_END}, MaxWords=24, MinWords=8"
    simple = literal_column("'simple'::regconfig", Text())
    wanted = func.to_tsquery(simple, " & ".join(f"{word}:*" for word in found))
    shown = func.ts_headline(simple, literal_column(f"{table}.{column}", Text()), wanted, options, type_=Text())
    narrowed = query.add_columns(shown.label("snippet"))
    return narrowed.where(literal_column(f"{table}.{COLUMN}", Text()).op("@@")(wanted))
