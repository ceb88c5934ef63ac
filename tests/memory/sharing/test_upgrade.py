"""What was called a workspace before workspaces had memories stays a tag; going back takes away what was shared."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text

from entourage import migrate
from entourage.kit.ids import new_id
from entourage.memory.rows import PENDING, insert_rows, values_of
from entourage.memory.schemas import NewMemory
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.tables import WorkspaceRow


async def test_a_label_becomes_a_tag(tmp_path: Path, database_url: str | None) -> None:
    database, anna, space = Database(database_url, tmp_path), new_id(), new_id()
    await migrate.upgrade(database)
    values = [
        values_of(owner, NewMemory(text="Tea at five.", tags=["tea"]), document_id=None, position=0, author=None)
        | {"index_state": "indexed"}
        for owner in (anna, space)
    ]
    async with database.write(EVERYONE) as session:
        for one in values:
            await insert_rows(session, one["owner_id"], [one])
        made = {"version": 1, "created_ms": 0, "updated_ms": 0}
        session.add(WorkspaceRow(id=space, owner_id=anna, name="Birds", description="", settings={}, **made))
    await migrate.downgrade(database, "0022")
    async with database.write(EVERYONE) as session:
        await session.execute(text("UPDATE memories SET workspace = 'w1'"))
    await migrate.upgrade(database)
    async with database.read(EVERYONE) as session:
        [kept] = await session.scalars(select(MemoryRow).where(MemoryRow.owner_id.in_([anna, space])))
    assert (kept.owner_id, kept.tags, kept.index_state, kept.author) == (anna, ["tea", "w1"], PENDING, None)
    await database.close()
