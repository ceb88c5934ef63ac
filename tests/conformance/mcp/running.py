"""The suite, the server it is made for, and a gateway before that server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from entourage.serving.requests import PunctualRequests
from tests.world import Person, World, open_world

ROOT = Path(__file__).parents[3]
FETCHED = ROOT / ".setup" / "conformance"
SUITE = FETCHED / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NODE = ROOT / ".setup" / "node" / "bin" / "node"
MISSING = "the conformance suite is not there: scripts/conformance fetch"
NAME = "everything"
_STAMP = re.compile(r"^server-(.*?)-\d{4}-\d\d-\d\dT.*$")


class WithKey(PunctualRequests):
    """The suite sends no key: this puts one into every request, before the server reads it."""

    key = b""

    def on_headers_complete(self) -> None:
        self.headers.append((b"authorization", b"Bearer " + self.key))
        super().on_headers_complete()


@asynccontextmanager
async def everything_server(port: int) -> AsyncIterator[str]:
    """The SDK's everything server; its URL."""
    command = [sys.executable, "-m", "mcp_everything_server", "--port", str(port), "--log-level", "ERROR"]
    environment = {**os.environ, "PYTHONPATH": str(FETCHED / "source")}
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=nowhere, stderr=nowhere)
    url = f"http://127.0.0.1:{port}/mcp"
    try:
        await _until_there(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def gateway_before(url: str, folder: Path) -> AsyncIterator[str]:
    """A gateway with this server alone; the URL of the server there."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("entourage.serving.server.PunctualRequests", WithKey)
        async with AsyncExitStack() as stack:
            world = await stack.enter_async_context(open_world(folder, allow_private_mcp_servers=True))
            admin = await world.person("admin", is_admin=True)
            WithKey.key = admin.token.encode()
            await _declare(world, admin, url)
            yield f"{world.url}/mcp/{NAME}"


async def _declare(world: World, admin: Person, url: str) -> None:
    body = {"name": NAME, "title": "Everything", "transport": "http", "url": url, "is_shared": True}
    made = await admin.post("/api/v1/mcp/servers", body, 201)
    checked = await admin.post(f"/api/v1/mcp/servers/{made['id']}/start")
    assert checked["ok"], checked
    await admin.post("/my/tool-policies", {"subject": "*", "tool": f"{NAME}.*", "grant": "allow"}, 201)


async def run_suite(url: str, revision: str, folder: Path, *more: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The checks by scenario and id."""
    command = [str(NODE), str(SUITE), "server", "--url", url, "--requirements", revision, "-o", str(folder), *more]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=FETCHED, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    found = read_checks(folder)
    if not found:
        raise RuntimeError(f"the suite ran nothing: {errors.decode()[-2000:]}")
    return found


def read_checks(folder: Path) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What a run left behind."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for path in sorted(folder.glob("*/checks.json")):
        match = _STAMP.match(path.parent.name)
        scenario = found.setdefault(match[1] if match else path.parent.name, {})
        for check in json.loads(path.read_text()):
            scenario.setdefault(check["id"], []).append(check)
    return found


async def _until_there(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
