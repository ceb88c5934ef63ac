"""Statements are timed, and what goes wrong with one is told without its values."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entourage.stores.sql import EVERYONE, Database


async def test_each_statement_is_told_with_its_seconds(tmp_path: Path, database_url: str | None) -> None:
    told: list[tuple[str, float]] = []
    database = Database(database_url, tmp_path, on_query=lambda statement, seconds: told.append((statement, seconds)))
    async with database.read(EVERYONE) as session:
        await session.execute(text("SELECT :value"), {"value": "tulip-4711"})
    await database.close()
    (seconds,) = [
        seconds for statement, seconds in told if statement.startswith("SELECT ") and "set_config" not in statement
    ]
    assert seconds > 0
    assert all("tulip" not in statement for statement, _ in told)


async def test_an_error_tells_no_values(tmp_path: Path, database_url: str | None) -> None:
    database = Database(database_url, tmp_path)
    with pytest.raises(DBAPIError) as raised:
        async with database.read(EVERYONE) as session:
            await session.execute(text("SELECT * FROM nowhere WHERE x = :value"), {"value": "tulip-4711"})
    await database.close()
    assert "tulip" not in str(raised.value)
