"""`/metrics`: what is counted, who may read it, and that it tells about nobody."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import HookEvent
from entourage.telemetry.install import Sampler
from tests.e2e.walking import begin_walk, connect
from tests.fakes.llm_server import FakeLLM
from tests.telemetry.reading import promtool, scrape, value
from tests.world import World, open_world

NAMES = {
    "agent_requests_total", "agent_request_duration_seconds", "llm_tokens_total", "llm_cost_usd_total",
    "http_requests_total", "http_request_duration_seconds", "tool_execution_duration_seconds",
    "artifacts_generated_total", "events_ingested_total", "events_dropped_total", "stream_connections",
    "bus_queue_depth", "vector_search_seconds", "db_query_seconds", "active_users", "active_workspaces",
    "process_cpu_seconds_total", "process_resident_memory_bytes",
}  # fmt: skip


async def test_every_promised_metric_is_there(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    answer = await root.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    told = re.findall(r"^# TYPE (\w+) ", answer.text, re.MULTILINE)
    assert set(told) >= NAMES


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian package prometheus)")
async def test_promtool_finds_nothing_to_say(small_world: World, fake_llm: FakeLLM) -> None:
    root = await small_world.person("root", is_admin=True)
    await connect(root, fake_llm)
    await begin_walk(root)
    await scrape(small_world, root)
    text = (await root.client.get("/metrics")).text
    assert promtool("check", "metrics", given=text) == (0, "")


async def test_a_turn_is_counted_by_agent_model_tool_and_route(world: World, fake_llm: FakeLLM) -> None:
    root = await world.person("root", is_admin=True)
    await connect(root, fake_llm)
    await begin_walk(root)
    now = await scrape(world, root)
    assert value(now, "agent_requests_total", agent="orchestrator", status="completed") == 1
    assert value(now, "agent_request_duration_seconds_count", agent="orchestrator") >= 1
    models = {dict(labels)["model"] for name, labels in now if name == "llm_tokens_total"}
    assert models
    assert sum(count for (name, _), count in now.items() if name == "tool_execution_duration_seconds_count") > 0
    assert sum(count for (name, _), count in now.items() if name == "artifacts_generated_total") > 0
    route = {"method": "POST", "route": "/my/chat/{chat_id}/message/"}
    assert value(now, "http_requests_total", **route, status="200") == 1
    assert value(now, "http_request_duration_seconds_count", **route) == 1
    assert value(now, "events_ingested_total", source="team") > 10
    assert value(now, "db_query_seconds_count", operation="log_append") > 0
    assert value(now, "db_query_seconds_count", operation="select") > 0
    assert (value(now, "active_users"), value(now, "active_workspaces")) == (1, 1)


async def test_outside_agents_are_counted_apart_and_their_tools_are_bounded(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    log = small_world.services.get(EventLog)
    for number in range(200):
        data = HookEvent(event="PostToolUse", session_id="s", kind="PostToolUse", tool=f"t{number}", duration_ms=5)
        await log.append(NewEvent(owner_id=root.id, data=data, source="claude-code", type="hook.PostToolUse"))
    data = HookEvent(event="PostToolUse", session_id="s", kind="PostToolUse", tool="mcp__gh__issues", duration_ms=5)
    await log.append(NewEvent(owner_id=root.id, data=data, source="claude-code", type="hook.PostToolUse"))
    now = await scrape(small_world, root)
    assert value(now, "events_ingested_total", source="outside") == 201
    tools = {dict(labels)["tool"] for name, labels in now if name == "tool_execution_duration_seconds_count"}
    assert len(tools) < 70
    assert value(now, "tool_execution_duration_seconds_count", tool="mcp", status="ok") == 1
    assert value(now, "tool_execution_duration_seconds_count", tool="other", status="ok") == 140


async def test_nothing_in_the_metrics_tells_people_apart(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    ana = await small_world.person("ana")
    await ana.post("/my/agents", {"name": "secret-agent", "role": "r", "instructions": "i"}, 201)
    chat = await ana.chat()
    await ana.say(chat, "@secret-agent tulip-4711")
    await ana.client.get("/my/chat/tulip-4711")
    await ana.client.request("TULIP", "/tulip-4711/x")
    await scrape(small_world, root)
    text = (await root.client.get("/metrics")).text
    for private in (ana.id, ana.email, chat, "secret-agent", "tulip", "TULIP"):
        assert private not in text, private
    assert 'agent="custom"' in text


async def test_lost_events_are_counted(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    services = small_world.services
    services.get(EventLog).refused += 3
    sampler = services.get(Sampler)
    await sampler.sample()
    await sampler.sample()
    assert value(await scrape(small_world, root), "events_dropped_total", reason="queue_full") == 3
    assert (await root.get("/api/v1/admin/performance"))["load"]["events_dropped"] == 3


async def test_only_admins_the_token_and_by_choice_this_machine_may_read(tmp_path: Path) -> None:
    async with open_world(tmp_path, metrics_token="scrape-me") as world:
        root, ana = await world.person("root", is_admin=True), await world.person("ana")
        admin_key = (await root.post("/my/keys", {"name": "prometheus", "scopes": ["admin"]}, 201))["key"]
        plain_key = (await root.post("/my/keys", {"name": "plain"}, 201))["key"]
        async with httpx.AsyncClient(base_url=world.url) as nobody:
            assert (await nobody.get("/metrics")).status_code == 401
            for token, status in (
                ("scrape-me", 200), ("scrape-m", 401), (admin_key, 200), (plain_key, 403),
                (root.token, 200), (ana.token, 403),
            ):  # fmt: skip
                answer = await nobody.get("/metrics", headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == status, token
                assert status == 200 or answer.headers["content-type"] == "application/problem+json"


async def test_a_proxy_on_this_machine_is_not_this_machine(tmp_path: Path) -> None:
    async with open_world(tmp_path, metrics_loopback=True) as world, httpx.AsyncClient(base_url=world.url) as nobody:
        assert (await nobody.get("/metrics")).status_code == 200
        for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"):
            assert (await nobody.get("/metrics", headers={name: "203.0.113.9"})).status_code == 401


async def test_each_application_counts_for_itself(tmp_path: Path) -> None:
    async with open_world(tmp_path / "one") as one, open_world(tmp_path / "two") as two:
        ana, root = await one.person("ana"), await two.person("root", is_admin=True)
        await ana.get("/my/chat")
        assert value(await scrape(two, root), "http_requests_total", method="GET", route="/my/chat", status="200") == 0
