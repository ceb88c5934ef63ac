"""A server that is killed: what waits for a person still waits, and what they allowed still runs once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.processes import running_server
from tests.world import Person

FETCH = "/my/tools/http_fetch/call"


async def fetch(person: Person, page: str) -> dict[str, Any]:
    """http_fetch asks first; the address it is then given is none it may reach."""
    body = {"args": {"url": f"http://127.0.0.1:9/{page}"}, "wait_seconds": 0}
    return await person.post(FETCH, body, 200)


async def approve(person: Person, approval_id: str) -> None:
    await person.post(f"/my/approvals/{approval_id}/decide", {"decision": "approve"}, 200)


async def test_approvals_and_policies_outlive_the_server(database_url: str | None, tmp_path: Path) -> None:
    async with running_server(tmp_path, database_url) as server:
        anna = await server.sign_in()
        allowed, waiting = (await fetch(anna, "allowed"))["approval_id"], (await fetch(anna, "waiting"))["approval_id"]
        await approve(anna, allowed)
        await anna.post("/my/tool-policies", {"tool": "write_file", "grant": "deny"}, 201)
        await anna.client.aclose()
        await server.kill()
        await server.start()
        anna = await server.sign_in()
        ran = await fetch(anna, "allowed")
        assert (ran["status"], ran["approval_id"]) == ("failed", None)
        assert "127.0.0.1" in ran["error"]
        assert (await fetch(anna, "allowed"))["status"] == "waiting"
        assert (await fetch(anna, "waiting"))["approval_id"] == waiting
        await approve(anna, waiting)
        assert (await fetch(anna, "waiting"))["status"] == "failed"
        refused = await anna.post("/my/tools/write_file/call", {"args": {"path": "a", "content": "b"}}, 200)
        assert refused["status"] == "denied"
        await anna.client.aclose()
        assert await server.stop() == 0
