"""Who may send, how much at once, and that what was acknowledged is there once."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from entourage.assembly import Stores
from entourage.observe.callers import Callers
from tests.observe.sending import NDJSON, SESSION, Agent, agent_of, settled
from tests.world import World, open_world

HOOK = {"session_id": SESSION, "hook_event_name": "Stop"}


async def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


async def test_only_a_key_that_may_send_is_heard(small_agent: Agent) -> None:
    client, owner = small_agent.client, small_agent.owner
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer ent_in_unknown"}, {"Authorization": "Basic eDp5"}):
        answer = await client.post("/hooks/claude-code", json=HOOK, headers=headers)
        await refused(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    reader = await owner.post("/my/keys", {"name": "reader", "scopes": ["read"]}, 201)
    answer = await client.post("/events", json=HOOK, headers={"Authorization": f"Bearer {reader['key']}"})
    await refused(answer, 403, "forbidden")
    assert await small_agent.stored() == []


async def test_a_key_sends_for_its_application_alone(small_agent: Agent) -> None:
    client = small_agent.client
    await refused(await client.post("/hooks/codex", json=HOOK), 403, "forbidden")
    await refused(await client.post("/events", json={**HOOK, "source_app": "codex"}), 403, "forbidden")
    told = await small_agent.batch({**HOOK, "source_app": "codex"})
    assert told["refused"][0]["code"] == "forbidden"
    assert (await client.get("/events")).status_code == 403, "an ingest key reads nothing"


async def test_a_persons_own_key_names_the_application(small_world: World) -> None:
    ana = await small_world.person("ana")
    key = (await ana.post("/my/keys", {"name": "all"}, 201))["key"]
    async with httpx.AsyncClient(base_url=small_world.url, headers={"x-api-key": key}) as client:
        assert (await client.post("/hooks/gemini", json=HOOK)).status_code == 200
        assert (await client.post("/events", json={**HOOK, "source_app": "ci"})).status_code == 202
        assert (await client.post("/events", json=HOOK, headers={"x-entourage-app": "cron"})).status_code == 202
        await refused(await client.post("/events", json=HOOK), 422, "missing")
        for name in ("team", "Upper", "9lives", "a" * 65):
            await refused(await client.post("/events", json={**HOOK, "source_app": name}), 422, "app")
    assert [event["source"] for event in (await ana.get("/events", order="asc"))["items"]] == ["gemini", "ci", "cron"]


async def test_a_revoked_key_stops_at_once(agent: Agent) -> None:
    await agent.hook("Stop")
    assert (await agent.owner.client.delete(f"/my/keys/{agent.key['id']}")).status_code == 204
    await refused(await agent.client.post("/hooks/claude-code", json=HOOK), 401, "unauthorized")


async def test_many_at_once_look_a_key_up_once(small_agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    callers = small_agent.world.services.get(Callers)
    looked, look_up = [], callers._look_up
    monkeypatch.setattr(callers, "_look_up", lambda token: looked.append(token) or look_up(token))
    await asyncio.gather(*(small_agent.hook("Notification", message=str(number)) for number in range(20)))
    assert len(looked) == 1


async def test_a_page_of_another_site_may_not_send(small_agent: Agent) -> None:
    client = small_agent.client
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        answer = await client.post("/hooks/claude-code", json=HOOK, headers={"Origin": origin})
        await refused(answer, 403, "origin")
    ours = await client.post("/hooks/claude-code", json=HOOK, headers={"Origin": small_agent.world.url})
    assert ours.status_code == 200


@pytest.mark.parametrize("path", ["/events", "/hooks/claude-code", "/events/batch", "/v1/logs"])
async def test_only_its_own_kind_of_content_is_taken(small_agent: Agent, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await small_agent.client.post(path, content=json.dumps(HOOK), headers={"Content-Type": kind})
        await refused(answer, 415, "content_type")
    kind = NDJSON if path.endswith("batch") else {"Content-Type": "application/json"}
    answer = await small_agent.client.post(path, content=b"x", headers={**kind, "Content-Encoding": "br"})
    await refused(answer, 415, "content_encoding")


async def test_a_body_past_the_limit_is_refused_however_it_comes(small_agent: Agent) -> None:
    async def endless():
        for _ in range(100):
            yield b"x" * 65_536

    for path, headers in (("/events", {"Content-Type": "application/json"}), ("/events/batch", NDJSON)):
        whole = await small_agent.client.post(path, content=b"x" * (9 * 1024 * 1024), headers=headers)
        await refused(whole, 413, "too_large")
        if path == "/events":
            await refused(await small_agent.client.post(path, content=endless(), headers=headers), 413, "too_large")


async def test_answers_have_the_headers_of_every_other_route(small_agent: Agent) -> None:
    answer = await small_agent.client.post("/events", json=HOOK, headers={"X-Request-Id": "from-the-caller"})
    assert answer.headers["x-request-id"] == "from-the-caller"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert float(answer.headers["x-process-time"]) >= 0
    other = await small_agent.client.get("/hooks/claude-code")
    assert other.status_code == 405


async def test_a_batch_takes_what_is_right_and_tells_what_is_not(agent: Agent) -> None:
    told = await agent.batch(
        {**HOOK, "id": "one"},
        "",
        "{",
        {"type": "deployed"},
        {**HOOK, "id": "one"},
        {"session_id": "x", "type": "deployed", "id": "two", "data": {"version": "1.2"}},
        {"session_id": "x", "type": "message", "data": {}},
    )
    assert (told["accepted"], told["duplicates"], told["last_seq"]) == (2, 1, 2)
    assert [(line["line"], line["code"], line.get("field")) for line in told["refused"]] == [
        (3, "invalid_json", None),
        (4, "missing", "session_id"),
        (7, "reserved_type", "type"),
    ]
    assert [event["type"] for event in await agent.stored()] == ["hook.Stop", "custom.deployed"]


async def test_the_same_id_three_times_is_one_row_and_one_delivery(agent: Agent) -> None:
    seen: list[str] = []
    agent.world.services.get(Stores).log.listen(lambda events: seen.extend(event.record.type for event in events))
    call = {"tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": "toolu_1"}
    first = [await agent.hook("PreToolUse", **call) for _ in range(3)]
    assert len({(answer.headers["x-entourage-id"], answer.headers["x-entourage-seq"]) for answer in first}) == 1
    told = [await agent.tell(type="deployed", id="build-7") for _ in range(3)]
    assert [one["duplicate"] for one in told] == [False, True, True]
    assert len(await agent.stored()) == 2
    assert sorted(seen) == ["custom.deployed", "hook.PreToolUse"]


async def test_a_full_queue_sends_back_and_loses_nothing(tmp_path) -> None:
    async with (
        open_world(tmp_path, log_queue_events=4, log_wait_ms=1) as world,
        agent_of(world, await world.person("ana")) as agent,
    ):
        await agent.hook("SessionStart")
        gate = world.services.get(Stores).database.gate
        async with gate:  # nothing can be written
            sending = [
                asyncio.create_task(agent.client.post("/events", json={**HOOK, "id": str(number)}))
                for number in range(20)
            ]
            done, _ = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            while len(done) < 4:
                done, _ = await asyncio.wait(sending, timeout=0.05)
        await asyncio.wait(sending)
        answers = [task.result() for task in sending]
        sent_back = [answer for answer in answers if answer.status_code == 429]
        assert sent_back
        assert all(answer.headers["retry-after"] for answer in sent_back)
        taken = {answer.json()["id"] for answer in answers if answer.status_code == 202}
        assert taken == {event["id"] for event in await agent.stored(type="hook.Stop")}
        assert len(taken) + len(sent_back) == 20


async def test_sources_are_counted_and_can_be_guarded(agent: Agent) -> None:
    await agent.hook("Stop")
    await settled(agent.world)
    (source,) = (await agent.owner.get("/my/sources"))["items"]
    assert (source["app"], source["events"], source["keys"], source["mode"]) == ("claude-code", 1, 1, "observe")
    changed = await agent.owner.client.put("/my/sources/claude-code", json={"mode": "guard", "route_permissions": True})
    assert changed.json()["mode"] == "guard"
    assert (await agent.owner.get("/my/sources"))["items"][0]["route_permissions"] is True


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"cost_usd": "much"}, "data.cost_usd"),
        ({"cost_usd": "1e308"}, "data.cost_usd"),
        ({"cost_usd": -1.5}, "data.cost_usd"),
        ({"input_tokens": 2**62}, "data.input_tokens"),
        ({"input_tokens": -1}, "data.input_tokens"),
        ({"model": "m" * 1000}, "data.model"),
        ({"model": 5}, "data.model"),
    ],
)
async def test_what_could_not_be_counted_is_refused(small_agent: Agent, data: dict[str, object], field: str) -> None:
    body = {"session_id": "s", "type": "usage", "data": data}
    answer = await small_agent.client.post("/events", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_the_longest_names_fit(agent: Agent) -> None:
    name = "n" * 128
    await agent.hook("E" * 100, name, agent_id=name, agent_type=name, tool_use_id=name, tool_name="t" * 256)
    usage = {"model": name, "provider": name, "project": name, "input_tokens": 2**40, "cost_usd": 999_999.5}
    told = {"session_id": name, "type": "usage", "agent": name, "run_id": name, "parent_run_id": name, "data": usage}
    assert (await agent.client.post("/events", json=told)).status_code == 202
    told = {"session_id": name, "type": "c" * 100, "agent": name, "data": {"n": 10**30}}
    assert (await agent.client.post("/events", json=told)).status_code == 202
    await settled(agent.world)
    assert (await agent.owner.get(f"/sessions/claude-code/{name}"))["events"] == 3
    assert (await agent.owner.get("/costs"))["items"][0]["input_tokens"] == 2**40
