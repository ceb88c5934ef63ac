"""Memories of people: kept as rows, found through vectors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import case, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict
from entourage.kit.etag import check_if_match, etag_of
from entourage.memory.choices import Choices
from entourage.memory.deleting import delete_ids, delete_where
from entourage.memory.embedders import Embedders
from entourage.memory.fields import Kind, Scope
from entourage.memory.indexing import IndexedListener, Indexer, Listener
from entourage.memory.matching import Matching
from entourage.memory.merging import merged
from entourage.memory.parting import parts_of
from entourage.memory.pointing import SHARED
from entourage.memory.rows import PENDING, find_row, insert_rows, key_of, memory_of, rows_by_id, values_of
from entourage.memory.schemas import Author, ChangeMemory, Memory, NewMemory
from entourage.memory.search_schemas import Found, MemorySearch, Recalled
from entourage.memory.searching import Searcher, Wish
from entourage.memory.setting_schemas import MemorySettings
from entourage.memory.tables import MemoryRow
from entourage.memory.using import Uses
from entourage.stores.sql import Database, Within

ROWS_AT_ONCE = 25
"""Rows that are written in one turn of the event loop."""
RECALL_DIVERSITY = 0.2

StoredListener = Callable[[str, Memory], Awaitable[None]]
ForgottenListener = Callable[[str, list[str]], Awaitable[None]]


class Memories:
    """Memory by owner."""

    def __init__(
        self,
        database: Database,
        embedders: Embedders,
        choices: Choices,
        searcher: Searcher,
        indexer: Indexer,
        uses: Uses,
    ) -> None:
        self._database = database
        self._embedders = embedders
        self._choices = choices
        self._searcher = searcher
        self._indexer = indexer
        self._uses = uses
        self.on_stored: list[StoredListener] = []
        """Called with each new memory of `put`."""

    @property
    def listeners(self) -> list[Listener]:
        """Called with memories that are new or changed, at least once for each version."""
        return self._indexer.listeners

    @property
    def on_forgotten(self) -> list[ForgottenListener]:
        """Called with the ids of forgotten memories, at least once."""
        return self._indexer.burying.on_forgotten

    def on_indexed(self, listener: IndexedListener) -> None:
        """Call it with the owner and the ids of documents of which memories were indexed."""
        self._indexer.on_indexed.append(listener)

    # writing

    async def store(self, owner_id: str, new: NewMemory, author: Author | None = None) -> Memory:
        """Remember it; what is known already stays one memory. `author` says it where a workspace is the owner.

        Raises Unavailable.
        """
        return (await self.put(owner_id, new, author))[0]

    async def put(self, owner_id: str, new: NewMemory, author: Author | None = None) -> tuple[Memory, bool]:
        """As `store`; with whether it is new.

        A text over the embedder's budget becomes several memories, each with its `part` of `parts` in `metadata`;
        the first is given.
        """
        rows = await parts_of(new, await self._embedders.of(owner_id))
        async with self._database.write(owner_id) as session:
            known = await session.scalar(select(MemoryRow.id).where(MemoryRow.key == _key_of(rows[0])))
            ids = await self.add(session, owner_id, rows, author=author)
            if known:
                repeated = {"repeats": MemoryRow.repeats + 1, "updated_ms": now_ms()}
                await session.execute(update(MemoryRow).where(MemoryRow.id == known).values(repeated))
            row = (await session.scalars(select(MemoryRow).where(MemoryRow.id == ids[0]))).one()
            shown = memory_of(row)
        self.wake()
        if known is None:
            for tells in self.on_stored:
                await tells(owner_id, shown)
        return shown, known is None

    async def add(
        self,
        within: Within,
        owner_id: str,
        rows: Sequence[NewMemory],
        *,
        document_id: str | None = None,
        author: Author | None = None,
    ) -> list[str]:
        """Remember these within the caller's transaction; their ids in order. Call `wake` once it is committed.

        Each must fit the embedder's budget to be found by all of its text. Equal ones give the same id.
        """
        ids: list[str] = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = enumerate(rows[start : start + ROWS_AT_ONCE], start)
            values = [
                values_of(owner_id, new, document_id=document_id, position=place, author=author) for place, new in some
            ]
            found = await insert_rows(within, owner_id, values)
            ids += [found[one["key"]] for one in values]
            await asyncio.sleep(0)
        return ids

    def wake(self) -> None:
        """Something was remembered or forgotten: index it."""
        self._indexer.wake()

    async def change(
        self,
        owner_id: str,
        memory_id: str,
        change: ChangeMemory,
        if_match: str | None,
        author: Author | None = None,
    ) -> Memory:
        """Raises NotFound, Stale, Conflict when another memory says the same. Who words it anew is its `author`."""
        async with self._database.write(owner_id) as session:
            row = await find_row(session, memory_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            if author and change.text not in (None, row.text):
                row.author = author.model_dump()
            _write(row, change.values())
            row.key = key_of(row.text, kind=row.kind, agent=row.agent, document_id=row.document_id)
            await self._check_alone(session, row)
            row.version += 1
            row.updated_ms = now_ms()
            row.index_state, row.told_state, row.index_error, row.attempts = PENDING, PENDING, None, 0
            shown = memory_of(row)
        self.wake()
        return shown

    async def delete(self, owner_id: str, memory_id: str, if_match: str | None = None) -> None:
        """Forget one. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await find_row(session, memory_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            session.expunge(row)
            await self.drop(session, owner_id, [memory_id])
        self.wake()

    async def drop(self, session: AsyncSession, owner_id: str, ids: Sequence[str]) -> list[str]:
        """Forget these within the caller's transaction; those that were there. Call `wake` once it is committed."""
        return await delete_ids(session, owner_id, ids)

    async def drop_document(self, session: AsyncSession, owner_id: str, document_id: str) -> int:
        """Forget all of a document within the caller's transaction; how many they were."""
        return len(await delete_where(session, owner_id, MemoryRow.document_id == document_id))

    async def forget_session(self, session: AsyncSession, owner_id: str, session_id: str) -> int:
        """Forget what was said in a conversation, within the caller's transaction; how many they were."""
        of_session = MemoryRow.source["session_id"].as_string() == session_id
        return len(await delete_where(session, owner_id, MemoryRow.kind == "interaction", of_session))

    # reading

    async def get(self, owner_id: str, memory_id: str) -> Memory:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return memory_of(await find_row(session, memory_id))

    async def many(self, owner_id: str, ids: Sequence[str]) -> dict[str, Memory]:
        """Those that are there."""
        async with self._database.reading(owner_id) as reading:
            return {one: memory_of(row) for one, row in (await rows_by_id(reading, owner_id, ids)).items()}

    async def page(
        self,
        owner_id: str,
        *,
        kind: Kind | None = None,
        agent: str | None = None,
        tag: str | None = None,
        source: str | None = None,
        document_id: str | None = None,
        q: str | None = None,
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> list[Memory]:
        """Newest first, after the id of `after`; of a document in the order of its text, after that position and id."""
        query = select(MemoryRow).limit(limit)
        for column, value in ((MemoryRow.kind, kind), (MemoryRow.agent, agent), (MemoryRow.document_id, document_id)):
            query = query if value is None else query.where(column == value)
        if source is not None:
            query = query.where(or_(MemoryRow.source_type == source, MemoryRow.source_key == source))
        if tag is not None:
            query = query.where(_has_tag(self._database.dialect, tag))
        if q:
            query = query.where(or_(*(MemoryRow.text.contains(one, autoescape=True) for one in _spellings(q))))
        if document_id is not None:
            key = tuple_(MemoryRow.position, MemoryRow.id)
            query = query.order_by(MemoryRow.position, MemoryRow.id)
            query = query if after is None else query.where(key > after)
        else:
            query = query.order_by(MemoryRow.id.desc())
            query = query if after is None else query.where(MemoryRow.id < after[1])
        async with self._database.read(owner_id) as session:
            return [memory_of(row) for row in await session.scalars(query)]

    async def search(self, owner_id: str, asked: MemorySearch, asker_id: str | None = None) -> Found:
        """In this one memory; the models of `asker_id` put hits in order, if that is asked.

        Raises Unavailable when the vectors cannot be reached, NotFound for a document that is not there.
        """
        wish = Wish(
            asked.query,
            Matching.of(asked),
            asked.mode,
            asked.graph,
            asked.diversity,
            asked.budget_tokens,
            asked.rerank,
            asked.limit,
            asker_id,
        )
        return await self._searcher.search(owner_id, wish)

    async def recall(
        self,
        owner_id: str,
        agent: str,
        scope: Scope,
        text: str,
        *,
        budget_tokens: int,
        limit: int,
        except_session: str | None = None,
        kinds: Sequence[Kind] = (),
        workspace_id: str | None = None,
    ) -> Recalled:
        """What an agent is to be reminded of by `text`: of its own memories, of those shared with the team, or all.

        With a `workspace_id` what its members share is shared with the team, too. Interactions of `except_session` are
        left out; nothing is embedded for somebody who has no other memories.
        """
        started = time.perf_counter()
        agents = {"own": [agent], "shared": [SHARED], "all": [agent, SHARED], "none": list[str]()}[scope]
        wanted = [(owner_id, agents)] if agents and text.strip() else []
        if wanted and workspace_id and SHARED in agents:
            wanted.append((workspace_id, [SHARED]))
        wishes = {
            whose: _reminder(text, some, budget_tokens, limit, except_session, kinds)
            for whose, some in wanted
            if await self._searcher.has_any(whose, except_session=except_session)
        }
        found = await asyncio.gather(*(self._searcher.search(whose, wish) for whose, wish in wishes.items()))
        items = merged(text, found, limit=limit, budget_tokens=budget_tokens)
        for whose in wishes:
            self._uses.note(whose, [one.memory.id for one in items if (one.memory.workspace or owner_id) == whose])
        return Recalled(items, round((time.perf_counter() - started) * 1000, 2))

    async def settings_of(self, owner_id: str) -> MemorySettings:
        """Usually without asking the database."""
        return (await self._choices.of(owner_id)).settings

    @staticmethod
    async def progress(session: AsyncSession, document_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """How many memories each document has, and how many of them are indexed or never will be."""
        settled = func.sum(case((MemoryRow.index_state == PENDING, 0), else_=1))
        query = (
            select(MemoryRow.document_id, func.count(), settled)
            .where(MemoryRow.document_id.in_(document_ids))
            .group_by(MemoryRow.document_id)
        )
        return {str(one): (total, int(done)) for one, total, done in await session.execute(query)}

    async def settled(self, owner_id: str) -> None:
        """Return once everything of a person that can be indexed now is. For tests and the command line."""
        query = select(MemoryRow.id).where(MemoryRow.owner_id == owner_id, MemoryRow.index_state == PENDING).limit(1)
        while True:
            async with self._database.read(owner_id) as session:
                if await session.scalar(query) is None:
                    return
            await asyncio.sleep(0.01)

    @staticmethod
    async def _check_alone(session: AsyncSession, row: MemoryRow) -> None:
        with session.no_autoflush:
            query = select(MemoryRow.id).where(MemoryRow.key == row.key, MemoryRow.id != row.id)
            other = await session.scalar(query)
        if other is not None:
            raise Conflict(f"The memory {other} says the same already.", hint="Forget one of the two.")


def _reminder(
    text: str,
    agents: Sequence[str],
    budget_tokens: int,
    limit: int,
    except_session: str | None,
    kinds: Sequence[Kind],
) -> Wish:
    """A search for what bears on a text."""
    return Wish(
        text,
        Matching(kinds=kinds, agents=agents, except_session=except_session),
        graph=1,
        diversity=RECALL_DIVERSITY,
        budget_tokens=budget_tokens,
        limit=limit,
        is_relevant_only=True,
    )


def _write(row: MemoryRow, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, {"metadata": "meta", "valid_until": "valid_until_ms"}.get(name, name), value)


def _key_of(new: NewMemory) -> str:
    return key_of(new.text, kind=new.kind, agent=new.agent, document_id=None)


def _spellings(text: str) -> set[str]:
    """An embedded engine compares without regard to case only in ASCII."""
    return {text, text.lower(), text.upper(), text.capitalize(), text.title()}


def _has_tag(dialect: str, tag: str) -> Any:
    if dialect == "postgresql":
        return func.jsonb_exists(MemoryRow.tags, tag)
    each = func.json_each(MemoryRow.tags).table_valued("value")
    return select(1).select_from(each).where(each.c.value == tag).exists()
