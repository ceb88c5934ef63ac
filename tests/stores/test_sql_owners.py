"""A session opened as somebody sees, changes and makes nothing of anybody else, whatever the statement."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from entourage.chats.tables import AttachmentRow, ChatRow
from entourage.stores.sql import EVERYONE, Database
from tests.stores.two_people import ANNA, BORIS, chat


async def titles(database: Database) -> list[str]:
    async with database.read(EVERYONE) as session:
        return sorted(await session.scalars(select(ChatRow.title)))


async def test_new_rows_are_stamped(database: Database, rows: dict[str, ChatRow]) -> None:
    assert rows[ANNA].owner_id == ANNA
    async with database.read(EVERYONE) as session:
        owners = list(await session.scalars(select(AttachmentRow.owner_id)))
    assert sorted(owners) == sorted([ANNA, BORIS])


async def test_reads_see_only_ones_own(database: Database, rows: dict[str, ChatRow]) -> None:
    other = aliased(ChatRow)
    async with database.read(ANNA) as session:
        assert await session.get(ChatRow, rows[BORIS].id) is None
        assert (await session.get_one(ChatRow, rows[ANNA].id)).title == "Anna's"
        assert list(await session.scalars(select(ChatRow.title))) == ["Anna's"]
        assert list(await session.scalars(select(other.title))) == ["Anna's"]
        assert await session.scalar(select(func.count()).select_from(ChatRow)) == 1
        assert await session.scalar(select(ChatRow.id).where(ChatRow.id == rows[BORIS].id)) is None
        joined = select(AttachmentRow.id, ChatRow.title).join(ChatRow, ChatRow.id == AttachmentRow.chat_id)
        assert [title for _, title in await session.execute(joined)] == ["Anna's"]
        inside = select(ChatRow.id).where(ChatRow.id.in_(select(AttachmentRow.chat_id)))
        assert list(await session.scalars(inside)) == [rows[ANNA].id]
        anywhere = select(exists().where(ChatRow.id == rows[BORIS].id))
        assert await session.scalar(anywhere) is False


async def test_changes_reach_only_ones_own(database: Database, rows: dict[str, ChatRow]) -> None:
    async with database.write(ANNA) as session:
        await session.execute(update(ChatRow).values(title="changed"))
        await session.execute(update(ChatRow).where(ChatRow.id == rows[BORIS].id).values(title="stolen"))
    assert await titles(database) == ["Boris's", "changed"]
    async with database.write(ANNA) as session:
        await session.execute(delete(AttachmentRow))
        await session.execute(delete(ChatRow).where(ChatRow.id == rows[BORIS].id))
        await session.execute(delete(ChatRow))
    assert await titles(database) == ["Boris's"]
    async with database.read(BORIS) as session:
        assert await session.scalar(select(func.count()).select_from(AttachmentRow)) == 1


async def test_a_row_of_somebody_else_is_refused(database: Database, rows: dict[str, ChatRow]) -> None:
    with pytest.raises(PermissionError):
        async with database.write(ANNA) as session:
            session.add(chat("smuggled", owner_id=BORIS))
    with pytest.raises(PermissionError):
        async with database.write(ANNA) as session:
            row = await session.get_one(ChatRow, rows[ANNA].id)
            row.owner_id = BORIS
    with pytest.raises(PermissionError):
        async with database.write(ANNA) as session:
            foreign = await session.merge(rows[BORIS])
            foreign.title = "stolen"
    assert await titles(database) == ["Anna's", "Boris's"]


async def test_everyone_is_for_the_servers_own_work(database: Database, rows: dict[str, ChatRow]) -> None:
    async with database.write(EVERYONE) as session:
        assert len(list(await session.scalars(select(ChatRow)))) == 2
        (await session.get_one(ChatRow, rows[BORIS].id)).title = "tidied"
    assert await titles(database) == ["Anna's", "tidied"]


async def test_raw_sql_meets_the_second_wall(database: Database, rows: dict[str, ChatRow]) -> None:
    """On PostgreSQL row-level security hides the rows even from statements the store did not write."""
    behind_wall = database.dialect == "postgresql"
    async with database.read(ANNA) as session:
        seen = sorted(await session.scalars(text("SELECT title FROM chats")))
    assert seen == (["Anna's"] if behind_wall else ["Anna's", "Boris's"])
    if behind_wall:
        async with database.write(ANNA) as session:
            await session.execute(text("UPDATE chats SET title = 'stolen'"))
            await session.execute(text("DELETE FROM attachments"))
        assert await titles(database) == ["Boris's", "stolen"]
        with pytest.raises(DBAPIError, match="row-level security"):
            async with database.write(ANNA) as session:
                await session.execute(text("UPDATE chats SET owner_id = :boris"), {"boris": BORIS})


async def test_every_owned_table_has_the_wall(database: Database) -> None:
    from entourage.migrate import metadata

    owned = {name for name, table in metadata().tables.items() if "owner_id" in table.c}
    assert len(owned) > 10
    if database.dialect == "postgresql":
        async with database.read(EVERYONE) as session:
            walls = await session.scalars(
                text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
            )
            assert owned <= set(walls)
