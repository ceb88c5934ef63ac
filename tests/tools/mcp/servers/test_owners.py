"""Each person has processes and secrets of their own; nothing crosses, and no secret is told."""

from __future__ import annotations

import json
from pathlib import Path

from tests.tools.mcp.servers.rig import (
    added,
    called,
    fresh_name,
    names,
    pool_of,
    process_body,
    said,
)
from tests.world import World, open_world

URL = "/api/v1/mcp/servers"


async def test_two_people_have_two_processes_with_secrets_of_their_own(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    leo = await small_world.person("leo")
    name = fresh_name()
    for person, value in ((ana, "value-of-ana"), (leo, "value-of-leo")):
        await person.client.put("/my/secrets/FAKE", json={"value": value})
    made = await added(ana, process_body(name, env={"SHOWN": "${secret:FAKE}"}, is_shared=True))
    await leo.post("/my/tool-policies", {"subject": "*", "tool": f"{name}.*", "grant": "allow"}, 201)
    backends = {}
    for person, value, others in ((ana, "value-of-ana", "value-of-leo"), (leo, "value-of-leo", "value-of-ana")):
        result = await called(person, f"{name}.env", name="SHOWN")
        assert result["status"] == "ok"
        assert value not in str(result) and others not in str(result)
        backend = pool_of(small_world).known(made["id"], person.id)
        assert backend
        assert backend.seats[0].secrets.values == (value,)
        raw = await backend.request("tools/call", {"name": "env", "arguments": {"name": "SHOWN"}})
        assert raw["content"][0]["text"] == value
        backends[person.id] = backend.seats[0].current
    pids = {link.pid for link in backends.values() if link}
    assert len(pids) == 2
    shown = await leo.get(f"{URL}/{made['id']}")
    assert shown["secrets"] == ["FAKE"] and shown["status"]["pid"] in pids
    await ana.client.delete(f"{URL}/{made['id']}")


async def test_whoever_lacks_a_secret_is_told_its_name(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    leo = await small_world.person("leo")
    await ana.client.put("/my/secrets/NEEDED", json={"value": "there-it-is"})
    name = fresh_name()
    made = await added(ana, process_body(name, env={"SHOWN": "${secret:NEEDED}"}, is_shared=True))
    assert "echo" in await names(ana, name)
    result = await called(leo, f"{name}.echo")
    assert result["status"] == "failed" and "NEEDED" in result["error"] and "/my/secrets/NEEDED" in result["error"]
    assert await said(ana, f"{name}.echo") == "{}"
    await leo.client.put("/my/secrets/NEEDED", json={"value": "mine-as-well"})
    check = await leo.post(f"{URL}/{made['id']}/check", status=200)
    assert check["ok"], check
    await ana.client.delete(f"{URL}/{made['id']}")


async def test_a_secret_that_changes_is_used_from_the_next_call_on(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    await ana.client.put("/my/secrets/TURNING", json={"value": "first-value"})
    name = fresh_name()
    made = await added(ana, process_body(name, env={"SHOWN": "x ${secret:TURNING}"}))
    await said(ana, f"{name}.echo")
    await ana.client.put("/my/secrets/TURNING", json={"value": "second-value"})
    await said(ana, f"{name}.echo", again=1)
    backend = pool_of(small_world).known(made["id"], ana.id)
    assert backend
    raw = await backend.request("tools/call", {"name": "env", "arguments": {"name": "SHOWN"}})
    assert raw["content"][0]["text"] == "x second-value"


async def test_no_secret_is_in_logs_events_errors_or_anywhere_in_the_data_folder(tmp_path: Path) -> None:
    secret = "Zq7-very-secret-0815"
    folder = tmp_path / "data"
    async with open_world(folder) as world:
        ana = await world.person("ana", is_admin=True)
        body = process_body("s", env={"FAKE_TOKEN": secret, "WHAT": "${secret:s.FAKE_TOKEN}"})
        made = await added(ana, body)
        told = [
            await called(ana, "s.env", name="FAKE_TOKEN"),
            await called(ana, "s.env", name="WHAT"),
            await called(ana, "s.fail"),
            await called(ana, "s.noise"),
            await called(ana, "s.echo", text="hello"),
            await ana.get(f"{URL}/{made['id']}"),
            await ana.get(f"{URL}/{made['id']}/logs"),
            await ana.get(f"{URL}/{made['id']}/pins"),
            await ana.get("/my/tool-calls"),
        ]
        assert secret not in json.dumps(told)
        assert any("on stderr [redacted]" in line["text"] for line in told[6]["items"])
    holding = [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert holding == []
