"""The graph follows the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from entourage.assembly import Stores
from entourage.events.event import NewEvent
from entourage.events.types import ArtifactCreated, ChatDeleted, ChatUpdated, EventData, TaskStarted, ToolFinished
from entourage.kit.ids import new_id
from entourage.memory.graph.projection.projector import GraphProjector
from entourage.memory.graph.tables import GraphCheckpointRow
from tests.observe.sending import agent_of
from tests.world import Person, World


async def happen(world: World, person: Person, *what: EventData, session: str | None, **more: Any) -> None:
    """These things, one after the other."""
    log = world.services.get(Stores).log
    await log.append(*[NewEvent(owner_id=person.id, data=data, session_id=session, **more) for data in what])


async def settled(world: World) -> None:
    await world.services.get(GraphProjector).settle()


async def edges(person: Person, id: str) -> set[tuple[str, str, str]]:
    part = await person.get("/my/graph/neighbours", id=id)
    return {(edge["source"], edge["type"], edge["target"]) for edge in part["edges"]}


def tool(name: str, path: str = "", artifacts: list[dict[str, Any]] | None = None) -> ToolFinished:
    preview = f'{{"path":"{path}","content":"..."}}' if path else "{}"
    return ToolFinished(
        message_id="m",
        part=0,
        tool_call_id=new_id(),
        tool=name,
        result="",
        duration_ms=1,
        artifacts=artifacts or [],
        args_preview=preview,
    )


async def test_a_conversation_leaves_its_session_agents_tools_files_and_results(world: World) -> None:
    ana = await world.person("ana")
    artifact = {"id": "art-1", "title": "Sales", "type": "data", "chat_id": "chat-1", "agent": "coder"}
    await happen(
        world,
        ana,
        TaskStarted(run_id="r", agent="coder", message_id="m"),
        tool("write_file", "out/sales.csv", [{"id": "art-1", "title": "Sales"}]),
        tool("read_file", "in.csv"),
        ArtifactCreated(artifact=artifact),
        ChatUpdated(chat={"id": "chat-1", "title": "Sales of May"}),
        session="chat-1",
        agent="coder",
    )
    await settled(world)
    session, agent = "session:chat-1", "agent:coder"
    assert (await ana.get(f"/my/graph/nodes/{session}"))["name"] == "Sales of May"
    assert (await ana.get("/my/graph/nodes/user"))["name"] == "Ana"
    assert await edges(ana, session) == {
        ("user", "HAS_SESSION", session),
        (session, "USES", agent),
        (session, "USED_TOOL", "tool:write_file"),
        (session, "USED_TOOL", "tool:read_file"),
        (session, "CONTAINS", "file:chat-1/out/sales.csv"),
        (session, "CONTAINS", "file:chat-1/in.csv"),
        (session, "CONTAINS", "artifact:art-1"),
    }
    assert await edges(ana, "artifact:art-1") == {
        (session, "CONTAINS", "artifact:art-1"),
        (agent, "CREATED", "artifact:art-1"),
        ("artifact:art-1", "GENERATED_BY", agent),
        ("artifact:art-1", "GENERATED_BY", "tool:write_file"),
    }
    assert (agent, "CREATED", "file:chat-1/out/sales.csv") in await edges(ana, agent)
    assert (agent, "USES", "file:chat-1/in.csv") in await edges(ana, agent)


async def test_to_read_the_log_again_changes_nothing(world: World) -> None:
    ana = await world.person("ana")
    await happen(world, ana, TaskStarted(run_id="r", agent="coder", message_id="m"), tool("shell"), session="c")
    await settled(world)
    before = await ana.get("/my/graph/subgraph")
    async with world.services.get(Stores).database.write(ana.id) as session:
        await session.execute(delete(GraphCheckpointRow))
    world.services.get(GraphProjector).forget_told(ana.id)
    await settled(world)
    assert await ana.get("/my/graph/subgraph") == before


async def test_a_title_is_not_lost_to_what_happens_later(world: World) -> None:
    ana = await world.person("ana")
    await happen(world, ana, ChatUpdated(chat={"id": "c", "title": "Named"}), session="c")
    await settled(world)
    world.services.get(GraphProjector).forget_told(ana.id)
    await happen(world, ana, TaskStarted(run_id="r", agent="coder", message_id="m"), session="c")
    await settled(world)
    assert (await ana.get("/my/graph/nodes/session:c"))["name"] == "Named"


async def test_a_deleted_conversation_goes_with_its_files(world: World) -> None:
    ana = await world.person("ana")
    await happen(world, ana, tool("write_file", "a.txt"), tool("shell"), session="c", agent="coder")
    await settled(world)
    await happen(world, ana, ChatDeleted(chat_id="c"), tool("write_file", "late.txt"), session="c")
    await settled(world)
    names = {node["id"] for node in (await ana.get("/my/graph/nodes"))["items"]}
    assert names >= {"user", "agent:coder", "tool:shell", "tool:write_file"}
    assert not names & {"session:c", "file:c/a.txt"}


async def test_what_a_person_removed_comes_back_when_it_happens_again(world: World) -> None:
    ana = await world.person("ana")
    await happen(world, ana, tool("shell"), session="c")
    await settled(world)
    assert (await ana.client.delete("/my/graph/nodes/tool:shell")).status_code == 204
    await happen(world, ana, tool("shell"), session="c")
    await settled(world)
    assert ("session:c", "USED_TOOL", "tool:shell") in await edges(ana, "tool:shell")


async def test_an_outside_agents_session_is_there_too(world: World) -> None:
    ana = await world.person("ana")
    async with agent_of(world, ana, "claude-code") as claude:
        await claude.hook("SessionStart", "cc-1", source="startup", project="heron")
        given = {"file_path": "/src/heron/app.py"}
        await claude.hook("PostToolUse", "cc-1", tool_name="Edit", tool_input=given, tool_use_id="t1")
    await settled(world)
    found = await edges(ana, "session:cc-1")
    assert ("session:cc-1", "USED_TOOL", "tool:Edit") in found
    assert ("session:cc-1", "CONTAINS", "file:/src/heron/app.py") in found
    assert ("session:cc-1", "BELONGS_TO", "concept:heron") in found


async def test_broken_events_hold_nothing_up(world: World) -> None:
    ana = await world.person("ana")
    await happen(
        world,
        ana,
        ChatUpdated(chat={"no": "id"}),
        ArtifactCreated(artifact={}),
        tool("x" * 500, "\\ud800"),
        tool("shell"),
        ChatUpdated(chat={"id": "c" * 500, "title": "\u202e" * 400}),
        session="c",
    )
    await settled(world)
    assert ("user", "USED_TOOL", "tool:shell") in await edges(ana, "tool:shell")


async def test_what_others_do_is_in_their_graph_only(world: World) -> None:
    ana, eve = await world.person("ana"), await world.person("eve")
    await happen(world, eve, tool("secret_tool"), session="shared-name")
    await happen(world, ana, tool("shell"), session="shared-name")
    await settled(world)
    mine = {node["id"] for node in (await ana.get("/my/graph/nodes"))["items"]}
    assert mine == {"user", "session:shared-name", "tool:shell"}
