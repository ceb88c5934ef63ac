"""Notes to runs: kept as rows when they are said, taken as steps before the model is asked the next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.control.tables import NoteRow
from entourage.agents.schemas import ENDED
from entourage.agents.steps import NOTE, StoredNote, note_key
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.errors import Conflict
from entourage.kit.json import encode
from entourage.stores.sql import Database

if TYPE_CHECKING:
    from entourage.agents.work import Work

MAX_NOTES = 100


class Notes:
    """What was said to runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, work: Work) -> bool:
        """Record what was said since the last time, and show it where it is read; whether there was anything."""
        taken = work.recorded.last_note
        if work.stop.notes <= taken:
            return False
        query = select(NoteRow).where(NoteRow.run_id == work.run.id, NoteRow.num > taken).order_by(NoteRow.num)
        async with self._database.read(work.owner_id) as session:
            rows = list(await session.scalars(query))
        for row in rows:
            ordinal = len(work.recorded.replies)
            note = StoredNote(row.num, row.text, rfc3339(row.created_ms), ordinal)
            await work.runs.record(work.claim, NOTE, note_key(row.num), ordinal, encode(note).decode())
            work.recorded.notes.append(note)
            work.turn.note(note.num, note.text, note.at)
        return bool(rows)


async def said_to(session: AsyncSession, run: RunRow) -> list[str]:
    """All that was said to a run so far, read or not."""
    if not run.notes:
        return []
    return list(await session.scalars(select(NoteRow.text).where(NoteRow.run_id == run.id).order_by(NoteRow.num)))


def add_note(session: AsyncSession, run: RunRow, text: str) -> None:
    """Say something to a run whose row is locked. Raises Conflict when it has ended or was told too much."""
    if run.status in ENDED:
        raise Conflict("This run has ended.", hint="Send a message, or fork the run with a note.")
    if run.notes >= MAX_NOTES:
        raise Conflict(f"A run takes at most {MAX_NOTES} notes.")
    run.notes += 1
    session.add(NoteRow(run_id=run.id, num=run.notes, text=text, created_ms=now_ms()))
