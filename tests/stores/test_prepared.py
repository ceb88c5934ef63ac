"""Prepared statements see, change and make what a session would, and leave connections as they found them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from entourage.chats.tables import AttachmentRow, ChatRow, MessageRow
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database, Owner, Prepared
from entourage.stores.sql.owned import when_committed
from entourage.stores.sql.prepared import FEW
from tests.schema import open_database
from tests.stores.two_people import ANNA, BORIS, attachment, chat

TITLE = Prepared(select(ChatRow.title).where(ChatRow.id == bindparam("chat")))
WHOLE = Prepared(select(ChatRow).where(ChatRow.id == bindparam("chat")))
TITLES = Prepared(select(ChatRow.title).order_by(ChatRow.title))
RENAME = Prepared(update(ChatRow).where(ChatRow.id == bindparam("chat")).values(title=bindparam("to")))
SLOW = {
    "sqlite": text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000000) SELECT max(x) FROM n"
    ),
    "postgresql": text("SELECT pg_sleep(90)"),
}
"""Minutes, unless it is stopped."""


async def titles(database: Database, owner: Owner = EVERYONE) -> list[str]:
    async with database.reading(owner) as reading:
        return await TITLES.all(reading)


async def test_reads_see_only_ones_own(database: Database, rows: dict[str, ChatRow]) -> None:
    other = aliased(ChatRow)
    joined = select(AttachmentRow.id, ChatRow.title).join(ChatRow, ChatRow.id == AttachmentRow.chat_id)
    inside = select(ChatRow.id).where(ChatRow.id.in_(select(AttachmentRow.chat_id)))
    async with database.reading(ANNA) as reading:
        assert await TITLE.first(reading, chat=rows[BORIS].id) is None
        assert await TITLE.all(reading, chat=rows[ANNA].id) == ["Anna's"]
        assert await Prepared(select(other.title)).all(reading) == ["Anna's"]
        assert await Prepared(select(func.count()).select_from(ChatRow)).one(reading) == 1
        assert [title for _, title in await Prepared(joined).all(reading)] == ["Anna's"]
        assert await Prepared(inside).all(reading) == [rows[ANNA].id]
        assert not await Prepared(select(exists().where(ChatRow.id == rows[BORIS].id))).one(reading)
    assert await titles(database) == ["Anna's", "Boris's"]


async def test_one_statement_serves_everybody_in_turn(database: Database, rows: dict[str, ChatRow]) -> None:
    for owner in (ANNA, BORIS, ANNA, EVERYONE, BORIS):
        expected = sorted(row.title for key, row in rows.items() if owner in (key, EVERYONE))
        assert await titles(database, owner) == expected


async def test_changes_reach_only_ones_own(database: Database, rows: dict[str, ChatRow]) -> None:
    everything = Prepared(delete(AttachmentRow))
    async with database.write(ANNA) as session:
        assert await RENAME.changed(session, chat=rows[BORIS].id, to="taken") == 0
        assert await RENAME.changed(session, chat=rows[ANNA].id, to="Mine") == 1
        assert await everything.changed(session) == 1
    assert await titles(database) == ["Boris's", "Mine"]


async def test_what_is_made_is_ones_own(database: Database, rows: dict[str, ChatRow]) -> None:
    names = ("id", "chat_id", "name", "mime", "size", "created_ms")
    made = Prepared(insert(AttachmentRow).values({name: bindparam(name) for name in names}))
    values = {name: getattr(attachment(rows[ANNA].id), name) for name in names}
    async with database.write(ANNA) as session:
        assert await made.changed(session, **values) == 1
    async with database.read(EVERYONE) as session:
        assert (await session.get_one(AttachmentRow, values["id"])).owner_id == ANNA


async def test_a_table_becomes_its_rows_with_their_types(database: Database, rows: dict[str, ChatRow]) -> None:
    row = MessageRow(
        id=new_id(),
        chat_id=rows[ANNA].id,
        role="user",
        status="done",
        parts=[{"type": "text", "text": "grüß dich"}],
        text="grüß dich",
        created_ms=1 << 40,
    )
    async with database.write(ANNA) as session:
        session.add(row)
    both = Prepared(select(MessageRow, ChatRow.title).join(ChatRow, ChatRow.id == MessageRow.chat_id))
    async with database.reading(ANNA) as reading:
        message, title = await both.one(reading)
        found = await WHOLE.one(reading, chat=rows[ANNA].id)
    assert (message.id, message.parts, message.usage, message.created_ms) == (row.id, row.parts, None, 1 << 40)
    assert title == "Anna's"
    assert (found.title, found.pinned, found.workspace_id) == ("Anna's", False, None)


async def test_what_is_returned_may_become_rows(database: Database, rows: dict[str, ChatRow]) -> None:
    columns = ", ".join(column.name for column in ChatRow.__table__.columns)
    renamed = text(f"UPDATE chats SET title = :to RETURNING {columns}").columns(*ChatRow.__table__.columns)
    async with database.write(EVERYONE) as session:
        found = await Prepared(renamed, of=ChatRow).all(session, to="Both")
    assert {(row.id, row.title, row.pinned) for row in found} == {(row.id, "Both", False) for row in rows.values()}


async def test_a_session_sees_what_it_flushed_and_takes_it_back_on_an_error(
    database: Database, rows: dict[str, ChatRow]
) -> None:
    with pytest.raises(IntegrityError):
        async with database.write(ANNA) as session:
            session.add(chat("New"))
            await session.flush()
            assert await TITLES.all(session) == ["Anna's", "New"]
            await RENAME.changed(session, chat=rows[ANNA].id, to="Gone soon")
            await Prepared(update(ChatRow).values(id=bindparam("same"))).changed(session, same=new_id())
    assert await titles(database) == ["Anna's", "Boris's"]


async def test_values_must_be_those_that_it_takes(database: Database, rows: dict[str, ChatRow]) -> None:
    async with database.reading(ANNA) as reading:
        for wrong in ({}, {"chat": "x", "more": 1}, {"other": "x"}, {"the_owner": BORIS}):
            with pytest.raises(TypeError, match="takes"):
                await TITLE.all(reading, **wrong)
        assert await TITLE.all(reading, chat=rows[ANNA].id) == ["Anna's"]


async def test_an_error_tells_no_values_and_spoils_nothing(database: Database, rows: dict[str, ChatRow]) -> None:
    wrong = Prepared(text("SELECT * FROM nowhere WHERE x = :value"))
    for _ in range(30):  # more than there are connections
        with pytest.raises(DBAPIError) as raised:
            async with database.reading(ANNA) as reading:
                await wrong.all(reading, value="tulip-4711")
        assert "tulip" not in str(raised.value)
    assert await titles(database, ANNA) == ["Anna's"]


async def test_who_leaves_in_the_middle_takes_no_connection_along(database: Database, rows: dict[str, ChatRow]) -> None:
    slow = Prepared(SLOW[database.dialect])

    async def look(owner: str) -> None:
        async with database.reading(owner) as reading:
            await slow.all(reading)

    looking = [asyncio.create_task(look(ANNA)) for _ in range(4)]
    await asyncio.sleep(0.05)
    for task in looking:
        task.cancel()
    async with asyncio.timeout(20):
        ended = await asyncio.gather(*looking, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended)
        for _ in range(15):
            assert await titles(database, BORIS) == ["Boris's"]


async def test_a_reading_is_one_moment(database: Database, rows: dict[str, ChatRow]) -> None:
    if database.dialect != "sqlite":
        pytest.skip("READ COMMITTED sees what others commit between two statements")
    async with database.reading(ANNA) as reading:
        assert await TITLES.all(reading) == ["Anna's"]
        async with database.write(ANNA) as session:
            await RENAME.changed(session, chat=rows[ANNA].id, to="Later")
        assert await TITLES.all(reading) == ["Anna's"]
    assert await titles(database, ANNA) == ["Later"]


async def test_a_reading_changes_nothing(database: Database, rows: dict[str, ChatRow]) -> None:
    with suppress(DBAPIError):  # SQLite refuses it, PostgreSQL takes it back
        async with database.reading(ANNA) as reading:
            await RENAME.changed(reading, chat=rows[ANNA].id, to="Changed")
    assert await titles(database) == ["Anna's", "Boris's"]


def test_defaults_are_not_filled_in() -> None:
    from sqlalchemy.dialects import sqlite

    made = Prepared(insert(ChatRow).values(id=bindparam("id")))
    with pytest.raises(ValueError, match="defaults"):
        made._make(sqlite.dialect(), is_owned=True)  # pyright: ignore[reportPrivateUsage]


async def test_each_statement_is_told_with_its_seconds(tmp_path: Path, database_url: str | None) -> None:
    told: list[tuple[str, float]] = []
    await (await open_database(database_url, tmp_path)).close()
    database = Database(database_url, tmp_path, on_query=lambda statement, seconds: told.append((statement, seconds)))
    async with database.reading(ANNA) as reading:
        await TITLE.all(reading, chat="tulip-4711")
    async with database.write(ANNA) as session:
        await RENAME.changed(session, chat="tulip-4711", to="tulip")
    await database.close()
    for verb in ("SELECT chats.title", "UPDATE chats"):
        ((_, seconds),) = [(statement, seconds) for statement, seconds in told if statement.startswith(verb)]
        assert seconds > 0
    assert all("tulip" not in statement for statement, _ in told)


async def test_a_writing_is_kept_at_its_end_and_not_before(database: Database, rows: dict[str, ChatRow]) -> None:
    told: list[str] = []
    async with database.writing(ANNA) as writing:
        when_committed(writing, lambda: told.append("done"))
        assert await RENAME.changed(writing, chat=rows[ANNA].id, to="Mine") == 1
        assert await RENAME.changed(writing, chat=rows[BORIS].id, to="Mine") == 0
        assert await TITLES.all(writing) == ["Mine"]
        assert told == []
        assert await titles(database) == ["Anna's", "Boris's"]
    assert told == ["done"]
    assert await titles(database) == ["Boris's", "Mine"]


async def test_a_writing_that_fails_leaves_nothing(database: Database, rows: dict[str, ChatRow]) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with database.writing(ANNA) as writing:
            when_committed(writing, lambda: told.append("done"))
            await RENAME.changed(writing, chat=rows[ANNA].id, to="Mine")
            raise ZeroDivisionError
    with pytest.raises(IntegrityError):
        async with database.writing(EVERYONE) as writing:
            await RENAME.changed(writing, chat=rows[ANNA].id, to="Mine")
            await Prepared(update(ChatRow).values(id=bindparam("same"))).changed(writing, same=new_id())
    assert told == []
    assert await titles(database) == ["Anna's", "Boris's"]
    async with database.writing(ANNA) as writing:  # nothing is held
        await RENAME.changed(writing, chat=rows[ANNA].id, to="Later")
    assert await titles(database, ANNA) == ["Later"]


async def test_a_writing_without_a_statement_is_nothing(database: Database, rows: dict[str, ChatRow]) -> None:
    async with database.writing(ANNA):
        pass
    assert await titles(database) == ["Anna's", "Boris's"]


async def test_who_leaves_a_writing_takes_nothing_along(database: Database, rows: dict[str, ChatRow]) -> None:
    slow = Prepared(SLOW[database.dialect])

    async def write() -> None:
        async with database.writing(ANNA) as writing:
            await RENAME.changed(writing, chat=rows[ANNA].id, to="Mine")
            await slow.all(writing)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await titles(database) == ["Anna's", "Boris's"]
    async with asyncio.timeout(20), database.writing(BORIS) as writing:
        assert await RENAME.changed(writing, chat=rows[BORIS].id, to="Free") == 1
    assert await titles(database, BORIS) == ["Free"]


async def test_who_leaves_a_session_takes_nothing_along(database: Database, rows: dict[str, ChatRow]) -> None:
    slow = Prepared(SLOW[database.dialect])

    async def write() -> None:
        async with database.write(ANNA) as session:
            await RENAME.changed(session, chat=rows[ANNA].id, to="Mine")
            await slow.all(session)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(20), database.write(BORIS) as session:
        assert await RENAME.changed(session, chat=rows[BORIS].id, to="Free") == 1
    assert await titles(database) == ["Anna's", "Free"]


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 300])
async def test_one_statement_for_each_of_many(database: Database, rows: dict[str, ChatRow], count: int) -> None:
    names = ("id", "chat_id", "name", "mime", "size", "created_ms")
    made = Prepared(insert(AttachmentRow).values({name: bindparam(name) for name in names}))
    some = [attachment(rows[ANNA].id) for _ in range(count)]
    values = [{name: getattr(one, name) for name in names} for one in some]
    async with database.writing(ANNA) as writing:
        await made.each(writing, values)
    async with database.write(ANNA) as session:
        await made.each(session, [{**one, "id": new_id()} for one in values])
    owned = Prepared(select(func.count()).select_from(AttachmentRow))
    async with database.reading(ANNA) as reading:
        assert await owned.one(reading) == 2 * count + 1
    async with database.reading(BORIS) as reading:
        assert await owned.one(reading) == 1
