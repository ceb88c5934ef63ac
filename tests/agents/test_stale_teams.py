"""What was read before a change is not what everybody is told after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entourage.agents.service import Agents
from tests.world import World


async def test_a_change_while_the_team_is_read_is_seen_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    ana = await world.person("ana")
    agents = world.services.get(Agents)
    coder = next(agent for agent in (await ana.get("/my/agents"))["items"] if agent["name"] == "coder")
    await agents._forget(ana.id)
    read = agents._rows
    change: asyncio.Task[Any] | None = None

    async def overtaken(owner_id: str) -> Any:
        nonlocal change
        rows = await read(owner_id)
        monkeypatch.undo()
        change = asyncio.create_task(
            ana.client.patch(f"/my/agents/{coder['id']}", json={"tools": {"run_code": "deny"}})
        )
        await asyncio.sleep(0.2)  # long enough for it to commit
        return rows

    monkeypatch.setattr(agents, "_rows", overtaken)
    await ana.get("/my/agents")
    assert change
    assert (await change).status_code == 200
    assert (await ana.get(f"/my/agents/{coder['id']}"))["tools"]["run_code"] == "deny"
