"""The query doors: pages, filters, text, series, costs, comparison, views; and that each person sees their own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.e2e.walking import socket
from tests.observe.sending import SESSION, Agent, agent_of, settled
from tests.world import World

CALL = {"tool_name": "Bash", "tool_input": {"command": "make deploy"}}


async def some_events(agent: Agent) -> None:
    """Three sessions of two projects, with two tools and some usage."""
    for number in range(3):
        session, cwd = f"s{number}", f"/home/ana/{'shop' if number < 2 else 'blog'}"
        await agent.hook("UserPromptSubmit", session, prompt=f"task {number}", cwd=cwd)
        for call in range(number + 1):
            await agent.hook("PreToolUse", session, tool_use_id=f"{session}-{call}", cwd=cwd, **CALL)
            await agent.hook("PostToolUse", session, tool_use_id=f"{session}-{call}", cwd=cwd, duration_ms=10, **CALL)
        usage = {"model": f"m{number % 2}", "input_tokens": 10, "output_tokens": 5, "cost_usd": f"0.0{number + 1}"}
        await agent.client.post("/events", json={"session_id": session, "type": "usage", "data": usage})
        await agent.hook("Stop", session, cwd=cwd)
    await settled(agent.world)


async def pages(agent: Agent, path: str, **params: Any) -> list[dict[str, Any]]:
    """Everything, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await agent.owner.get(path, **params, **cursor)
        assert len(page["items"]) <= params["limit"]
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_pages_of_events_join_up_in_both_orders(agent: Agent) -> None:
    await some_events(agent)
    up = await pages(agent, "/events", limit=4, order="asc")
    down = await pages(agent, "/events", limit=7, order="desc")
    assert [event["seq"] for event in up] == list(range(1, 22))
    assert down == up[::-1]
    lean = await pages(agent, "/events", limit=100, order="asc", lean=True)
    assert all("body" not in event["data"] for event in lean)
    assert (await agent.owner.get(f"/events/{up[3]['id']}")) == up[3]
    assert (await agent.owner.client.get("/events/no-such-event")).status_code == 404


async def test_events_are_filtered_by_everything_they_have(agent: Agent) -> None:
    await some_events(agent)
    whole = await agent.stored()

    async def found(**params: Any) -> list[int]:
        events = await agent.stored(**params)
        count = await agent.owner.get("/events/count", **params)
        assert count == {"count": len(events), "exact": True}
        return [event["seq"] for event in events]

    def those(wanted: Any) -> list[int]:
        return [event["seq"] for event in whole if wanted(event)]

    assert await found(type="hook.*") == those(lambda event: event["type"].startswith("hook."))
    assert await found(type=["usage", "hook.St*"]) == those(lambda event: event["type"] in ("usage", "hook.Stop"))
    assert await found(session_id=["s0", "s2"]) == those(lambda event: event["session_id"] in ("s0", "s2"))
    assert await found(source_app="codex") == []
    assert await found(agent="claude-code", type="usage") == those(lambda event: event["type"] == "usage")
    assert await found(run_id=whole[0]["run_id"]) == those(lambda event: event["run_id"] == whole[0]["run_id"])
    assert await found(q="deploy ma") == those(lambda event: event["data"].get("tool") == "Bash")
    assert await found(q="task 2") == those(lambda event: event["data"].get("summary") == "task 2")
    at = whole[9]["ts"]
    assert await found(**{"from": at}) == those(lambda event: event["ts"] >= at)
    assert await found(to=at) == those(lambda event: event["ts"] < at)
    assert await found(**{"from": "2020-01-01T00:00:00+01:00"}) == those(lambda event: True)


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/events", {"limit": 1001}, "limit"),
        ("/events", {"cursor": "@@"}, "cursor"),
        ("/events", {"cursor": "Wy0xXQ"}, "cursor"),
        ("/events", {"from": "yesterday"}, "from"),
        ("/events", {"session_id": ""}, "session_id"),
        ("/events", {"order": "up"}, "order"),
        ("/sessions", {"status": "asleep"}, "status"),
        ("/sessions/compare", {"left": "x", "right": "a/b"}, "left"),
        ("/metrics/series", {"interval": "7m"}, "interval"),
        ("/metrics/series", {"from": "0"}, "from"),
        ("/costs", {"group_by": "mood"}, "group_by"),
    ],
)
async def test_wrong_questions_name_the_field(small_agent: Agent, path: str, params: Any, field: str) -> None:
    answer = await small_agent.owner.client.get(path, params=params)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_sessions_are_found_and_paged(agent: Agent) -> None:
    await some_events(agent)

    async def ids(**params: Any) -> list[str]:
        return [session["id"] for session in await pages(agent, "/sessions", limit=2, **params)]

    assert await ids() == ["s2", "s1", "s0"]
    assert await ids(project="shop") == ["s1", "s0"]
    assert await ids(status="idle") == ["s2", "s1", "s0"]
    assert await ids(status="active") == []
    assert await ids(q="TASK 1") == ["s1"]
    assert await ids(q="100%") == []
    assert await ids(source_app="codex") == []
    assert await ids(to="2020-01-01T00:00:00Z") == []
    assert len((await agent.owner.get("/aggregations", limit=2))["items"]) == 2
    assert len(await pages(agent, "/aggregations", limit=1)) == 3


