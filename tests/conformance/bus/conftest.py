"""A store of tasks on each engine, and short ways to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from entourage.agents.runs import Claim, Runs
from entourage.agents.schemas import RunStatus
from entourage.agents.tables import AgentRow, RunRow
from entourage.kit.ids import new_id
from entourage.stores.log import open_log_store
from entourage.stores.sql import EVERYONE, Database
from tests.events.spine import Spine
from tests.schema import open_database


@dataclass
class Bus:
    """One owner's view of the store; `me` is a worker."""

    database: Database
    runs: Runs
    owner: str = field(default_factory=new_id)
    me: str = field(default_factory=new_id)

    async def queue(self, agent: str = "coder", *, worker: str | None = None, **more: Any) -> RunRow:
        """A task of an agent."""
        async with self.database.write(self.owner) as session:
            return await self.runs.enqueue(session, worker=worker, **task_of(agent), **more)

    async def many(self, count: int, agent: str = "coder", **more: Any) -> list[RunRow]:
        """So many, in one transaction."""
        async with self.database.write(self.owner) as session:
            return [await self.runs.enqueue(session, worker=None, **task_of(agent), **more) for _ in range(count)]

    async def finish(self, row: RunRow, status: RunStatus = "succeeded") -> None:
        async with self.database.write(row.owner_id) as session:
            await self.runs.finish(session, claim_of(row), status)

    async def row(self, row: RunRow) -> RunRow:
        """As it is now."""
        return await self.runs.get(row.owner_id, row.id)

    async def steps(self, row: RunRow) -> list[str]:
        """Keys of what is recorded."""
        return [step.key for step in await self.runs.steps(claim_of(row))]

    async def change(self, row: RunRow, **values: Any) -> None:
        async with self.database.write(EVERYONE) as session:
            found = await session.get_one(RunRow, row.id)
            for name, value in values.items():
                setattr(found, name, value)

    async def let_worker_die(self, row: RunRow) -> None:
        """Its lease runs out."""
        await self.change(row, lease_ms=1)

    async def agent(self, name: str, *, paused: bool) -> None:
        """An agent whose queue stands still or goes on."""
        fields: dict[str, Any] = {"role": "", "instructions": "", "model": None, "model_settings": {}, "tools": {}}
        fields |= {"limits": {}, "output_schema": None, "hue": 0, "status": "active", "is_default": False}
        async with self.database.write(self.owner) as session:
            row = AgentRow(
                id=new_id(), name=name, version=1, created_ms=0, updated_ms=0, fragments=[], paused=paused, **fields
            )
            session.add(row)


def task_of(agent: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "chat_id": new_id(),
        "message_id": new_id(),
        "prompt_id": None,
        "agent": agent,
        "model": None,
        "task": None,
        "path": [agent],
        "start_seq": 0,
    }


def claim_of(row: RunRow) -> Claim:
    return Claim.of(row)


def ids(rows: list[RunRow]) -> list[str]:
    return [row.id for row in rows]


@asynccontextmanager
async def open_bus(database_url: str | None, folder: Path) -> AsyncIterator[Bus]:
    """A store over a database, made when it is empty."""
    database = await open_database(database_url, folder)
    spine = Spine.over(open_log_store(database))
    yield Bus(database, Runs(database, spine.log, lease_seconds=60))
    await spine.close()
    await database.close()


@pytest.fixture
async def bus(tmp_path: Path, database_url: str | None) -> AsyncIterator[Bus]:
    async with open_bus(database_url, tmp_path) as opened:
        yield opened
