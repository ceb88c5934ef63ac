"""Every body that agents are documented to send is taken and read right; every malformed one is refused by its code."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from entourage.observe.adapters import KNOWN_EVENTS
from tests.observe.sending import Agent, Json, agent_of, settled
from tests.world import World

ROWS: list[Json] = [
    json.loads(line) for line in (Path(__file__).parents[1] / "corpora" / "hooks.jsonl").read_text().splitlines()
]
VALID = {row["id"]: row for row in ROWS if row["kind"] == "valid"}
MALFORMED = [row for row in ROWS if row["kind"] == "malformed"]


def raw(row: Json) -> bytes:
    """The body of a row as bytes."""
    if "raw_b64" in row:
        return base64.b64decode(row["raw_b64"])
    if "raw" in row:
        return row["raw"].encode()
    made = row.get("gen")
    if made is None:
        return json.dumps(row["body"]).replace("__PAD_200000__", "x" * 200_000).encode()
    if made["kind"] == "deep":
        return b'{"session_id":"s","hook_event_name":"Stop","x":' + b"[" * made["depth"] + b"]" * made["depth"] + b"}"
    if made["kind"] == "pad":
        return json.dumps({"session_id": "s", "hook_event_name": "Stop", "pad": "x" * made["bytes"]}).encode()
    return json.dumps({**made["body"], made["field"]: made["repeat"] * made["n"]}).encode()


async def post(agent: Agent, row: Json, path: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", **row.get("headers", {})}
    return await agent.client.post(path, content=raw(row), headers=headers)


@pytest.mark.parametrize("door", ["hooks", "events"])
async def test_documented_bodies_are_taken(small_world: World, door: str) -> None:
    ana = await small_world.person("ana")
    for app in sorted({row["agent"] for row in VALID.values()}):
        async with agent_of(small_world, ana, app) as agent:
            for row in (row for row in VALID.values() if row["agent"] == app and "duplicate" not in row["id"]):
                answer = await post(agent, row, f"/hooks/{app}" if door == "hooks" else "/events")
                assert answer.status_code in row["expect"]["status"], (row["id"], answer.text)
                event_id = answer.headers.get("x-entourage-id") or answer.json()["id"]
                await check_stored(agent, row, await ana.get(f"/events/{event_id}"))


async def check_stored(agent: Agent, row: Json, event: Json) -> None:
    expect, data = row["expect"], event["data"]
    derive = expect.get("derive", {})
    assert data["event"] == expect["event"], row["id"]
    assert event["session_id"] == data["session_id"] == expect["session"]
    assert event["source"] == agent.app
    assert event["type"] == f"hook.{derive.get('event', expect['event'])}"
    assert (expect.get("expect_flag") == "unknown_event") == (expect["event"] not in KNOWN_EVENTS)
    if "tool" in derive:
        assert data["tool"] == derive["tool"]
    if "context_tokens" in derive:
        assert data["body"]["context_tokens"] == derive["context_tokens"]
    if "mcp_server" in derive:
        assert data["tool"] == f"mcp__{derive['mcp_server']}__{derive['mcp_tool']}"
    if "error_type" in derive:
        assert data["error"] == derive["error_type"]
    if derive.get("nul_safe"):
        assert "\\u0000" not in json.dumps(event)
    if derive.get("payload_ref"):
        assert len(data["body"]["tool_response"]) == 200_000
        assert len(data["summary"]) <= 200
    if derive.get("clock_skew"):
        assert event["client_ts"] > event["ts"]
    if derive.get("kept_raw"):
        assert data["body"] == row["body"]
    text = json.dumps(event)
    for secret in expect.get("redact", ()):
        assert secret not in text, row["id"]


@pytest.mark.parametrize("row", MALFORMED, ids=lambda row: row["id"])
@pytest.mark.parametrize("door", ["hooks", "events"])
async def test_malformed_bodies_are_refused(small_agent: Agent, row: Json, door: str) -> None:
    answer = await post(small_agent, row, f"/hooks/{small_agent.app}" if door == "hooks" else "/events")
    expect = row["expect"]
    if 202 in expect["status"] and answer.status_code in (200, 202):
        await check_mended(small_agent, row)
        return
    assert answer.status_code in expect["status"], answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == expect["code"]
    if "field" in expect:
        assert problem["errors"][0]["field"] == expect["field"]
    assert await small_agent.stored() == []


async def check_mended(agent: Agent, row: Json) -> None:
    """What is taken all the same has one meaning everywhere."""
    (event,) = await agent.stored()
    if row["id"] == "m-lone-surrogate":
        assert event["data"]["body"]["prompt"] == "\ufffd"
    else:
        assert row["id"] == "m-dup-keys"
        assert event["session_id"] == event["data"]["session_id"] == event["data"]["body"]["session_id"] == "b"


async def test_the_same_event_is_one_row(agent: Agent) -> None:
    first, second = VALID["duplicate-a"], VALID["duplicate-b"]
    for _ in range(3):
        for row in (first, second):
            answer = await post(agent, row, "/hooks/claude-code")
            assert answer.headers["x-entourage-id"] == first["expect"]["dedupe_key"]
    assert len(await agent.stored()) == 1
    again = await post(agent, second, "/events")
    assert again.json()["duplicate"] is second["expect"]["duplicate"]


async def test_what_the_corpus_derives_of_sessions(agent: Agent) -> None:
    async def session_after(*names: str) -> tuple[Any, dict[str, Any]]:
        for name in names:
            assert (await post(agent, VALID[name], "/hooks/claude-code")).status_code == 200
        await settled(agent.world)
        session = VALID[names[0]]["expect"]["session"]
        spans = (await agent.owner.get(f"/sessions/claude-code/{session}/spans"))["items"]
        return await agent.owner.get(f"/sessions/claude-code/{session}"), {span["tool_use_id"]: span for span in spans}

    found, spans = await session_after("fail-bash", "perm-denied", "model-post-auto", "batch")
    assert spans["toolu_01L"]["status"] == "error"
    assert spans["toolu_04A"]["status"] == "denied"
    assert (found["errors"], found["denied"]) == (1, 1)
    assert found["model"] == VALID["model-post-auto"]["expect"]["derive"]["model"]
    assert found["tool_calls"] == 2 + VALID["batch"]["expect"]["derive"]["n_calls"]
    found, _ = await session_after("batch")
    assert found["tool_calls"] == 4, "a batch that is heard of twice counts its calls once"
    found, spans = await session_after("sub-start", "sub-stop", "stop-failure-rate")
    assert found["status"] == "failed"
    lanes = (await agent.owner.get("/aggregations", session_id=VALID["sub-start"]["expect"]["session"]))["items"]
    (lane,) = (lane for lane in lanes if lane["agent_id"] == VALID["sub-start"]["expect"]["derive"]["lane_open"])
    assert lane["status"] == "ok"
    _, spans = await session_after("perm-request")
    assert any(span["kind"] == "approval" and span["status"] == "waiting" for span in spans.values())
    found, _ = await session_after("end-logout")
    assert found["status"] == VALID["end-logout"]["expect"]["derive"]["session_state"]