async def test_series_come_from_the_rollups(agent: Agent) -> None:
    await some_events(agent)
    series = await agent.owner.get("/metrics/series", interval="1h", group_by="type")
    lines = {line["key"]: line["points"] for line in series["series"]}
    assert sum(point["count"] for point in lines["hook.PreToolUse"]) == 6
    (latency,) = {point["p95_ms"] for point in lines["hook.PostToolUse"]}
    assert latency == pytest.approx(10, rel=0.06)
    assert sum(point["cost_usd"] for point in lines["usage"]) == pytest.approx(0.06)
    assert sum(point["tokens"] for point in lines["usage"]) == 45
    whole = await agent.owner.get("/metrics/series", interval="15m", type="hook.*", agent="claude-code")
    assert [line["key"] for line in whole["series"]] == ["all"]
    assert sum(point["count"] for point in whole["series"][0]["points"]) == 18


async def test_costs_by_every_key(agent: Agent) -> None:
    await some_events(agent)

    async def costs(**params: Any) -> dict[str, float]:
        return {item["key"]: item["cost_usd"] for item in (await agent.owner.get("/costs", **params))["items"]}

    assert await costs(group_by="session") == {"claude-code/s2": 0.03, "claude-code/s1": 0.02, "claude-code/s0": 0.01}
    assert await costs(group_by="project") == {"shop": 0.03, "blog": 0.03}
    assert await costs(group_by="model") == {"m0": 0.04, "m1": 0.02}
    assert await costs(group_by="agent") == await costs(group_by="source") == {"claude-code": 0.06}
    assert list((await costs(group_by="day")).values()) == [0.06]
    assert await costs(to="2020-01-01T00:00:00Z") == {}


async def test_two_sessions_are_compared(agent: Agent) -> None:
    await some_events(agent)
    found = await agent.owner.get("/sessions/compare", left="claude-code/s0", right="claude-code/s2")
    (tool,) = found["tools"]
    assert (tool["name"], tool["count_delta"], tool["duration_ms_delta"]) == ("Bash", 2, 20)
    both = [pair for pair in found["spans"] if pair["left"] and pair["right"]]
    assert [pair["kind"] for pair in both] == ["session", "turn", "tool", "model"]
    assert sum(pair["left"] is None for pair in found["spans"]) == 2
    missing = await agent.owner.client.get("/sessions/compare", params={"left": "claude-code/s0", "right": "x/y"})
    assert missing.status_code == 404


