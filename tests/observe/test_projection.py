"""Sessions, lanes and spans come out the same in whatever order, and however often, events arrive; and exactly once."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.assembly import Stores
from entourage.observe.guard import Decision
from entourage.observe.hooks import read_hook
from entourage.observe.projection.fold import Rows, Window, folded
from entourage.observe.projection.projector import Projector
from entourage.observe.projection.reading import facts_of
from entourage.observe.recorded import hook_event
from entourage.observe.tree import tree
from entourage.stores.log import Record
from tests.observe.sending import SESSION, Agent, settled

BASE_MS = 1_795_000_000_000

TOOL = {"tool_name": "Bash", "tool_input": {"command": "ls"}}


def story() -> list[dict[str, Any]]:
    """Everything that happens in a session with a subagent, each at its own time."""

    def hook(event: str, **body: Any) -> dict[str, Any]:
        return {"session_id": SESSION, "hook_event_name": event, "cwd": "/home/ana/shop", **body}

    sub = {"agent_id": "a1", "agent_type": "reviewer"}
    failing = {"tool_name": "Read", "tool_input": {"file_path": "x"}}
    told = {
        "agentId": "a1",
        "agentType": "reviewer",
        "totalDurationMs": 9,
        "usage": {"input_tokens": 6, "output_tokens": 4},
    }
    events = [
        hook("SessionStart", source="startup", model="m1"),
        hook("UserPromptSubmit", prompt="first", prompt_id="p1"),
        hook("PreToolUse", tool_use_id="t1", **TOOL),
        hook("PostToolUse", tool_use_id="t1", tool_response="", duration_ms=5, **TOOL),
        hook("PreToolUse", tool_use_id="t2", tool_name="Agent", tool_input={"prompt": "look"}),
        hook("SubagentStart", **sub),
        hook("PreToolUse", tool_use_id="t3", **failing, **sub),
        hook("PostToolUseFailure", tool_use_id="t3", error="no such file", duration_ms=2, **failing, **sub),
        hook("SubagentStop", **sub),
        hook("PostToolUse", tool_use_id="t2", tool_name="Agent", tool_input={"prompt": "look"}, tool_response=told),
        hook("PreToolUse", tool_use_id="t4", **TOOL),
        hook("PermissionRequest", **TOOL),
        hook("PostToolBatch", tool_calls=[{"tool_name": "Bash", "tool_use_id": name} for name in ("t1", "t4")]),
        hook("PreToolUse", tool_use_id="t5", **TOOL),
        hook("PermissionDenied", tool_use_id="t5", reason="no", **TOOL),
        hook("PreToolUse", tool_use_id="t6", **TOOL),
        hook("UserPromptSubmit", prompt="second", prompt_id="p2"),
        hook("PreToolUse", **TOOL, prompt_id="p2"),
        hook("PostToolUse", **TOOL, prompt_id="p2", duration_ms=3),
        hook("PreToolUse", **TOOL, prompt_id="p2"),
        hook("PostToolUseFailure", **TOOL, prompt_id="p2", duration_ms=4, error="1"),
        hook("PostModelSwitch", to_model="m2"),
        hook("Stop", last_assistant_message="done"),
        hook("SessionEnd", reason="logout"),
    ]
    return [{**event, "ts": BASE_MS + 1000 * number} for number, event in enumerate(events)]


def record_of(body: dict[str, Any]) -> Record:
    hook, adapter = read_hook("owner", "claude-code", body)
    denied = Decision(behavior="deny") if hook.tool_use_id == "t9" else None
    record, _ = hook_event("owner", "claude-code", hook, adapter, denied).record()
    return record._replace(ts=BASE_MS + 10_000_000)


def projected(records: list[Record], windows: list[int]) -> dict[str, Any]:
    """What is shown after these records, in these windows, without what only says where they stand in the log."""
    known = Rows()
    seq = 0
    while seq < len(records):
        window = Window()
        for record in records[seq : seq + windows[seq % len(windows)]]:
            seq += 1
            window.take(seq, facts_of(seq, record))
        after = folded(window, known)
        known = Rows(known.spans | after.spans, known.lanes | after.lanes, known.sessions | after.sessions)
    (session,) = known.sessions.values()
    shown = tree(session, sorted(known.lanes.values(), key=lambda lane: lane.id), list(known.spans.values()))
    lanes = [msgspec.to_builtins(lane) for lane in sorted(known.lanes.values(), key=lambda lane: lane.id)]
    for lane in lanes:
        lane["marks"] = [[at, what, line] for at, _, what, line in lane["marks"]]
    whole = msgspec.to_builtins(session)
    for name in ("title", "named", "project", "cwd", "model", "summary"):
        if name in whole:
            whole[name] = [whole[name][0], whole[name][2]]
    spans = [span.model_dump(exclude={"start_seq", "end_seq", "id", "parent_id"}) for span in shown]
    return {"session": whole, "lanes": lanes, "spans": sorted(spans, key=lambda span: json.dumps(span, sort_keys=True))}


STORY = [record_of(body) for body in story()]
IN_ORDER = projected(STORY, [100])


@settings(max_examples=150, deadline=None)
@given(order=st.permutations(range(len(STORY))), windows=st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_any_order_and_any_windows_give_the_same(order: list[int], windows: list[int]) -> None:
    assert projected([STORY[place] for place in order], windows) == IN_ORDER


def test_the_story_is_told_right() -> None:
    session, spans = IN_ORDER["session"], IN_ORDER["spans"]
    by_call = {span["tool_use_id"]: span for span in spans if span["tool_use_id"]}
    statuses = {name: span["status"] for name, span in by_call.items()}
    assert statuses == {"t1": "ok", "t2": "ok", "t3": "error", "t4": "denied", "t5": "denied", "t6": "interrupted"}
    assert by_call["t6"]["ended_ms"] == BASE_MS + 16_000, "the next prompt ends what was never heard of again"
    nameless = sorted(span["status"] for span in spans if span["kind"] == "tool" and not span["tool_use_id"])
    assert nameless == ["error", "ok"], "calls without ids are told apart by their order"
    assert sorted(span["name"] for span in spans if span["kind"] == "turn") == ["first", "second"]
    assert (session["tool_calls"], session["errors"], session["denied"], session["agents"]) == (8, 2, 2, 2)
    assert session["state"][2] == "ended"
    assert session["model"][1] == "m2"
    (sub,) = (lane for lane in IN_ORDER["lanes"] if lane.get("agent_id"))
    assert sub["agent"] == "reviewer"
    assert sub["told"] == {"input": 6, "output": 4}
    assert sub["parent"] in {lane["id"] for lane in IN_ORDER["lanes"]}


async def send_story(agent: Agent, seed: int) -> None:
    bodies = [{**body, "event_id": f"story-{number}"} for number, body in enumerate(story())]
    twice = bodies + bodies
    random.Random(seed).shuffle(twice)
    await agent.batch(*twice)


async def what_is_shown(agent: Agent) -> Any:
    session = await agent.owner.get(f"/sessions/claude-code/{SESSION}")
    spans = (await agent.owner.get(f"/sessions/claude-code/{SESSION}/spans"))["items"]
    lanes = (await agent.owner.get("/aggregations", session_id=SESSION))["items"]
    return session, spans, lanes


async def test_the_same_through_the_doors_and_the_engine(agent: Agent) -> None:
    await send_story(agent, 7)
    await settled(agent.world)
    session, spans, lanes = await what_is_shown(agent)
    assert (session["events"], session["tool_calls"], session["errors"], session["denied"]) == (24, 8, 2, 2)
    assert (session["status"], session["project"], session["title"], session["model"]) == (
        "ended",
        "shop",
        "first",
        "m2",
    )
    assert [lane["kind"] for lane in lanes] == ["session", "subagent"]
    assert lanes[0]["tools"]["Bash"] == {"count": 6, "errors": 1, "duration_ms": 12}
    seen: set[str | None] = {None}
    for span in spans:
        assert span["parent_id"] in seen, "parents come first"
        seen.add(span["id"])
    agent_call = next(span for span in spans if span["name"] == "Agent")
    subagent = next(span for span in spans if span["kind"] == "subagent")
    read = next(span for span in spans if span["name"] == "Read")
    assert (subagent["parent_id"], read["parent_id"]) == (agent_call["id"], subagent["id"])


async def test_a_projection_that_failed_is_neither_lost_nor_doubled(agent: Agent, monkeypatch: Any) -> None:
    from entourage.observe.projection import projector as room
    from entourage.stores.log import Rider

    projector = agent.world.services.get(Projector)
    failures = iter([True, True])
    changes = room.changes

    def failing(*about: Any) -> list[Rider]:
        broken = Rider("INSERT INTO observe_checkpoints (owner_id, seq) VALUES (NULL, NULL)", {})
        return [*changes(*about), broken] if next(failures, False) else changes(*about)

    monkeypatch.setattr(room, "changes", failing)
    await send_story(agent, 3)
    for _ in range(3):
        await projector._follower.try_all([agent.owner.id])
    await settled(agent.world)
    session, _, _ = await what_is_shown(agent)
    assert (session["events"], session["tool_calls"]) == (24, 8)


async def test_a_second_server_does_nothing_twice(agent: Agent) -> None:
    stores = agent.world.services.get(Stores)
    from entourage.events.hub import Hub

    other = Projector(stores.database, stores.log, agent.world.services.get(Hub))
    await send_story(agent, 5)
    await other.settle()
    await settled(agent.world)
    await other.settle()
    session, _, _ = await what_is_shown(agent)
    assert (session["events"], session["tool_calls"]) == (24, 8)
    (source,) = (await agent.owner.get("/my/sources"))["items"]
    assert source["events"] == 24


async def test_our_own_team_is_a_session_as_well(world: Any) -> None:
    ana = await world.person("ana")
    chat = await ana.chat()
    asked = await ana.say(chat, "List my files.")
    await settled(world)
    session = await ana.get(f"/sessions/team/{chat}")
    assert (session["status"], session["title"]) == ("idle", "List my files.")
    spans = (await ana.get(f"/sessions/team/{chat}/spans"))["items"]
    assert {"session", "turn"} <= {span["kind"] for span in spans}
    called = [part["tool"] for part in asked["reply"]["parts"] if part["type"] == "tool_call"]
    assert called
    assert [span["name"] for span in spans if span["kind"] == "tool"] == called
    (lane,) = (await ana.get("/aggregations", session_id=chat))["items"]
    assert (lane["kind"], lane["status"]) == ("session", "ok")
    assert (await ana.client.delete(f"/my/chat/{chat}")).status_code == 204
    await settled(world)
    assert (await ana.client.get(f"/sessions/team/{chat}")).status_code == 404


async def test_one_unreadable_event_holds_up_no_other(agent: Agent) -> None:
    from entourage.events.event import NewEvent
    from entourage.events.types import OutsideEvent

    broken = OutsideEvent(kind="x", body=msgspec.Raw(b'{"no":"hook"}'))
    log = agent.world.services.get(Stores).log
    event = NewEvent(
        owner_id=agent.owner.id, data=broken, session_id="s", run_id="l", source="x", type="hook.PreToolUse"
    )
    tool = NewEvent(owner_id=agent.owner.id, data=broken, session_id="s", run_id="l", type="tool_started")
    await log.append(event, tool)
    await agent.hook("Stop")
    await settled(agent.world)
    assert (await agent.owner.get(f"/sessions/claude-code/{SESSION}"))["events"] == 1


async def test_what_an_engine_refuses_holds_up_no_other(agent: Agent, monkeypatch: Any) -> None:
    from entourage.observe.projection.store import ProjectionStore

    known = ProjectionStore.known

    async def refusing(store: ProjectionStore, window: Window) -> Rows:
        if any(session == "refused" for _, session in window.rows.sessions):
            raise OverflowError("too large for the engine")
        return await known(store, window)

    monkeypatch.setattr(ProjectionStore, "known", refusing)
    await agent.batch(
        *({"session_id": name, "hook_event_name": "Stop"} for name in ("before", "refused", "after", "refused"))
    )
    await settled(agent.world)
    assert {session["id"] for session in (await agent.owner.get("/sessions"))["items"]} == {"before", "after"}
