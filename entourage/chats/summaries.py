"""Summaries of beginnings of conversations: each tells of a branch up to one message."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.work import Summary
from entourage.chats.tables import MessageRow, SummaryRow
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.stores.sql import Prepared, Within

SHORTEST = 3
"""Messages of the shortest branch whose beginning can have been summarised."""

_SUMMARIES = Prepared(select(SummaryRow).where(SummaryRow.chat_id == bindparam("chat")))


async def newest_summary(within: Within, chat_id: str, path: Sequence[MessageRow]) -> Summary | None:
    """The summary that tells most of this branch (`path`, oldest first), if there is one."""
    if len(path) < SHORTEST:
        return None
    found = {row.upto_message_id: row for row in await _SUMMARIES.all(within, chat=chat_id)}
    newest = next((found[message.id] for message in reversed(path) if message.id in found), None)
    return Summary(newest.upto_message_id, newest.messages, newest.text) if newest else None


async def add_summary(session: AsyncSession, chat_id: str, summary: Summary) -> None:
    """Keep a summary in the caller's transaction; the first one up to a message stays."""
    row_id = derived_id(chat_id, "summary", summary.upto_message_id)
    if await session.get(SummaryRow, row_id) is not None:
        return
    session.add(
        SummaryRow(
            id=row_id,
            chat_id=chat_id,
            upto_message_id=summary.upto_message_id,
            messages=summary.messages,
            text=summary.text,
            created_ms=now_ms(),
        )
    )
