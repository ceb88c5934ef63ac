"""A team goes out as files and comes in again; everybody gets the default team once."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from entourage.agents.library.tables import GivenAgentRow
from entourage.agents.tables import AgentRow
from entourage.agents.team import TEAM
from entourage.assembly import Stores
from tests.world import Person, World

EXPORT, IMPORT = "/my/agents/export", "/my/agents/import"


@pytest.fixture
async def ana(world: World) -> Person:
    return await world.person("ana")


async def _names(person: Person) -> list[str]:
    return [agent["name"] for agent in (await person.get("/my/agents"))["items"]]


async def _forget(world: World, person: Person) -> None:
    await world.services.get(Stores).cache.owned(person.id).delete("agents")


def _outcomes(told: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["outcome"] for item in told["items"]}


async def test_a_team_moves_to_another_person_byte_for_byte(ana, world):
    bea = await world.person("bea")
    await ana.post("/my/agents", {"name": "poet", "role": "Verse: «short»", "instructions": "\n a\n---\nb \n"}, 201)
    files = (await ana.get(EXPORT))["files"]
    assert {file["name"] for file in files} == {f"{name}.md" for name in (*TEAM, "poet")}
    told = await bea.post(IMPORT, {"files": files}, 200)
    assert _outcomes(told) == {f"{name}.md": "unchanged" for name in TEAM} | {"poet.md": "created"}
    assert (await bea.get(EXPORT))["files"] == files
    assert set(_outcomes(await bea.post(IMPORT, {"files": files, "replace": True}, 200)).values()) == {"unchanged"}


async def test_one_agent_is_a_file_of_its_own(ana, world):
    poet = await ana.post("/my/agents", {"name": "poet", "instructions": "Rhyme."}, 201)
    answer = await ana.client.get(f"/my/agents/{poet['id']}/markdown")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text == "---\nname: poet\ndescription: ''\nhue: 220\n---\n\nRhyme.\n"
    bea = await world.person("bea")
    assert (await bea.client.get(f"/my/agents/{poet['id']}/markdown")).status_code == 404


async def test_files_are_taken_or_refused_each_for_itself(ana):
    files = [
        {"name": "good.md", "text": "---\nname: good\nweird: 1\n---\nx"},
        {"name": "../evil.md", "text": "---\nname: evil\n---\nx"},
        {"name": "bomb.md", "text": "---\nname: &a bomb\nx: *a\n---\n"},
        {"name": "tool.md", "text": "---\nname: tool\ntools: {no_such_tool: allow}\n---\n"},
        {"name": "coder.md", "text": "---\nname: coder\n---\nmine"},
        {"name": "Unnamed.md", "text": "---\ndescription: named after its file\n---\n"},
    ]
    told = await ana.post(IMPORT, {"files": files}, 200)
    assert [item["outcome"] for item in told["items"]] == [
        "created", "refused", "refused", "refused", "refused", "created",
    ]  # fmt: skip
    assert told["items"][0]["ignored"] == ["weird"]
    assert "no_such_tool" in told["items"][3]["error"]
    assert told["items"][5]["agent"] == "unnamed"
    replaced = await ana.post(IMPORT, {"files": files[4:5], "replace": True}, 200)
    assert replaced["items"][0]["outcome"] == "updated"
    assert "evil" not in await _names(ana)


async def test_what_a_person_deleted_does_not_come_back(ana, world):
    items = (await ana.get("/my/agents"))["items"]
    assert [agent["name"] for agent in items] == list(TEAM)
    await ana.client.delete(f"/my/agents/{items[-1]['id']}")
    await _forget(world, ana)
    assert await _names(ana) == list(TEAM[:-1])


async def test_people_from_before_get_the_new_members_and_keep_what_they_edited(ana, world):
    await ana.get("/my/agents")
    database = world.services.get(Stores).database
    async with database.write(ana.id) as session:  # as the migration leaves somebody with the first five
        await session.execute(delete(AgentRow).where(AgentRow.name.in_(["operator", "tester", "command"])))
        await session.execute(delete(GivenAgentRow).where(GivenAgentRow.name.in_(["operator", "tester", "command"])))
        await session.execute(update(GivenAgentRow).values(fingerprint="", version=1))
        await session.execute(update(AgentRow).values(instructions="as it was"))
        await session.execute(update(AgentRow).where(AgentRow.name == "coder").values(instructions="mine", version=2))
        await session.execute(delete(AgentRow).where(AgentRow.name == "researcher"))
    tester = {"name": "tester", "instructions": "my own tester"}
    await _forget(world, ana)
    async with database.write(ana.id) as session:
        row = (await session.scalars(select(AgentRow).where(AgentRow.name == "architect"))).one()
        session.add(_copy(row, **tester))
    team = {agent["name"]: agent for agent in (await ana.get("/my/agents"))["items"]}
    assert set(team) == set(TEAM) - {"researcher"}
    assert team["coder"]["instructions"] == "mine"
    assert team["tester"]["instructions"] == "my own tester"
    assert team["architect"]["instructions"].startswith("You are a software architect")
    assert team["architect"]["version"] == 2


def _copy(row: AgentRow, **changes: Any) -> AgentRow:
    from entourage.kit.ids import new_id

    names = [column.key for column in AgentRow.__table__.columns]
    values = {name: getattr(row, name) for name in names if name != "owner_id"}
    return AgentRow(**{**values, "id": new_id(), "is_default": False, **changes})


async def test_two_first_requests_at_once_make_one_team(ana):
    import asyncio

    teams = await asyncio.gather(*(ana.get("/my/agents") for _ in range(5)))
    assert {len(team["items"]) for team in teams} == {len(TEAM)}
