"""Branches: a conversation is a tree of messages, and one sees the path from a leaf to the root."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, Select, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from entourage.chats.tables import MessageRow
from entourage.stores.sql import Prepared, Within
from entourage.stores.sql.base import ID


def _upwards() -> Select[MessageRow]:
    leaf, most = bindparam("leaf", type_=ID), bindparam("most", type_=Integer)
    start = select(MessageRow.id, MessageRow.parent_id, literal(1).label("step")).where(MessageRow.id == leaf)
    chain = start.cte("chain", recursive=True)
    above = aliased(MessageRow)
    chain = chain.union_all(
        select(above.id, above.parent_id, chain.c.step + 1).where(above.id == chain.c.parent_id, chain.c.step < most)
    )
    return select(MessageRow).join(chain, MessageRow.id == chain.c.id).order_by(chain.c.step.desc())


_UPWARDS = Prepared(_upwards())


async def path_to(within: Within, message_id: str, limit: int) -> list[MessageRow]:
    """The message and up to `limit - 1` before it on its branch, oldest first. Reads only what it returns."""
    return await _UPWARDS.all(within, leaf=message_id, most=limit)


async def siblings_of(session: AsyncSession, rows: Sequence[MessageRow]) -> dict[str, list[str]]:
    """For each message the ids of its alternatives and its own, oldest first."""
    if not rows:
        return {}
    parents = {row.parent_id for row in rows if row.parent_id}
    at = (MessageRow.chat_id == rows[0].chat_id) & (
        MessageRow.parent_id.in_(parents) | MessageRow.parent_id.is_(None)
        if any(row.parent_id is None for row in rows)
        else MessageRow.parent_id.in_(parents)
    )
    query = select(MessageRow.id, MessageRow.parent_id, MessageRow.role).where(at).order_by(MessageRow.num)
    groups: dict[tuple[str | None, str], list[str]] = {}
    for message_id, parent_id, role in await session.execute(query):
        groups.setdefault((parent_id, role), []).append(message_id)
    return {row.id: groups[row.parent_id, row.role] for row in rows}


async def leaf_below(session: AsyncSession, message_id: str) -> str:
    """The newest leaf below a message: what one sees when one switches to its branch."""
    start = select(MessageRow.id, MessageRow.num).where(MessageRow.id == message_id)
    tree = start.cte("tree", recursive=True)
    below = aliased(MessageRow)
    tree = tree.union_all(select(below.id, below.num).where(below.parent_id == tree.c.id))
    found = await session.scalar(select(tree.c.id).order_by(tree.c.num.desc()).limit(1))
    return found or message_id
