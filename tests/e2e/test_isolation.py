"""Two people on one server: whatever Anna makes, Boris finds nothing of it, by any door."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import websockets
from sqlalchemy import text

from entourage.assembly import Stores
from entourage.kit.ids import new_id
from entourage.llm.doors.specs import SPECS
from entourage.memory.graph.projection.projector import GraphProjector
from entourage.observe.projection.projector import Projector
from entourage.stores.sql import EVERYONE
from tests.agents.planning.following import until_status
from tests.e2e.walking import begin_walk, connect, event_where, events_of_run, socket, socket_events, tool_parts, until
from tests.fakes.llm_server import FakeLLM
from tests.memory.graph.reading import settled as read_along
from tests.memory.ingest.asking import ingest_one
from tests.world import Person, World

SECRET = "tulip-4711"

BODIES: dict[str, Any] = {
    "PATCH /my/agents/{agent_id}": {"role": "stolen"},
    "PATCH /my/alerts/{alert_id}": {"enabled": False},
    "POST /my/alerts/{alert_id}/mute": {"seconds": 60},
    "POST /my/approvals/{approval_id}/decide": {"decision": "answer", "answer": "x"},
    "PATCH /my/artifacts/{artifact_id}": {"title": "stolen"},
    "POST /my/artifacts/{artifact_id}/revert": {"version": 1},
    "POST /my/artifacts/{artifact_id}/share": {},
    "PATCH /my/chat/{chat_id}": {"title": "stolen"},
    "POST /my/chat/{chat_id}/message/": {"content": [{"type": "text", "text": "hi"}]},
    "POST /my/chat/{chat_id}/messages/{message_id}/regenerate": {},
    "POST /my/chat/{chat_id}/share": {},
    "PATCH /api/v1/aliases/{alias_id}": {"strategy": "cost"},
    "PATCH /my/budgets/{budget_id}": {"hard_usd": "9"},
    "PATCH /api/v1/admin/budgets/{budget_id}": {"hard_usd": "9"},
    "PATCH /my/gateway-keys/{gateway_key_id}": {"name": "stolen"},
    "PATCH /api/v1/providers/{provider_id}": {"name": "stolen"},
    "PATCH /api/v1/admin/users/{user_id}": {"is_admin": True},
    "PATCH /api/v1/mcp/servers/{server_id}": {"title": "stolen"},
    "POST /api/v1/mcp/servers/{server_id}/accept": {"tools": "*"},
    "PATCH /api/v1/services/{service_id}": {"title": "stolen"},
    "PATCH /my/tool-policies/{policy_id}": {"grant": "allow"},
    "PATCH /api/v1/admin/tool-policies/{policy_id}": {"grant": "allow"},
    "PATCH /my/mcp-bundles/{bundle_id}": {"title": "stolen"},
    "POST /my/mcp-bundles/{bundle_id}/tokens": {"name": "stolen"},
    "PATCH /my/schedules/{schedule_id}": {"name": "stolen"},
    "POST /my/runs/{run_id}/steer": {"text": "stolen"},
    "POST /my/runs/{run_id}/fork": {"at": 0},
    "PATCH /my/plans/{plan_id}": {"goal": "stolen"},
    "PATCH /my/memory/{memory_id}": {"text": "stolen"},
    "PATCH /my/prompts/{prompt_id}": {"text": "stolen"},
    "POST /my/prompts/{prompt_id}/restore": {"version": 1},
    "PATCH /my/experiments/{experiment_id}": {"status": "stopped"},
    "POST /api/v1/agents/{agent_id}/invoke": {"input": "hi"},
    "PUT /my/secrets/{name}": {"value": "x"},
    "POST /my/terminals/{terminal_id}/record": {"on": True},
    "POST /my/sandboxes/{sandbox_id}/timeout": {"seconds": 60},
    "POST /my/sandboxes/{sandbox_id}/exec": {"command": "true"},
    "POST /my/sandboxes/{sandbox_id}/run": {"code": "1"},
    "PUT /my/sandboxes/{sandbox_id}/network": {"allow": []},
    "PATCH /api/v1/workspaces/{workspace_id}": {"name": "stolen"},
    "POST /api/v1/workspaces/{workspace_id}/members": {"email": "boris@example.com"},
    "PATCH /api/v1/workspaces/{workspace_id}/members/{user_id}": {"role": "viewer"},
    "PUT /my/views/{view_id}": {"name": "stolen", "query": {}},
}
OWN_NAMES = {
    "/my/secrets/{name}",
    "/my/queues/{agent}",
    "/my/queues/{agent}/pause",
    "/my/queues/{agent}/resume",
    "/my/sources/{app}",
    "/hooks/{app}",
    "/svc/{service}/{path}",
    "/mcp/{server}",
    "/mcp/b/{bundle}",
}
"""Addresses by a name that everybody may use for a thing of their own."""


SANDBOX = "/my/sandboxes/{sandbox_id}"
MOVING = {"/health", "/ready", "/my/sandboxes", SANDBOX, f"{SANDBOX}/metrics", f"{SANDBOX}/processes"}
"""What tells of time and use, so something else each time. That a sandbox is still there, its contexts tell."""


@dataclass
class Belongings:
    """Ids of one of everything."""

    ids: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)

    def path(self, template: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.ids[found[1]], template)


async def make_everything(person: Person, llm: FakeLLM) -> Belongings:
    """Anna's whole life, made through the public doors."""
    await connect(person, llm)
    chat, sent = await begin_walk(person)
    asked = await person.say(await person.chat(), f"{SECRET}: which colour?", model="fake/ask")
    (question,) = (await person.get("/my/approvals"))["items"]
    artifacts = (await person.get("/my/artifacts"))["items"]
    parts = sent["message"]["parts"]
    await person.client.put(f"/my/secrets/{SECRET}", json={"value": SECRET})
    key = await person.post("/my/keys", {"name": SECRET}, 201)
    rule = {"name": SECRET, "kind": "event_match", "threshold": 1, "webhook_url": "http://127.0.0.1:9/"}
    alert = await person.post("/my/alerts", rule, 201)
    share = await person.post(f"/my/chat/{chat}/share", {}, 201)
    view = await person.post("/my/views", {"name": SECRET, "query": {}}, 201)
    provider = (await person.get("/api/v1/providers"))["items"][0]["id"]
    candidates = [{"provider_id": provider, "model": "echo"}]
    alias = await person.post("/api/v1/aliases", {"name": new_id(), "candidates": candidates}, 201)
    budget = await person.post("/my/budgets", {"subject": "agent", "subject_id": SECRET, "hard_usd": "9"}, 201)
    gateway_key = await person.post("/my/gateway-keys", {"name": SECRET}, 201)
    call = (await person.get("/my/usage/calls"))["items"][0]
    policy = await person.post("/my/tool-policies", {"tool": SECRET, "grant": "deny"}, 201)
    mcp = {"name": "tulips", "title": SECRET, "url": "https://mcp.example.com/mcp", "enabled": False}
    server = await person.post("/api/v1/mcp/servers", mcp, 201)
    described = {"openapi": "3.1.0", "info": {"title": SECRET, "version": "1"}, "paths": {"/a": {"get": {}}}}
    roses = {"name": "roses", "base_url": "https://roses.example.com", "openapi": described}
    service = await person.post("/api/v1/services", roses, 201)
    hook = {"session_id": SECRET, "hook_event_name": "Stop"}
    tasks = [{"key": SECRET, "agent": "coder", "instructions": SECRET}]
    plan = await person.post("/my/plans", {"goal": SECRET, "tasks": tasks, "approval": "ask"}, 202)
    await until_status(person, plan, "proposed")
    asks = {"name": SECRET, "cron": "0 9 * * *", "text": SECRET}
    schedule = await person.post("/my/schedules", asks, 201)
    memory = await person.post("/my/memory", {"text": SECRET}, 201)
    job = await ingest_one(person, text=SECRET, name="secret.md")
    node = {"id": new_id(), "kind": "Concept", "name": SECRET}
    await person.post("/my/graph", {"nodes": [node]}, 200)
    prompt = await person.post("/my/prompts", {"name": SECRET, "text": SECRET}, 201)
    wordings = [{"name": "a"}, {"name": "b", "instructions": SECRET}]
    tried = {"name": SECRET, "agent": "architect", "variants": wordings}
    experiment = await person.post("/my/experiments", tried, 201)
    bundle = await person.post("/my/mcp-bundles", {"name": "pick", "title": SECRET}, 201)
    bundle_token = await person.post(f"/my/mcp-bundles/{bundle['id']}/tokens", {"name": SECRET}, 201)
    space = await make_workspace(person)
    shared = await person.post("/my/memory", {"text": SECRET, "workspace": space["workspace_id"]}, 201)
    assert shared["author"]["id"] == person.id
    sandbox = await a_sandbox(person)
    shell = {"sandbox_id": sandbox["sandbox_id"], "rows": 24, "cols": 80}
    terminal = await person.post("/my/terminals", shell, 201)
    sent_hook = await person.client.post("/hooks/claude-code", json=hook)
    return Belongings(
        {
            "chat_id": chat,
            "session_id": chat,
            "message_id": sent["reply"]["id"],
            "attachment_id": next(part["attachment_id"] for part in parts if part["type"] == "attachment"),
            "run_id": asked["run_id"],
            "schedule_id": schedule["id"],
            "agent": "coder",
            "approval_id": question["id"],
            "artifact_id": artifacts[0]["id"],
            "agent_id": (await person.get("/my/agents"))["items"][1]["id"],
            "provider_id": provider,
            "alias_id": alias["id"],
            "model": alias["name"],
            "budget_id": budget["id"],
            "gateway_key_id": gateway_key["id"],
            "call_id": call["id"],
            "policy_id": policy["id"],
            "server_id": server["id"],
            "bundle_id": bundle["id"],
            "token_id": bundle_token["id"],
            "bundle": bundle["name"],
            "server": "nobody",
            "service_id": service["id"],
            "plan_id": plan["id"],
            "prompt_id": prompt["id"],
            "memory_id": memory["id"],
            "node_id": node["id"],
            "job_id": job["id"],
            "document_id": job["files"][0]["document_id"],
            "experiment_id": experiment["id"],
            "key": SECRET,
            **space,
            **sandbox,
            "terminal_id": terminal["id"],
            "service": "people",
            "path": "api/v1/auth/me",
            "key_id": key["id"],
            "alert_id": alert["id"],
            "share_id": share["id"],
            "view_id": view["id"],
            "event_id": sent_hook.headers["x-entourage-id"],
            "source": "team",
            "app": "claude-code",
            "name": SECRET,
            "user_id": person.id,
            "invite_id": new_id(),
            "token": "A" * 40,
        },
        [item["content_url"] for item in artifacts],
    )


