"""The memory of a workspace ends with it; that of a person who is no more stays where they shared it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import func, select

from entourage.assembly import Stores
from entourage.memory.graph.service import Graphs
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.install import VectorStore
from entourage.memory.sharing.ending import Ending
from entourage.memory.tables import MemoryRow, MemorySettingsRow, TombstoneRow
from entourage.stores.sql import EVERYONE
from tests.memory.ingest.asking import ingest_one
from tests.memory.sharing.spaces import HERON, Shared, shared
from tests.workspaces.places import API
from tests.world import World

TABLES = (MemoryRow, MemorySettingsRow, TombstoneRow, DocumentRow, JobRow, FileRow)


async def rows(space: Shared) -> int:
    """How many rows of any kind the workspace's memory has."""
    async with space.world.services.get(Stores).database.read(EVERYONE) as session:
        counts = [select(func.count()).select_from(one).where(one.owner_id == space.id) for one in TABLES]
        return sum([await session.scalar(count) or 0 for count in counts])


async def points(space: Shared) -> int:
    vectors = space.world.services.get(VectorStore).vectors
    return sum([await vectors.count(name, space.id) for name in await vectors.names()])


async def has_nodes(space: Shared) -> bool:
    return (await space.world.services.get(Graphs).counts(space.id)).nodes > 0


async def is_gone(space: Shared) -> bool:
    return not (await rows(space) or await points(space) or await has_nodes(space))


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what happens in the background."""
    async with asyncio.timeout(60):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.02)


async def test_everything_goes_with_the_workspace(world: World) -> None:
    space = await shared(world)
    await space.store(space.ben, HERON)
    await ingest_one(space.ben, text="Heron is restarted by Irina.", name="runbook.md", workspace=space.id)
    await until(lambda: has_nodes(space))
    assert await points(space) == 2
    assert (await space.ana.client.delete(f"{API}/{space.id}")).status_code == 204
    assert (await space.ben.client.get("/my/memory", params={"workspace": space.id})).status_code == 404
    await until(lambda: is_gone(space))


async def test_what_was_written_in_the_moment_of_the_end_is_swept(small_world: World) -> None:
    space = await shared(small_world)
    await small_world.services.get(Ending).sweep()
    await space.store(space.ana, HERON)
    await small_world.services.get(Ending).sweep()
    assert await space.texts(space.cleo) == [HERON]
    database = small_world.services.get(Stores).database
    async with database.write(EVERYONE) as session:
        settings = await session.scalar(select(MemorySettingsRow).where(MemorySettingsRow.owner_id == space.id))
        assert settings
        session.expunge(settings)
    await space.ana.client.delete(f"{API}/{space.id}")
    async with database.write(space.id) as session:
        session.add(
            MemorySettingsRow(**{one.name: getattr(settings, one.name) for one in MemorySettingsRow.__table__.c})
        )
    await small_world.services.get(Ending).sweep()
    await until(lambda: is_gone(space))


async def test_what_somebody_shared_stays_when_they_are_no_more(small_world: World) -> None:
    space = await shared(small_world)
    admin = await small_world.person("root", is_admin=True)
    await space.store(space.ben, HERON)
    gone = await admin.client.patch(f"/api/v1/admin/users/{space.ben.id}", json={"is_active": False})
    assert gone.status_code == 200
    assert (await space.ben.client.get("/my/memory", params={"workspace": space.id})).status_code == 401
    found = await space.cleo.get("/my/memory", workspace=space.id)
    assert [(one["text"], one["author"]["name"]) for one in found["items"]] == [(HERON, "Ben")]