async def test_views_are_kept(agent: Agent) -> None:
    owner = agent.owner
    made = await owner.post("/my/views", {"name": "Failures", "query": {"type": ["hook.*Failure"]}}, 201)
    changed = await owner.client.put(f"/my/views/{made['id']}", json={"name": "All", "query": {}})
    assert changed.json()["name"] == "All"
    assert [view["name"] for view in (await owner.get("/my/views"))["items"]] == ["All"]
    assert (await owner.client.delete(f"/my/views/{made['id']}")).status_code == 204
    assert (await owner.get("/my/views"))["items"] == []


async def test_each_person_sees_their_own(world: World) -> None:
    ana, boris = await world.person("ana"), await world.person("boris")
    async with agent_of(world, ana) as hers, agent_of(world, boris) as his:
        await some_events(hers)
        told = await his.hook("Stop", "s0")
        await settled(world)
        view = await ana.post("/my/views", {"name": "hers", "query": {}}, 201)
        (event,) = await his.stored()
        assert event["id"] == told.headers["x-entourage-id"]
        hers_first = (await hers.stored())[0]
        assert (await boris.client.get(f"/events/{hers_first['id']}")).status_code == 404
        assert (await boris.get("/events/count", q="deploy"))["count"] == 0
        assert [session["id"] for session in (await boris.get("/sessions"))["items"]] == ["s0"]
        for path in ("/sessions/claude-code/s1", "/sessions/claude-code/s1/spans"):
            assert (await boris.client.get(path)).status_code == 404
        compared = {"left": "claude-code/s0", "right": "claude-code/s1"}
        assert (await boris.client.get("/sessions/compare", params=compared)).status_code == 404
        assert (await boris.get("/aggregations", session_id="s1"))["items"] == []
        assert (await boris.get("/costs"))["items"] == []
        assert (await boris.get("/my/views"))["items"] == []
        assert (await boris.client.delete(f"/my/views/{view['id']}")).status_code == 404
        (source,) = (await boris.get("/my/sources"))["items"]
        assert source["events"] == 1


async def test_sockets_are_told_events_and_what_they_change(small_agent: Agent) -> None:
    await small_agent.hook("UserPromptSubmit", prompt="go")
    async with socket(small_agent.owner, session_ids=[SESSION], event_types=["hook.*"]) as opened:
        await opened.send(
            json.dumps({"action": "subscribe", "id": "more", "filters": {}, "kinds": ["aggregation", "metric"]})
        )
        seen: dict[str, Any] = {}
        while not {"subscribed", "more"} <= seen.keys():
            message = json.loads(await opened.recv())
            seen[message["type"]] = message
            if message.get("id") == "more":
                seen["more"] = message
        await small_agent.hook("Stop")
        async with asyncio.timeout(30):
            while "metric" not in seen or seen.get("aggregation", {}).get("payload", {}).get("status") != "ok":
                message = json.loads(await opened.recv())
                seen[message["type"]] = message
    assert seen["event"]["payload"]["type"] == "hook.Stop"
    assert seen["aggregation"]["payload"]["lane_id"] == seen["event"]["payload"]["run_id"]
    assert seen["metric"]["payload"]["count"] >= 1


async def test_a_session_of_an_outside_agent_has_a_stream_by_its_own_name(small_agent: Agent) -> None:
    told = await small_agent.client.post("/events", json={"session_id": "deploy-7", "type": "deployed"})
    async with small_agent.owner.client.stream("GET", "/my/stream/deploy-7") as answer:
        assert answer.status_code == 200
        first = json.loads(await anext(answer.aiter_lines()))
    assert (first["seq"], first["session_id"]) == (told.json()["seq"], "deploy-7")


async def test_events_are_found_by_words_deep_in_their_bodies(agent: Agent) -> None:
    line = 'grep -n "quetzal\nibis" notes/*.md'
    await agent.hook("PreToolUse", tool_use_id="t1", tool_name="Bash", tool_input={"command": line, "note": "Übung"})
    await agent.tell(type="deployed", data={"steps": [{"name": "warm"}, {"name": "capybara"}]})
    await settled(agent.world)
    for words, count in (("quetzal", 1), ("ibis notes", 1), ("übung", 1), ("capybara", 1), ("capybara quetzal", 0)):
        assert len(await agent.stored(q=words)) == count, words