async def a_sandbox(person: Person) -> dict[str, str]:
    """A live sandbox that code has run in."""
    sandbox = await person.post("/my/sandboxes", {"metadata": {"about": SECRET}}, 201)
    context = await person.post(f"/my/sandboxes/{sandbox['id']}/contexts", {"language": "bash"}, 201)
    snapshot = await person.post(f"/my/sandboxes/{sandbox['id']}/snapshots", {"name": SECRET}, 201)
    return {"sandbox_id": sandbox["id"], "context_id": context["id"], "pid": "1", "snapshot_id": snapshot["id"]}


async def make_workspace(person: Person) -> dict[str, str]:
    """A workspace with a file, one in the trash, and an import; their ids."""
    space = await person.post("/api/v1/workspaces", {"name": SECRET}, 201)
    doors = f"/api/v1/workspaces/{space['id']}"
    octets = {"Content-Type": "application/octet-stream"}
    for name in ("kept.txt", "thrown.txt"):
        await person.client.put(f"{doors}/file", params={"path": name}, content=SECRET.encode(), headers=octets)
    await person.client.delete(f"{doors}/file", params={"path": "thrown.txt"})
    thrown = (await person.get(f"{doors}/trash"))["items"][0]
    brought = await person.post(f"{doors}/import", {"archive": "kept.txt"}, 202)
    return {"workspace_id": space["id"], "item_id": thrown["id"], "import_id": brought["id"]}


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


