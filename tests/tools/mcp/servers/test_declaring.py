"""Who may declare what, and what of it is shown to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from entourage.accounts.vault import Vault
from tests.tools.mcp.fake import http_fake
from tests.tools.mcp.servers.rig import added, called, fresh_name, names, process_body, said
from tests.world import World

URL = "/api/v1/mcp/servers"


async def test_a_server_is_added_listed_called_changed_and_removed(world: World) -> None:
    ana = await world.person("ana", is_admin=True)
    name = fresh_name()
    async with http_fake("--json") as (port, _):
        made = await added(ana, {"name": name, "url": f"http://127.0.0.1:{port}/mcp"})
        assert made["transport"] == "http" and made["is_own"] and made["source"] == "api"
        assert "echo" in await names(ana, name)
        assert await said(ana, f"{name}.echo", a=1) == '{"a": 1}'
        status = (await ana.get(f"{URL}/{made['id']}"))["status"]
        assert (status["state"], status["era"], status["tools"]) == ("ready", "legacy", 16)
        change = await ana.client.patch(f"{URL}/{made['id']}", json={"enabled": False})
        assert change.status_code == 200 and change.json()["version"] == 2
        assert await names(ana, name) == []
        assert (
            await ana.client.patch(f"{URL}/{made['id']}", json={}, headers={"If-Match": '"old"'})
        ).status_code == 412
        assert (await ana.client.delete(f"{URL}/{made['id']}")).status_code == 204
        assert (await ana.client.get(f"{URL}/{made['id']}")).status_code == 404


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_a_process_is_started_in_bubblewrap_when_its_tools_are_looked_at(small_world: World, era: str) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    made = await added(ana, process_body(name, "--era", era))
    assert made["status"]["state"] == "idle" and made["transport"] in ("stdio", "http")
    assert "echo" in await names(ana, name)
    assert await said(ana, f"{name}.echo", a=1) == '{"a": 1}'
    status = await ana.get(f"{URL}/{made['id']}/status")
    assert (status["state"], status["era"]) == ("ready", era)
    assert status["pid"] is not None
    assert await said(ana, f"{name}.env", name="HOME") == "/home/mcp"


async def test_only_admins_declare_processes_and_share(small_world: World) -> None:
    leo = await small_world.person("leo")
    for body in (
        {"name": "x1", "command": "npx", "args": ["something"]},
        {"name": "x2", "transport": "stdio", "command": "sh"},
        {"name": "x3", "url": "https://example.com/mcp", "is_shared": True},
        {"name": "x4", "entry": "time"},
        {"name": "x5", "replicas": [{"command": "sh"}]},
    ):
        await leo.post(URL, body, 403)
    made = await leo.post(URL, {"name": "web", "url": "https://example.com/mcp"}, 201)
    for change in ({"command": "sh", "transport": "stdio"}, {"is_shared": True}, {"replicas": [{"command": "sh"}]}):
        answer = await leo.client.patch(f"{URL}/{made['id']}", json=change)
        assert answer.status_code in {403, 422}, answer.text


async def test_somebody_without_rights_does_not_point_servers_at_the_hosts_networks(small_world: World) -> None:
    leo = await small_world.person("leo")
    for url in ("http://127.0.0.1:1/mcp", "http://localhost/mcp", "http://169.254.169.254/", "http://10.0.0.1/x?y=1"):
        answer = await leo.post(URL, {"name": "in", "url": url}, 422)
        assert "url" in answer["errors"][0]["field"]
    await leo.post(URL, {"name": "in", "url": "https://${secret:HOST}/mcp"}, 422)
    admin = await small_world.person("root", is_admin=True)
    await admin.post(URL, {"name": fresh_name(), "url": "http://169.254.169.254/"}, 422)


async def test_nobody_reaches_anothers_server(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    eva = await small_world.person("eva", is_admin=True)
    name = fresh_name()
    async with http_fake("--json") as (port, _):
        made = await added(ana, {"name": name, "url": f"http://127.0.0.1:{port}/mcp"})
        await names(ana, name)
        path = f"{URL}/{made['id']}"
        for verb, where in (
            ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/status"), ("GET", "/logs"), ("GET", "/pins"),
            ("POST", "/start"), ("POST", "/stop"), ("POST", "/restart"), ("POST", "/check"),
        ):  # fmt: skip
            body = {"json": {}} if verb in {"PATCH", "POST"} else {}
            assert (await eva.client.request(verb, path + where, **body)).status_code == 404, (verb, where)
        assert (await eva.client.post(f"{path}/accept", json={"tools": "*"})).status_code == 404
        assert await names(eva, name) == []
        assert (await eva.client.post(f"/my/tools/{name}.echo/call", json={"args": {}})).status_code == 404
        assert made["id"] not in {one["id"] for one in (await eva.get(URL))["items"]}


async def test_a_shared_server_is_used_by_all_and_changed_by_its_owner_alone(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    leo = await small_world.person("leo")
    name = fresh_name()
    async with http_fake("--json") as (port, _):
        body = {"name": name, "url": f"http://127.0.0.1:{port}/mcp", "headers": {"X-Plain": "1"}, "is_shared": True}
        made = await added(ana, body)
        assert "echo" in await names(leo, name)
        assert await said(leo, f"{name}.echo") == "{}"
        seen = await leo.get(f"{URL}/{made['id']}")
        assert (seen["is_own"], seen["url"], seen["headers"]) == (False, "", {})
        assert (await leo.client.patch(f"{URL}/{made['id']}", json={"title": "mine"})).status_code == 403
        assert (await leo.client.delete(f"{URL}/{made['id']}")).status_code == 403
        assert (await leo.client.post(f"{URL}/{made['id']}/accept", json={"tools": "*"})).status_code == 403
        await leo.post(URL, {"name": name, "url": "https://example.com/mcp"}, 409)
        await ana.client.delete(f"{URL}/{made['id']}")
        assert await names(leo, name) == []


async def test_what_looks_like_a_secret_goes_into_the_vault(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    body = process_body(name, env={"FAKE_TOKEN": "tok-123456", "PLAIN": "1"}, secrets={"OTHER": "oth-123456"})
    made = await added(ana, body)
    assert made["env"] == {"FAKE_TOKEN": f"${{secret:{name}.FAKE_TOKEN}}", "PLAIN": "1"}
    assert made["secrets"] == [f"{name}.FAKE_TOKEN"]
    vault = small_world.services.get(Vault)
    assert await vault.get(ana.id, f"{name}.FAKE_TOKEN") == "tok-123456"
    assert await vault.get(ana.id, "OTHER") == "oth-123456"
    result = await called(ana, f"{name}.env", name="FAKE_TOKEN")
    assert result["status"] == "ok" and "tok-123456" not in str(result)


async def test_tools_are_shown_as_somebody_wants_them(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    overrides = {
        "echo": {"name": "repeat", "description": "Says it again.", "arguments": {"mood": "calm"}},
        "die": {"hidden": True},
    }
    async with http_fake("--json") as (port, _):
        await added(ana, {"name": name, "url": f"http://127.0.0.1:{port}/mcp", "overrides": overrides})
        found = await names(ana, name)
        assert "repeat" in found and not {"echo", "die"} & set(found)
        tool = await ana.get(f"/my/tools/{name}.repeat")
        assert tool["description"] == "Says it again."
        assert await said(ana, f"{name}.repeat", a=1) == '{"a": 1, "mood": "calm"}'
        assert await said(ana, f"{name}.repeat", mood="wild") == '{"mood": "wild"}'
        assert (await ana.client.post(f"/my/tools/{name}.die/call", json={"args": {}})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": "no dots.here", "url": "https://example.com"},
        {"name": "two__marks", "url": "https://example.com"},
        {"name": "none"},
        {"name": "none", "transport": "stdio"},
        {"name": "none", "entry": "github", "values": {"NOBODY": "knows"}},
        {"name": "none", "entry": "ssh", "values": {}},
        {"name": "none", "url": "https://example.com", "folders": [{"path": "relative"}]},
        {"name": "none", "url": "ftp://example.com"},
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(small_world: World, body: dict[str, object]) -> None:
    ana = await small_world.person("ana", is_admin=True)
    answer = await ana.post(URL, body, 422)
    assert answer["errors"]


async def test_every_ready_made_server_can_be_added(small_world: World, tmp_path: Path) -> None:
    ana = await small_world.person("ana", is_admin=True)
    given = {
        "FOLDER": str(tmp_path),
        "HOST": "https://git.example.com",
        "USER": "me",
        "URL": "https://team.example.com",
    }
    for entry in (await ana.get("/api/v1/mcp/catalogue"))["items"]:
        values = {need["name"]: given.get(need["name"], "abcdef") for need in entry["needs"]}
        made = await ana.post(URL, {"name": fresh_name(), "entry": entry["id"], "values": values}, 201)
        assert made["entry"] == entry["id"] and made["transport"] in ("stdio", "http")
        assert "abcdef" not in str(made["env"]) or entry["id"] == "ssh"
        await ana.client.delete(f"{URL}/{made['id']}")