async def everything_of(person: Person, document: dict[str, Any], mine: Belongings) -> dict[str, str]:
    """What every GET answers to its owner."""
    texts: dict[str, str] = {}
    for method, template in operations(document):
        if method == "GET" and "{session_id}" not in template and "{token}" not in template:
            params = {"q": "colour"} if template.endswith("/search") else {}
            texts[template] = (await person.client.get(mine.path(template), params=params)).text
    return texts


async def test_no_route_gives_or_takes_anything_of_somebody_else(world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine = await make_everything(anna, fake_llm)
    document = (await anna.client.get("/openapi.json")).json()
    await world.services.get(Projector).settle()
    await read_along(world, anna)
    await world.services.get(GraphProjector).settle()
    before = await _at_rest(anna, document, mine)
    for method, template in operations(document):
        if "{" not in template or template in OWN_NAMES:
            continue
        extra: dict[str, Any] = {"json": BODIES.get(f"{method} {template}", {})} if method != "GET" else {}
        if template.endswith("/attachments"):
            extra = {"files": {"file": ("a.txt", b"x", "text/plain")}}
        if method == "PUT" and template.endswith("/content"):
            extra = {"content": b"x", "headers": {"Content-Type": "application/octet-stream"}}
        answer = await boris.client.request(method, mine.path(template), **extra)
        expected = {403, 404} if "/admin/" in template else {404}
        assert answer.status_code in expected, f"{method} {template}: {answer.status_code} {answer.text[:200]}"
        unknown = Belongings(
            mine.ids | {name: new_id() for name in mine.ids if name not in ("token", "name", "source", "app", "pid")}
        )
        nothing = await boris.client.request(method, unknown.path(template), **extra)
        assert _without_ids(answer.json()) == _without_ids(nothing.json()), f"{method} {template} tells that it exists"
    assert _lasting(await everything_of(anna, document, mine)) == before


WITHIN: dict[str, Any] = {
    "POST /my/memory": {"text": "planted"},
    "POST /api/v1/memory/store": {"text": "planted"},
    "POST /my/memory/search": {"query": SECRET},
    "POST /api/v1/memory/search": {"query": SECRET},
    "POST /my/memory/forget": {"query": SECRET},
    "POST /my/memory/ingest": {"text": "planted", "name": "a.md"},
    "POST /api/v1/memory/ingest": {"text": "planted", "name": "a.md"},
}
"""Doors whose body may name the workspace that they are about."""


async def test_no_door_opens_the_workspace_that_it_is_told(small_world: World) -> None:
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    mine = (await make_workspace(anna))["workspace_id"]
    kept = await anna.post("/my/memory", {"text": SECRET, "workspace": mine}, 201)
    document = (await anna.client.get("/openapi.json")).json()
    asked: list[tuple[str, str, dict[str, Any] | None]] = [
        (way, path, None) for way, path in operations(document) if _takes_workspace(document, way, path)
    ]
    asked += [(door.split(" ")[0], door.split(" ")[1], body) for door, body in WITHIN.items()]
    assert len(asked) > len(WITHIN)
    for way, path, body in asked:
        told: list[str] = []
        for workspace in (mine, new_id()):
            here = {"workspace": workspace}
            extra: dict[str, Any] = {"params": here, "json": {}} if body is None else {"json": body | here}
            answer = await boris.client.request(way, path, **extra)
            assert answer.status_code == 404, f"{way} {path}: {answer.status_code} {answer.text[:200]}"
            told.append(_without_ids(answer.json()))
        assert told[0] == told[1], f"{way} {path} tells that it exists"
    assert await anna.get(f"/my/memory/{kept['id']}") | {"indexed": None} == kept | {"indexed": None}


def _takes_workspace(document: dict[str, Any], way: str, path: str) -> bool:
    parameters = document["paths"][path][way.lower()].get("parameters", [])
    return any(one["in"] == "query" and one["name"] == "workspace" for one in parameters)


async def _at_rest(person: Person, document: dict[str, Any], mine: Belongings) -> dict[str, str]:
    """Everything of somebody for whom the server does nothing by itself any more."""
    async with asyncio.timeout(60):
        found = _lasting(await everything_of(person, document, mine))
        while (again := _lasting(await everything_of(person, document, mine))) != found:
            found = again
            await asyncio.sleep(0.2)
    return found


def _without_ids(problem: dict[str, Any]) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", json.dumps(problem))


LASTS_NOT = re.compile(
    r"/artifact-content/[\w=-]+|\"(latency|first).*?,|\"(?:from|to)\":\d+"
    r"|\"(?:expires_at|seconds|cost_usd)\":[^,}]+|\"metrics\":\{[^}]*\}|\"(?:cpu|memory|disk)_\w+\":[^,}]+"
)
"""Signed links, times that something took, what a live sandbox uses."""


def _lasting(texts: dict[str, str]) -> dict[str, str]:
    """The texts without what is new each time: signed links, times that something took."""
    return {path: LASTS_NOT.sub("", body) for path, body in texts.items() if path not in MOVING}


async def test_lists_searches_and_filters_show_nothing(world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine = await make_everything(anna, fake_llm)
    listings = [
        ("/my/chat", {}),
        ("/my/chat/search", {"q": "colour"}),
        ("/my/artifacts", {}),
        ("/my/artifacts", {"chat_id": mine.ids["chat_id"]}),
        ("/my/runs", {}),
        ("/my/runs", {"session_id": mine.ids["chat_id"]}),
        ("/my/approvals", {}),
        ("/my/keys", {}),
        ("/my/secrets", {}),
        ("/api/v1/providers", {}),
    ]
    for path, params in listings:
        assert (await boris.get(path, **params))["items"] == [], path
    assert [model["id"] for model in (await boris.get("/my/models"))["items"]] == ["offline"]
    theirs = {agent["id"] for agent in (await boris.get("/my/agents"))["items"]}
    assert theirs.isdisjoint({agent["id"] for agent in (await anna.get("/my/agents"))["items"]})


async def test_ones_own_things_cannot_point_at_another_persons(world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine = await make_everything(anna, fake_llm)
    chat = await boris.chat()
    say = {"content": [{"type": "text", "text": "hi"}]}
    for more in (
        {"attachments": [mine.ids["attachment_id"]]},
        {"parent_id": mine.ids["message_id"]},
    ):
        answer = await boris.client.post(f"/my/chat/{chat}/message/", json={**say, **more})
        assert answer.status_code == 404, more
    foreign_model = await boris.client.post(f"/my/chat/{chat}/message/", json={**say, "model": "fake/echo"})
    assert foreign_model.status_code in (202, 422)
    active = await boris.client.patch(f"/my/chat/{chat}", json={"active_message_id": mine.ids["message_id"]})
    assert active.status_code == 404
    before = await boris.client.get(f"/my/chat/{chat}/messages", params={"before": mine.ids["message_id"]})
    assert before.status_code == 404
    own = f"/my/chat/{chat}/attachments/{mine.ids['attachment_id']}/content"
    assert (await boris.client.get(own)).status_code == 404


async def test_streams_carry_only_ones_own_events(world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    await connect(anna, fake_llm)
    theirs = await boris.chat()
    listening = asyncio.create_task(_first_of(socket_events(boris, after=0), "task_completed"))
    chat, sent = await begin_walk(anna, wait=False)
    await events_of_run(anna, chat, sent["run_id"])
    own = await boris.say(theirs, "hello")
    seen = await listening
    assert {event["session_id"] for event in seen} == {theirs}
    assert seen[-1]["data"]["run_id"] == own["run_id"]
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))

    for path in (f"/my/stream/{chat}", f"/my/sse/{chat}"):
        for headers in ({}, {"Accept": "text/event-stream", "Last-Event-ID": "0"}):
            assert (await boris.client.get(path, headers=headers)).status_code == 404
    async with socket(boris, session_ids=[chat]) as opened:
        refused = json.loads(await opened.recv())
        assert refused["type"] == "error"
        assert refused["payload"]["status"] == 404


async def _first_of(stream: Any, kind: str) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        async for event in stream:
            seen.append(event)
            if event["type"] == kind:
                return seen
    raise AssertionError


async def test_agents_cannot_reach_another_persons_files(world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine = await make_everything(anna, fake_llm)
    await connect(boris, fake_llm)
    folder = world.settings.data_dir / "workspaces" / anna.id / mine.ids["chat_id"]
    assert (folder / "chart.svg").is_file()
    code = f"cat {folder}/chart.svg ../../{anna.id}/*/chart.svg; ls -R / 2>/dev/null | grep chart.svg; echo end"
    asked = [
        ("read_file", {"path": f"../../{anna.id}/{mine.ids['chat_id']}/chart.svg"}),
        ("read_file", {"path": str(folder / "chart.svg")}),
        ("list_files", {"path": "../.."}),
        ("run_code", {"language": "bash", "code": code}),
    ]
    text_ = "\n".join(f"/call {tool} {json.dumps(args)}" for tool, args in asked)
    sent = await boris.say(await boris.chat(), text_, model="fake/calls")
    assert sent["reply"]["status"] == "done"
    outcomes = [(call["result"] or "") + (call["error"] or "") for call in tool_parts(sent["reply"])]
    assert [call["status"] for call in tool_parts(sent["reply"])] == ["failed", "failed", "failed", "ok"]
    assert "<svg" not in "".join(outcomes)
    assert not re.search(r"^chart\.svg$", outcomes[3], re.MULTILINE)


async def test_links_to_what_was_deleted_lead_nowhere(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    mine = await make_everything(anna, fake_llm)
    for link in mine.links:
        assert (await anna.client.get(link)).status_code == 200
    assert (await anna.client.delete(f"/my/artifacts/{mine.ids['artifact_id']}")).status_code == 204
    left = [(await anna.client.get(link)).status_code for link in mine.links]
    assert sorted(left) == [200, 404]
    assert (await anna.client.delete(f"/my/chat/{mine.ids['chat_id']}")).status_code == 204
    assert [(await anna.client.get(link)).status_code for link in mine.links] == [404, 404]
    forged = mine.links[0][:-4] + "AAA="
    assert (await anna.client.get(forged)).status_code == 404


async def test_without_a_token_there_is_nothing(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    mine = await make_everything(anna, fake_llm)
    document = (await anna.client.get("/openapi.json")).json()
    public = {
        "/health",
        "/ready",
        "/artifact-content/{token}",
        "/api/v1/shared/{token}",
        "/api/v1/shared-artifacts/{token}",
    }
    for method, template in operations(document):
        if template in public or template.startswith("/api/v1/auth/"):
            continue
        headers = {"Authorization": ""}
        answer = await anna.client.request(method, mine.path(template), headers=headers)
        assert answer.status_code == 401, f"{method} {template}"
        in_dialect = template.startswith(("/v1/models", "/mcp")) or template.removeprefix("/v1/") in {
            one.path for one in SPECS
        }
        kind = "application/json" if in_dialect else "application/problem+json"
        assert answer.headers["content-type"] == kind
    url = str(anna.client.base_url).replace("http", "ws", 1).rstrip("/") + "/stream"
    async with websockets.connect(url, subprotocols=["entourage.v1", "bearer.nonsense"]) as opened:  # type: ignore[list-item]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await opened.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_raw_sql_as_boris_or_as_nobody_sees_nothing_of_anna(world: World, fake_llm: FakeLLM) -> None:
    """The wall inside PostgreSQL; SQLite has only the store's filter, which the other tests walk."""
    anna, boris = await world.person("anna"), await world.person("boris")
    await make_everything(anna, fake_llm)
    database = world.services.get(Stores).database
    async with database.read(EVERYONE) as session:
        owned = await _owned_tables(session, database.dialect)
        filled = [table for table in owned if await _count(session, table, anna.id)]
    assert {"chats", "messages", "events", "runs", "run_steps", "artifacts", "attachments", "approvals"} <= set(filled)
    if database.dialect == "postgresql":
        async with database.read(boris.id) as session:
            assert {table: await _count(session, table) for table in filled} == {
                table: await _count(session, table, boris.id) for table in filled
            }
            await session.execute(text("SELECT set_config('entourage.owner', '', true)"))
            assert [await _count(session, table) for table in filled] == [0] * len(filled)


async def _owned_tables(session: Any, dialect: str) -> list[str]:
    query = (
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'owner_id' AND table_schema = 'public'"
        if dialect == "postgresql"
        else "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE c.name = 'owner_id' AND m.type = 'table'"
    )
    return sorted(await session.scalars(text(query)))


async def _count(session: Any, table: str, owner_id: str | None = None) -> int:
    where = " WHERE owner_id = :owner" if owner_id else ""
    return await session.scalar(text(f"SELECT count(*) FROM {table}{where}"), {"owner": owner_id} if owner_id else {})


async def test_seqs_of_one_person_tell_nothing_of_another(small_world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    chat = await boris.chat()
    first = (await event_where(boris, chat, "chat_updated"))["seq"]
    await make_everything(anna, fake_llm)
    await boris.client.patch(f"/my/chat/{chat}", json={"title": "next"})
    got = await until(boris.events(chat, first), first + 1)
    assert [event["seq"] for event in got] == [first + 1]
